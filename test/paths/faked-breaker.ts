import { createActor, fromTransition } from 'xstate';
import type { BreakerView, CircuitState } from '../../machines/index.ts';

/** What an executor can see of a breaker when it looks. */
export const SIGHTS = {
  CLOSED: { state: 'CLOSED', admits: true },
  OPEN: { state: 'OPEN', admits: false },
  'HALF_OPEN, free': { state: 'HALF_OPEN', admits: true },
  'HALF_OPEN, full': { state: 'HALF_OPEN', admits: false },
  ISOLATED: { state: 'ISOLATED', admits: false },
} as const satisfies Record<string, { state: CircuitState; admits: boolean }>;

export type Sight = keyof typeof SIGHTS;

// One for all paths: an executor keeps the view of its breaker and reads it live, so each event says what it finds.
let sight: Sight = 'CLOSED';

export function lookAt(next: Sight): void {
  sight = next;
}

/** A breaker that shows what the path says and hears whatever it is told. */
export const viewOf = (halfOpenMaxProbes: number): BreakerView => ({
  get state() {
    return SIGHTS[sight].state;
  },
  get admits() {
    return SIGHTS[sight].admits;
  },
  policy: { halfOpenMaxProbes },
  actor: createActor(
    fromTransition((none: null) => none, null),
    { id: 'breaker' },
  ).start(),
});
