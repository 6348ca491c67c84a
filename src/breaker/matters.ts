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
