import { allStates, type ChartState } from '../../src/diagram/chart.ts';

/** What XState 5 calls its own events, and what XState 4 calls the same. */
const PREFIXES = [
  ['xstate.done.actor.', 'done.invoke.'],
  ['xstate.error.actor.', 'error.platform.'],
  ['xstate.done.state.', 'done.state.'],
] as const;

/** Type of an event as XState 4 has it; an event of the user's keeps its own. Timers: see {@link eventTypesOf}. */
export function v4EventType(type: string): string {
  const [from = '', to = ''] = PREFIXES.find(([prefix]) => type.startsWith(prefix)) ?? [];
  return to + type.slice(from.length);
}

/**
 * The types of a machine's events by XState 5's. Which timer `xstate.after.<delay>.<state>` means only the chart tells:
 * both parts may hold dots, and XState 4 names it by its length, `xstate.after(60000)#<state>`.
 */
export function eventTypesOf(chart: ChartState): (type: string) => string {
  const timers = new Map<string, string>();
  for (const { id, transitions } of allStates(chart)) {
    for (const { trigger, eventType } of transitions) {
      if (trigger.kind === 'after')
        timers.set(eventType, `xstate.after(${trigger.ms ?? trigger.name})#${id}`);
    }
  }
  return (type) => timers.get(type) ?? v4EventType(type);
}
