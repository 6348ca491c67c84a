import type { AnyStateNode } from 'xstate';
import type { Trigger } from './chart.ts';

/** What named delays last, in milliseconds, by name. */
export type DelayDefaults = Readonly<Record<string, number>>;

const DONE_ACTOR = 'xstate.done.actor.';
const ERROR_ACTOR = 'xstate.error.actor.';
const SNAPSHOT = 'xstate.snapshot.';

/** Reads the trigger out of an event type that a state node listens to; XState codes all but events into the type. */
export function triggerOf(eventType: string, node: AnyStateNode, delays: DelayDefaults): Trigger {
  if (eventType === '') return { kind: 'always' };
  if (eventType === `xstate.done.state.${node.id}`) return { kind: 'done', name: undefined };
  if (eventType.startsWith('xstate.after.') && eventType.endsWith(`.${node.id}`)) {
    return afterTrigger(eventType.slice('xstate.after.'.length, -node.id.length - 1), delays);
  }
  const actor = (prefix: string) => actorName(eventType.slice(prefix.length), node);
  if (eventType.startsWith(DONE_ACTOR)) return { kind: 'done', name: actor(DONE_ACTOR) };
  if (eventType.startsWith(ERROR_ACTOR)) return { kind: 'error', name: actor(ERROR_ACTOR) };
  if (eventType.startsWith(SNAPSHOT)) return { kind: 'snapshot', name: actor(SNAPSHOT) };
  return { kind: 'event', name: eventType };
}

function afterTrigger(delay: string, delays: DelayDefaults): Trigger {
  const ms = Number(delay);
  if (Number.isFinite(ms)) return { kind: 'after', name: undefined, ms };
  return { kind: 'after', name: delay, ms: Object.hasOwn(delays, delay) ? delays[delay] : undefined };
}

/** An id that XState made up says nothing; the name of the logic does, if it has one. */
function actorName(id: string, node: AnyStateNode): string | undefined {
  if (!id.endsWith(`.${node.id}`)) return id;
  const source = node.invoke.find((invoke) => invoke.id === id)?.src;
  return typeof source === 'string' && !source.startsWith('xstate.invoke.') ? source : undefined;
}

/** Short text for people: `after 60 s`, `done (submit)`, `always`. */
export function triggerText(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'event':
      return trigger.name;
    case 'always':
      return 'always';
    case 'after':
      return `after ${trigger.ms === undefined ? trigger.name : durationText(trigger.ms)}`;
    default:
      return trigger.name === undefined ? trigger.kind : `${trigger.kind} (${trigger.name})`;
  }
}

const UNITS = [
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** Whole hours and minutes from two on, seconds otherwise, so that the usual 60 s stay 60 s. */
export function durationText(ms: number): string {
  for (const [unit, length] of UNITS) {
    const isWhole = ms % length === 0 && ms >= 2 * length;
    if (isWhole) return `${ms / length} ${unit}`;
  }
  return ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`;
}
