import type { AnyActorRef, EventObject } from 'xstate';
import { keepShape } from '../keep-shape.ts';
import type { Deadline, DeadlineClock } from './deadline-clock.ts';

/** An event that an actor will send. */
class DelayedEvent implements Deadline {
  readonly dueAt: number;
  readonly source: AnyActorRef;
  readonly target: AnyActorRef;
  readonly event: EventObject;
  readonly delay: number;
  readonly id: string;

  constructor(dueAt: number, { source, target, event, delay, id }: Omit<DelayedEvent, 'dueAt' | 'fire'>) {
    this.dueAt = dueAt;
    this.source = source;
    this.target = target;
    this.event = event;
    this.delay = delay;
    this.id = id;
  }

  fire(): void {
    systemOf(this.source)._relay(this.source, this.target, this.event);
  }
}

// No whole number, as the time of a clock is none: V8 tells such fields apart.
keepShape(
  new DelayedEvent(0.5, {
    source: undefined,
    target: undefined,
    event: { type: '' },
    delay: 0,
    id: '',
  } as never),
);

/** What of an actor's system is internal to XState, measured with 5.33: how events go, and who keeps those for later. */
interface System {
  scheduler: object;
  getSnapshot: () => { readonly _scheduledEvents: Readonly<Record<string, object>> };
  _relay(source: AnyActorRef, target: AnyActorRef, event: EventObject): void;
}

const systemOf = ({ system }: AnyActorRef): System => system as unknown as System;

/**
 * Lets a clock keep the delayed events of an actor.
 *
 * @param actor not started yet, and the only one of its system: a breaker's chart has no children
 */
export function keepDelayedEvents(actor: AnyActorRef, clock: DeadlineClock): DelayedEvents {
  const system = systemOf(actor);
  const events = new DelayedEvents(clock);
  system.scheduler = events;
  system.getSnapshot = getSnapshot;
  return events;
}

/**
 * Keeps the delayed events of a breaker's actor among the deadlines of its clock, in place of XState's own scheduler.
 *
 * That one keeps each event as a property of two objects, with a closure, a timer and a reading of the wall clock: half of
 * what a failure costs that the next success clears. What is seen from outside stays: `system.scheduler`, and
 * `_scheduledEvents` in the snapshot of the system.
 */
class DelayedEvents {
  readonly #clock: DeadlineClock;

  constructor(clock: DeadlineClock) {
    this.#clock = clock;
  }

  schedule(
    source: AnyActorRef,
    target: AnyActorRef,
    event: EventObject,
    delay: number,
    id: string = crypto.randomUUID(),
  ): void {
    const now = this.#clock.now();
    this.#clock.add(new DelayedEvent(now + delay, { source, target, event, delay, id }), now);
  }

  cancel(_source: AnyActorRef, id: string): void {
    const { deadlines } = this.#clock;
    for (let at = deadlines.length - 1; at >= 0; at -= 1) {
      const deadline = deadlines[at];
      if (!(deadline instanceof DelayedEvent) || deadline.id !== id) continue;
      this.#clock.removeAt(at);
      return;
    }
  }

  cancelAll(): void {
    for (const event of this.#events) this.#clock.remove(event);
  }

  /** As XState tells them. */
  get scheduled(): Readonly<Record<string, object>> {
    return Object.fromEntries(
      this.#events.map(({ source, target, event, delay, id, dueAt }) => [
        `${source.sessionId}.${id}`,
        { source, target, event, delay, id, startedAt: this.#clock.hostTimeAt(dueAt - delay) },
      ]),
    );
  }

  get #events(): readonly DelayedEvent[] {
    return this.#clock.deadlines.filter((deadline) => deadline instanceof DelayedEvent);
  }
}

/** One for all systems, as their method: it costs a breaker nothing. */
function getSnapshot(this: { readonly scheduler: DelayedEvents }) {
  return { _scheduledEvents: this.scheduler.scheduled };
}
