import { workerData } from 'node:worker_threads';
import { attachBreaker, type BreakerHandle } from '../../../src/threads/index.ts';

/** Reports so many failures, and is gone. */
export interface LeavingOrder {
  readonly handle: BreakerHandle;
  readonly failures: number;
  /** By `process.exit()`, rather than for want of something to do. */
  readonly isAbrupt: boolean;
}

const { handle, failures, isAbrupt } = workerData as LeavingOrder;
const breaker = attachBreaker(handle);
for (let n = 0; n < failures; n += 1) breaker.recordFailure();
if (isAbrupt) process.exit();
