import { type CircuitBreakerPolicy, DEFAULT_POLICY } from '../../../machines/policy.ts';
import type { Step } from './step.ts';

/** A breaker and what is done to it: all that the page keeps, and enough to make the same again. */
export interface Scenario {
  readonly policy: CircuitBreakerPolicy;
  /** What every lot of the jitter draws, from 0 (shortest) to below 1 (longest). 0.5 leaves the time as it is. */
  readonly draw: number;
  readonly steps: readonly Step[];
}

export const DEFAULT_DRAW = 0.5;

export const NEW_SCENARIO: Scenario = { policy: DEFAULT_POLICY, draw: DEFAULT_DRAW, steps: [] };

/** @throws RangeError that says what is expected */
export function checkDraw(draw: number): number {
  if (draw >= 0 && draw < 1) return draw;
  throw new RangeError(`draw must be a number from 0 to below 1, got ${draw}`);
}
