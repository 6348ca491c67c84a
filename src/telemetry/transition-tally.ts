import type { CircuitState } from '../../machines/index.ts';
import type { StateChange } from '../breaker/types.ts';

/** Every change of state that the breaker's chart can make. */
const BREAKER_TRANSITIONS = [
  ['CLOSED', 'OPEN'],
  ['CLOSED', 'ISOLATED'],
  ['OPEN', 'HALF_OPEN'],
  ['OPEN', 'CLOSED'],
  ['OPEN', 'ISOLATED'],
  ['HALF_OPEN', 'CLOSED'],
  ['HALF_OPEN', 'OPEN'],
  ['HALF_OPEN', 'ISOLATED'],
  ['ISOLATED', 'CLOSED'],
] as const satisfies readonly (readonly [CircuitState, CircuitState])[];

/**
 * How often each change of state was seen. All of them stand at 0 from the start: a counter that is born above 0 shows
 * no `increase()`, so that an alert would miss the first opening.
 */
export class TransitionTally {
  readonly counts = BREAKER_TRANSITIONS.map(([from, to]) => ({ from, to, count: 0 }));

  add({ from, to }: Pick<StateChange, 'from' | 'to'>): void {
    const pair = this.counts.find((each) => each.from === from && each.to === to);
    if (pair !== undefined) pair.count += 1;
  }
}
