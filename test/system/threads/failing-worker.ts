import { parentPort, workerData } from 'node:worker_threads';
import { attachBreaker, type BreakerHandle } from '../../../src/threads/index.ts';
import { Rounds } from './rounds.ts';

/** One failure in each round. */
export interface FailingOrder {
  readonly handle: BreakerHandle;
  readonly rounds: SharedArrayBuffer;
  readonly count: number;
}

const { handle, rounds, count } = workerData as FailingOrder;
const breaker = attachBreaker(handle);
const played = new Rounds(rounds);

parentPort?.once('message', () => {
  for (let round = 0; round < count; round += 1) played.join(round, () => breaker.recordFailure());
  parentPort?.postMessage('done');
});
parentPort?.postMessage('ready');
