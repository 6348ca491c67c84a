import { parentPort, workerData } from 'node:worker_threads';
import { attachBreaker, type BreakerHandle } from '../../../src/threads/index.ts';
import { Barrier } from './barrier.ts';

/** What a thread does: so many operations, each of which asks for admission and reports one and the same outcome. */
export interface OperatingOrder {
  readonly handle: BreakerHandle;
  readonly outcome: 'recordSuccess' | 'recordFailure';
  readonly operations: number;
  /** All threads wait for each other after so many. */
  readonly block: number;
  readonly barrier: SharedArrayBuffer;
  readonly threads: number;
}

export interface OperatingResult {
  readonly admitted: number;
  readonly refused: number;
}

const { handle, outcome, operations, block, barrier, threads } = workerData as OperatingOrder;
const breaker = attachBreaker(handle);
const meeting = new Barrier(barrier, threads);

parentPort?.once('message', () => {
  let admitted = 0;
  for (let operation = 1; operation <= operations; operation += 1) {
    if (breaker.allowRequest()) {
      admitted += 1;
      breaker[outcome]();
    }
    if (operation % block === 0) meeting.wait();
  }
  // When all are done with everything: a success after the last failure.
  if (outcome === 'recordSuccess') breaker.recordSuccess();
  const result: OperatingResult = { admitted, refused: operations - admitted };
  parentPort?.postMessage(result);
});
parentPort?.postMessage('ready');
