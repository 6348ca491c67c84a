import type { ChartTransition } from './chart.ts';
import type { Line, Span } from './text.ts';
import { triggerText } from './trigger.ts';

/** Transitions of one state that differ in their trigger only: told together. */
export interface Entry {
  readonly transitions: readonly ChartTransition[];
  readonly trigger: string;
  /** The guard in brackets; empty if there is none. */
  readonly guard: string;
  readonly actions: readonly string[];
}

/** Puts transitions of the same guard and the same actions together, in the order in which they are declared. */
export function entriesOf(transitions: readonly ChartTransition[]): Entry[] {
  const groups = Map.groupBy(transitions, ({ guard, isElse, actions, trigger }) =>
    JSON.stringify([guard, isElse, actions, trigger.kind === 'after' ? trigger : trigger.kind]),
  );
  return [...groups.values()].map((group) => ({
    transitions: group,
    trigger: [...new Set(group.map(({ trigger }) => triggerText(trigger)))].join(', '),
    guard: guardOf(group),
    actions: group[0]?.actions ?? [],
  }));
}

function guardOf([first]: readonly ChartTransition[]): string {
  if (first?.guard !== undefined) return `[${first.guard}]`;
  return first?.isElse ? '[else]' : '';
}

/** `/ a, b`; nothing if there are no actions. */
export function actionSpans(actions: readonly string[]): Span[] {
  return actions.length === 0 ? [] : [{ text: `/ ${actions.join(', ')}`, tone: 'action' }];
}

/** The entry on one line: `FAILURE [isLast] / countFailure`; what stands before the actions is told by the caller. */
export function entryLine({ trigger, guard, actions }: Entry, ...before: readonly Span[]): Line {
  const spans: Span[] = [{ text: trigger, tone: 'trigger' }];
  if (guard !== '') spans.push({ text: guard, tone: 'guard' });
  return spaced([...spans, ...before, ...actionSpans(actions)]);
}

/** One space between neighbours. */
export function spaced(spans: readonly Span[]): Line {
  return spans.map((span, i) => (i < spans.length - 1 ? { ...span, text: `${span.text} ` } : span));
}
