import { parentPort, workerData } from 'node:worker_threads';
import { attachBreaker, type BreakerHandle } from '../../../src/threads/index.ts';

/** Asks and reports without a pause, until somebody ends it. */
const breaker = attachBreaker(workerData as BreakerHandle);

parentPort?.once('message', () => {
  for (let turn = 0; ; turn += 1) {
    const permit = breaker.tryAcquire();
    const lot = turn % 16;
    if (lot < 4) permit?.success();
    else if (lot < 10) permit?.failure();
    else if (lot < 12) permit?.cancelled();
    else if (lot < 14 && breaker.allowRequest()) breaker.recordFailure();
    // Else it keeps what it has: a probe times out.
  }
});
parentPort?.postMessage('ready');
