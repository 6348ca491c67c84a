import { parentPort, workerData } from 'node:worker_threads';
import { attachBreaker, type BreakerHandle } from '../../src/threads/index.ts';

export interface ReportingOrder {
  readonly handle: BreakerHandle;
  readonly failures: number;
}

const { handle, failures } = workerData as ReportingOrder;
const breaker = attachBreaker(handle);
parentPort?.once('message', () => {
  for (let n = 0; n < failures; n += 1) breaker.recordFailure();
});
parentPort?.postMessage('ready');
