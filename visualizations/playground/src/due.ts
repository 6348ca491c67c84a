import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { type ScheduledEvent, scheduledFor } from '../../../src/inspect/internals.ts';
import { edgesOf } from '../../../src/inspect/timers.ts';
import type { TimerView } from '../../inspector/actor-view.ts';

/** The delayed events of one actor, on the time of its simulated clock. */
export class DueTimers {
  readonly #actor: AnyActorRef;
  #endsAt = new Map<ScheduledEvent, number>();

  constructor(actor: AnyActorRef) {
    this.#actor = actor;
  }

  /**
   * Looks which ones there are now; one that is new began at `now`. The soonest first.
   *
   * They end on whole milliseconds, not before their time, as timers do: a backoff can give a fraction of one.
   */
  look(now: number, snapshot: AnyMachineSnapshot): readonly TimerView[] {
    const known = this.#endsAt;
    this.#endsAt = new Map(
      scheduledFor(this.#actor).map((timer) => [
        timer,
        known.get(timer) ?? now + Math.max(1, Math.ceil(timer.delay)),
      ]),
    );
    return [...this.#endsAt]
      .map(([{ event, delay }, endsAt]) => ({
        event: event.type,
        ...edgesOf(event.type, snapshot),
        delayMs: delay,
        leftMs: endsAt - now,
        endsAt,
      }))
      .toSorted((a, b) => a.endsAt - b.endsAt);
  }
}
