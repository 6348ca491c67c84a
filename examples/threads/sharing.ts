import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createCircuitBreaker } from '../../src/index.ts';
import { attachBreaker, shareBreaker } from '../../src/threads/index.ts';

// One file for both: a worker is given the handle, and makes a breaker of it.
if (isMainThread) {
  const breaker = createCircuitBreaker({ name: 'rates', policy: { failureThreshold: 2 } });
  const worker = new Worker(new URL(import.meta.url), { workerData: shareBreaker(breaker) });
  worker.on('message', (line) => console.log(`the worker: ${line}`));
  await once(worker, 'exit');
  console.log(`the owner: ${breaker.state}, ${breaker.failures} failures`);
  breaker.stop();
} else {
  const breaker = attachBreaker(workerData);
  const loadRate = async () => {
    throw new Error('no route to host');
  };
  for (let call = 1; call <= 2; call += 1) {
    await breaker.execute(loadRate).catch((error) => parentPort?.postMessage(error.message));
  }
}
