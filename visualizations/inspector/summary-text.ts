import type { PastChange, RunningTimer } from '../../src/inspect/protocol.ts';
import type { TimerView } from './actor-view.ts';
import { delayText, eventText, wordsOf } from './format.ts';
import type { MachineActor } from './tabs.ts';

/** Why an actor is where it is, in words. */
export interface Cause {
  readonly event: string;
  readonly sender: string;
  /** `because it reaches failure threshold` without the because. */
  readonly guards: string;
  readonly reason: string;
}

/** @param name of the actor itself: what it sends itself are its timers and its children's results */
export function causeOf({ event, by, guards, reason }: PastChange, name: string): Cause {
  const conditions = guards.map(wordsOf).join(', ');
  const words = reason === undefined ? '' : wordsOf(reason);
  return {
    event: eventText(event),
    sender: senderText(event, by, name),
    guards: conditions,
    // "reaches failure threshold" and "failure threshold" are one reason.
    reason: conditions.includes(words) || isSameWord(reason ?? '', event) ? '' : words,
  };
}

/** `RESET` has the reason `reset` where nobody gave another, `ISOLATE` has `isolated`, `after openTimeout` has `openTimeout`. */
const isSameWord = (reason: string, event: string): boolean =>
  eventText(event).includes(reason) ||
  (reason.toLowerCase().startsWith(event.toLowerCase()) && reason.length <= event.length + 1);

function senderText(event: string, by: string | undefined, name: string): string {
  if (by === undefined) return 'from outside';
  if (by === name) return 'by itself';
  // `done (sign)` says from whom it is.
  return eventText(event).endsWith(`(${by})`) ? '' : `from ${by}`;
}

/** Timers of one kind together: five failures that age are one line. */
export interface NextTimer {
  readonly text: string;
  /** What the soonest of them does. */
  readonly detail: string;
  readonly endsAt: number;
  readonly delayMs: number;
  readonly count: number;
}

export function nextTimers(timers: readonly TimerView[]): readonly NextTimer[] {
  const groups = new Map<string, NextTimer>();
  for (const timer of timers) {
    const key = `${timer.event} ${timer.target ?? ''}`;
    const known = groups.get(key);
    groups.set(key, known === undefined ? nextTimer(timer) : { ...known, count: known.count + 1 });
  }
  return [...groups.values()];
}

function nextTimer(timer: TimerView): NextTimer {
  const { endsAt, delayMs } = timer;
  return { text: timerText(timer), detail: timerDetail(timer), endsAt, delayMs, count: 1 };
}

/** What will be: the state that it leads to, or the event where nobody can tell. */
export const timerText = ({ target, event }: RunningTimer): string => target ?? eventText(event);

function timerDetail({ target, event, delayMs }: RunningTimer): string {
  const length = delayText(delayMs);
  const words = eventText(event);
  if (target === undefined) return `${length} after it was started`;
  return words === `after ${length}` ? words : `${words}, ${length}`;
}

/** What it waits for when no timer runs: events that lead somewhere before those that only do something. */
export function awaitedEvents(accepts: readonly string[], waysOut: ReadonlySet<string>): readonly string[] {
  const leading = accepts.filter((type) => waysOut.has(type));
  return (leading.length > 0 ? leading : accepts).filter((type) => !type.startsWith('xstate.after.'));
}

/** The sentence that tells what will happen of an actor without timers. */
export function waitingText(actor: MachineActor, waysOut: ReadonlySet<string>): string {
  if (actor.status !== 'active') return 'nothing: it is over';
  const awaited = awaitedEvents(actor.machine.accepts, waysOut).map(eventText);
  if (awaited.length === 0) return 'nothing by itself, and it hears no event';
  const shown = awaited.slice(0, 4);
  const rest = awaited.length - shown.length;
  const last = rest > 0 ? `${rest} more` : shown.pop();
  return `waits for ${shown.length === 0 ? last : `${shown.join(', ')} or ${last}`}`;
}

/** When the present state began; undefined where nobody has seen it. */
export const sinceOf = ({ machine, startedAt }: MachineActor): number | undefined =>
  machine.changes[0]?.at ?? startedAt;
