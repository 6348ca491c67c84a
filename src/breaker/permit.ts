import type { BreakerOutcome } from '../../machines/index.ts';
import type { Permit } from './types.ts';

/** A permit of which the first outcome is told, and no later one. */
export function permitOf(id: string, generation: number, tell: (outcome: BreakerOutcome) => void): Permit {
  let settled = false;
  const settle = (outcome: BreakerOutcome) => {
    if (settled) return;
    settled = true;
    tell(outcome);
  };
  return {
    id,
    generation,
    success: () => settle('SUCCESS'),
    failure: () => settle('FAILURE'),
    cancelled: () => settle('CANCELLED'),
    storageFatal: () => settle('STORAGE_FATAL'),
  };
}
