import type { AnyMachineSnapshot, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { actionText, guardText, isTimerOfAfter } from '../diagram/names.ts';
import { transitionId } from '../diagram/read-chart.ts';
import { activeNodes, isDeclared } from './internals.ts';
import type { ShownValue, Step, Verdict } from './protocol.ts';

/** What one microstep was: the transitions, and which states it left and entered. */
export interface Microstep {
  readonly taken: readonly AnyTransitionDefinition[];
  readonly left: readonly AnyStateNode[];
  readonly entered: readonly AnyStateNode[];
}

/** @param before the snapshot that the microstep began with; `undefined` for the very first */
export function microstep(
  taken: readonly AnyTransitionDefinition[],
  before: AnyMachineSnapshot | undefined,
  after: AnyMachineSnapshot,
): Microstep {
  const old = before === undefined ? [] : activeNodes(before);
  const now = activeNodes(after);
  // A state that is left and entered again is active before and after: only its transition tells.
  const again = taken.filter(({ reenter }) => reenter).map(({ source }) => source);
  return {
    taken: taken.filter(isDeclared),
    left: [...old.filter((node) => !now.includes(node) || again.includes(node))].toReversed(),
    entered: now.filter((node) => !old.includes(node) || again.includes(node)),
  };
}

const actionNames = (actions: readonly unknown[]): readonly string[] =>
  actions.filter((action) => !isTimerOfAfter(action)).map(actionText);

/** The step by the names of the chart. */
export function stepView({ taken, left, entered }: Microstep): Step {
  return {
    edges: taken.map(transitionId),
    guards: taken.filter(({ guard }) => guard !== undefined).map(({ guard }) => guardText(guard)),
    actions: [
      ...left.flatMap(({ exit }) => actionNames(exit)),
      ...taken.flatMap(({ actions }) => actionNames(actions)),
      ...entered.flatMap(({ entry }) => actionNames(entry)),
    ],
  };
}

const doesNothing = ({ target, actions, reenter }: AnyTransitionDefinition): boolean =>
  (target === undefined || target.length === 0) && actions.length === 0 && !reenter;

/** What came of an event, and why it came to nothing. */
export function judge(
  steps: readonly Microstep[],
  state: ShownValue,
  refusals: Readonly<Record<string, string>>,
): { readonly verdict: Verdict; readonly reason?: string } {
  const taken = steps.flatMap((step) => step.taken);
  const name = stateText(state);
  if (taken.length === 0) return { verdict: 'ignored', reason: `${name} does not know it` };
  const said = taken
    .flatMap(({ guard, actions }) => [
      ...(guard === undefined ? [] : [guardText(guard)]),
      ...actionNames(actions),
    ])
    .find((each) => Object.hasOwn(refusals, each));
  if (said !== undefined) return { verdict: 'refused', reason: refusals[said] ?? said };
  if (!taken.every(doesNothing)) return { verdict: 'taken' };
  const guard = taken.find((each) => each.guard !== undefined)?.guard;
  return guard === undefined
    ? { verdict: 'ignored', reason: `${name} ignores it` }
    : { verdict: 'refused', reason: `the guard ${guardText(guard)}` };
}

/** `OPEN`; of nested states the outermost, which is what a person calls them by. */
export const stateText = (value: ShownValue): string =>
  typeof value === 'string' ? value : Object.keys(value).join(', ');

/** Types of the events that a state would do something with, whatever its guards say, in the order of the chart. */
export function acceptedEvents(snapshot: AnyMachineSnapshot): readonly string[] {
  const types = new Set<string>();
  for (const node of activeNodes(snapshot)) {
    for (const [type, candidates] of node.transitions) {
      if (!type.startsWith('xstate.') && !candidates.every(doesNothing)) types.add(type);
    }
  }
  return [...types];
}
