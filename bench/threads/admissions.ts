import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type CircuitBreaker, createCircuitBreaker } from '../../src/index.ts';
import { shareBreaker } from '../../src/threads/index.ts';
import { median } from '../kit/median.ts';
import type { AdmittingLoad, AdmittingOrder } from './admitting-worker.ts';

const WORKER = new URL('./admitting-worker.ts', import.meta.url);

/** CPU time of one admission, as the median of so many threads that ask at once. Nanoseconds. */
export async function admissionNanos(load: AdmittingLoad, threads: number, seconds: number): Promise<number> {
  const breaker = breakerFor(load);
  const start = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const order: AdmittingOrder = { load, handle: shareBreaker(breaker), start, seconds };
  const workers = Array.from({ length: threads }, () => new Worker(WORKER, { workerData: order }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const nanos = workers.map(async (worker): Promise<number> => (await once(worker, 'message'))[0]);
  const word = new Int32Array(start);
  Atomics.store(word, 0, 1);
  Atomics.notify(word, 0);
  const measured = await Promise.all(nanos);
  breaker.stop();
  return median(measured);
}

/** In the state that a load asks for, and stays in it. */
function breakerFor(load: AdmittingLoad): CircuitBreaker {
  const openTimeoutMs = load === 'full' ? 1 : 2 ** 31 - 1;
  const breaker = createCircuitBreaker({
    policy: { failureThreshold: 1, openTimeoutMs, probeTimeoutMs: 2 ** 31 - 1 },
  });
  if (load === 'open') breaker.recordFailure();
  if (load === 'full') {
    breaker.recordFailure();
    while (!breaker.allowRequest());
  }
  return breaker;
}
