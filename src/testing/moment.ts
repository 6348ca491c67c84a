import type { EventObject } from 'xstate';
import { timerActionOf } from './internals.ts';

/** A timer of the machine under exploration: an `after` or a delayed `raise`. */
export interface Timer {
  readonly id: string | undefined;
  readonly event: EventObject;
  readonly delayMs: number;
  readonly dueAt: number;
}

/** When a path arrives at a state, and which timers run then, in the order in which they started. */
export interface Moment {
  readonly now: number;
  readonly timers: readonly Timer[];
}

/**
 * Milliseconds between two events of a path. Not 0, so that timers started by different events end at different times;
 * small beside any delay that a chart has.
 */
const PACE_MS = 8;

/** The timer that ends first; of several, the one that started first. */
export function nextTimer({ timers }: Moment): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) if (first === undefined || timer.dueAt < first.dueAt) first = timer;
  return first;
}

/** When the next event of a path is sent: a little later, and always before anything happens by time. */
export function nextEventAt(moment: Moment): number {
  const untilNext = (nextTimer(moment)?.dueAt ?? Number.POSITIVE_INFINITY) - moment.now;
  return moment.now + Math.min(PACE_MS, Math.floor(untilNext / 2));
}

/** What a transition at `now` makes of the timers, by the actions that it returned. */
export function applyTimers(
  timers: readonly Timer[],
  actions: readonly { readonly type: string; readonly params?: unknown }[],
  now: number,
): Moment {
  const running = [...timers];
  for (const action of actions) {
    const change = timerActionOf(action);
    if (change?.type === 'start') {
      const { id, event, delayMs } = change;
      running.push({ id, event, delayMs, dueAt: now + delayMs });
    } else if (change?.type === 'cancel') {
      const at = running.findLastIndex(({ id }) => id === change.id);
      if (at >= 0) running.splice(at, 1);
    }
  }
  return { now, timers: running };
}
