import type { SnapshotFrom } from 'xstate';
import type { BreakerOutcome, circuitBreakerMachine } from '../../machines/index.ts';

/** Whether the chart does something with an outcome. One that changes nothing need not be sent. */
export function matters(
  type: BreakerOutcome,
  { value, context }: SnapshotFrom<typeof circuitBreakerMachine>,
): boolean {
  if (value === 'CLOSED') return type === 'FAILURE' || (type === 'SUCCESS' && context.failures > 0);
  return value === 'HALF_OPEN';
}

/**
 * Whether it matters to an outcome what time it is. A success in CLOSED clears all failures, those that have aged already,
 * too.
 */
export function dependsOnTime(
  type: BreakerOutcome,
  { value }: SnapshotFrom<typeof circuitBreakerMachine>,
): boolean {
  return value !== 'CLOSED' || type !== 'SUCCESS';
}
