import { allStates, type ChartState, type ChartTransition } from './chart.ts';
import { type Entry, entriesOf } from './entries.ts';
import { isRow } from './rows.ts';

/** Delayed edges are dashed, error edges red; those of a transient state are paler than what happens later. */
export type EdgeTone = 'plain' | 'delayed' | 'error' | 'faint';

/**
 * Everything that leads from one state to another in one tone: one line in the drawing, with one label that has an
 * entry for each. Parallel lines with a label each would take their number times the room and say no more.
 */
export interface ChartEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly tone: EdgeTone;
  /** Leads to a state that is declared before its source. */
  readonly isBackward: boolean;
  readonly entries: readonly Entry[];
}

/** The edges of a chart, in the order in which the states and their transitions are declared. */
export function edgesOf(root: ChartState): ChartEdge[] {
  const states = [...allStates(root)];
  const places = new Map(states.map(({ id }, place) => [id, place]));
  return states.flatMap((state) => edgesFrom(state, places));
}

function edgesFrom(state: ChartState, places: ReadonlyMap<string, number>): ChartEdge[] {
  const leaving = state.transitions.filter((transition) => !isRow(transition));
  const steps = leaving.flatMap((transition) =>
    transition.targets.map((target) => ({ transition, target, tone: toneOf(state, transition) })),
  );
  const bundles = Map.groupBy(steps, ({ target, tone }) => `${state.id} > ${target} ${tone}`);
  return [...bundles].map(([id, [first, ...others]]) => {
    if (first === undefined) throw new RangeError('a group is never empty');
    const transitions = [first, ...others].map(({ transition }) => transition);
    const { target, tone } = first;
    const isBackward = (places.get(target) ?? 0) < (places.get(state.id) ?? 0);
    return { id, source: state.id, target, tone, isBackward, entries: entriesOf(transitions) };
  });
}

function toneOf({ isTransient }: ChartState, { trigger }: ChartTransition): EdgeTone {
  if (isTransient) return 'faint';
  if (trigger.kind === 'after') return 'delayed';
  return trigger.kind === 'error' ? 'error' : 'plain';
}
