import type { AnyMachineSnapshot, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { actionText, guardText, isTimerOfAfter } from '../diagram/names.ts';
import { transitionId } from '../diagram/read-chart.ts';
import { activeNodes, candidatesOf, isDeclared } from './internals.ts';
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
  // A state that is left and entered again is active before and after: only the transitions tell.
  const moves = taken.filter(({ target }) => target !== undefined && target.length > 0);
  const isAgain = (node: AnyStateNode) => moves.some((move) => isWithin(node, move));
  return {
    taken: taken.filter(isDeclared),
    left: old.filter((node) => !now.includes(node) || isAgain(node)).toReversed(),
    entered: now.filter((node) => !old.includes(node) || isAgain(node)),
  };
}

/** Whether a transition leaves this state, if it is active, and enters it, if it is active afterwards. */
function isWithin(node: AnyStateNode, { source, target = [], reenter }: AnyTransitionDefinition): boolean {
  const isInner = target.every((each) => each === source || isBeneath(each, source));
  if (isInner && !reenter) return isBeneath(node, source);
  const domain = ancestorsOf(source).find((upper) => target.every((each) => isBeneath(each, upper)));
  // Only the root has nothing above it: it is left and entered as a whole.
  return domain === undefined || isBeneath(node, domain);
}

const ancestorsOf = ({ parent }: AnyStateNode): readonly AnyStateNode[] =>
  parent === undefined ? [] : [parent, ...ancestorsOf(parent)];

const isBeneath = (node: AnyStateNode, upper: AnyStateNode): boolean => ancestorsOf(node).includes(upper);

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

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason?: string;
}

/** What came of an event, and why it came to nothing. */
export function judge(
  steps: readonly Microstep[],
  type: string,
  before: AnyMachineSnapshot,
  refusals: Readonly<Record<string, string>>,
): Judgement {
  const taken = steps.flatMap((step) => step.taken);
  if (taken.length === 0) return judgeUntaken(type, before, refusals);
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
    ? { verdict: 'ignored', reason: `${stateName(before)} ignores it` }
    : { verdict: 'refused', reason: `the guard ${guardText(guard)}` };
}

/** No transition: no state listens to it, or every guard of those that do said no. */
function judgeUntaken(
  type: string,
  before: AnyMachineSnapshot,
  refusals: Readonly<Record<string, string>>,
): Judgement {
  const candidates = activeNodes(before).flatMap((node) => candidatesOf(node, type));
  const guards = candidates.flatMap(({ guard }) => (guard === undefined ? [] : [guardText(guard)]));
  if (guards.length === 0) return { verdict: 'ignored', reason: `${stateName(before)} does not know it` };
  const names = [...new Set(guards)];
  const known = names.find((name) => Object.hasOwn(refusals, name));
  const said = `the ${names.length === 1 ? 'guard' : 'guards'} ${names.join(', ')} said no`;
  return { verdict: 'refused', reason: (known === undefined ? undefined : refusals[known]) ?? said };
}

/** `OPEN`; of nested states the outermost, which is what a person calls them by. */
const stateText = (value: ShownValue): string =>
  typeof value === 'string' ? value : Object.keys(value).join(', ');

/** A machine of no states is called by its own name. */
const stateName = ({ value, machine }: AnyMachineSnapshot): string => stateText(value) || machine.id;

/** Types of the events that a state would do something with, whatever its guards say, in the order of the chart. */
export function acceptedEvents(snapshot: AnyMachineSnapshot): readonly string[] {
  const nodes = activeNodes(snapshot);
  const leaves = nodes.filter((node) => !nodes.some(({ parent }) => parent === node));
  const types = new Set(nodes.flatMap((node) => [...node.transitions.keys()]));
  return [...types].filter(
    (type) => !type.startsWith('xstate.') && leaves.some((leaf) => isAcceptedBy(leaf, type)),
  );
}

/** An inner state that ignores an event keeps it from the outer ones. */
function isAcceptedBy(leaf: AnyStateNode, type: string): boolean {
  for (const node of [leaf, ...ancestorsOf(leaf)]) {
    for (const candidate of node.transitions.get(type) ?? []) {
      if (!doesNothing(candidate)) return true;
      if (candidate.guard === undefined) return false;
    }
  }
  return false;
}
