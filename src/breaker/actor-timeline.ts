import type { ActorRefFrom } from 'xstate';
import type { circuitBreakerMachine } from '../../machines/index.ts';
import type { Clock } from '../clock.ts';
import { isBusy } from './busy.ts';
import { type Timeline, wallTimeAt } from './timeline.ts';

type BreakerActor = ActorRefFrom<typeof circuitBreakerMachine>;

/** A timer that XState holds for an actor. An internal of XState (measured with 5.33): it has no public way to tell. */
interface ScheduledEvent {
  readonly id: string;
  readonly target: unknown;
  readonly event: never;
  readonly delay: number;
  /** By the wall. */
  readonly startedAt: number;
}

/** What of an actor's system is needed: its timers, and how to cancel one. */
interface TimerSystem {
  readonly scheduler: { cancel(source: unknown, id: string): void };
  getSnapshot(): { readonly _scheduledEvents: Readonly<Record<string, ScheduledEvent>> };
}

const systemOf = (actor: BreakerActor): TimerSystem => actor.system as unknown as TimerSystem;

/**
 * The deadlines of an actor that lives in somebody else's system, on that system's clock.
 *
 * The system's timers fire as they do; this keeps its own note of when each was due, by a monotonic clock, and lets an
 * overdue one happen before the facade answers: the event is sent and its timer cancelled. For timers that ran already
 * when the facade was made, the wall tells how old they are.
 */
export class ActorTimeline implements Timeline {
  readonly #actor: BreakerActor;
  readonly #clock: Clock;
  #deadlines: readonly { readonly scheduled: ScheduledEvent; readonly dueAt: number }[] = [];
  #runningAt: number | undefined;

  afterEach: Timeline['afterEach'];

  constructor(actor: BreakerActor, clock: Clock) {
    this.#actor = actor;
    this.#clock = clock;
    this.#note((scheduled) => clock.now() - Math.max(0, Date.now() - scheduled.startedAt));
  }

  get isRunning(): boolean {
    return this.#runningAt !== undefined;
  }

  get timesLeft(): readonly number[] {
    const now = this.#now();
    return this.#deadlines.map(({ dueAt }) => Math.max(0, dueAt - now));
  }

  untilNext(): number {
    return this.timesLeft[0] ?? Number.POSITIVE_INFINITY;
  }

  wallNow(): number {
    return wallTimeAt(this.#clock, this.#runningAt);
  }

  /** All that comes is sent to the actor. */
  letIn(): void {}

  catchUp(): void {
    // Its timers went with it, but nobody told so: an actor that is stopped notifies no change.
    if (this.#actor.getSnapshot().status !== 'active') this.clear();
    if (this.#deadlines.length === 0 || this.isRunning || isBusy(this.#actor)) return;
    const now = this.#clock.now();
    try {
      for (
        let next = this.#deadlines[0];
        next !== undefined && next.dueAt <= now;
        next = this.#deadlines[0]
      ) {
        this.#runningAt = next.dueAt;
        systemOf(this.#actor).scheduler.cancel(this.#actor, next.scheduled.id);
        this.#deadlines = this.#deadlines.slice(1);
        this.#actor.send(next.scheduled.event);
        this.afterEach?.tell();
      }
    } finally {
      this.#runningAt = undefined;
    }
  }

  observe(): void {
    this.#note(() => this.#now());
  }

  clear(): void {
    this.#deadlines = [];
  }

  #now(): number {
    return this.#runningAt ?? this.#clock.now();
  }

  #note(startOf: (scheduled: ScheduledEvent) => number): void {
    const noted = new Map(this.#deadlines.map((deadline) => [deadline.scheduled, deadline]));
    this.#deadlines = Object.values(systemOf(this.#actor).getSnapshot()._scheduledEvents)
      .filter(({ target }) => target === this.#actor)
      .map((scheduled) => noted.get(scheduled) ?? { scheduled, dueAt: startOf(scheduled) + scheduled.delay })
      .toSorted((a, b) => a.dueAt - b.dueAt);
  }
}
