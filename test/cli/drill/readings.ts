import { BREAKER_STATE_CODE, type CircuitState } from '../../../machines/index.ts';
import type { Reading } from '../../../src/cli/drill/reading.ts';

type Shown = Partial<Reading> & { readonly view?: Partial<Reading['breaker']> };

/** What a sound executor shows in a state; `more` is what is different, and `view` of it what `/api/breaker` tells. */
export function aReading(state: CircuitState, { view, ...more }: Shown = {}): Reading {
  const failures = state === 'OPEN' ? 5 : 0;
  return {
    breaker: {
      state,
      stateCode: BREAKER_STATE_CODE[state],
      failures,
      successes: 0,
      generation: 0,
      retryAfterMs: state === 'OPEN' ? 2_900 : 0,
      changedAt: 1_000,
      ...view,
    },
    state: BREAKER_STATE_CODE[state],
    failures,
    successes: 0,
    isolated: state === 'ISOLATED' ? 1 : 0,
    openRemainingSeconds: state === 'OPEN' ? 2.9 : 0,
    transitions: {},
    rejections: 0,
    submissions: { success: 20, failure: 5, cancelled: 0 },
    lastTickAt: 1_100,
    leaseHeld: 1,
    stagedIntents: 0,
    unknownOutcomes: 0,
    disbursements: { queued: 0, staged: 0, submitted: 0, finalized: 20, cancelled: 0, deadLetter: 0 },
    ...more,
  };
}
