import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createCircuitBreaker } from '../../src/index.ts';
import { shareBreaker } from '../../src/threads/index.ts';
import type { ReportingOrder } from './reporting-worker.ts';

const WORKER = new URL('./reporting-worker.ts', import.meta.url);

/** Time of one failure, from the first that is sent until the owner has counted the last, with all threads busy. Microseconds. */
export async function reportMicros(threads: number, failures: number): Promise<number> {
  const each = Math.ceil(failures / threads);
  const breaker = createCircuitBreaker({ policy: { failureThreshold: Number.MAX_SAFE_INTEGER } });
  const order: ReportingOrder = { handle: shareBreaker(breaker), failures: each };
  const workers = Array.from({ length: threads }, () => new Worker(WORKER, { workerData: order }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const counted = Promise.withResolvers<void>();
  breaker.actor.subscribe(({ context }) => {
    if (context.failures === each * threads) counted.resolve();
  });
  const before = performance.now();
  for (const worker of workers) worker.postMessage('begin');
  await counted.promise;
  const micros = ((performance.now() - before) * 1e3) / (each * threads);
  breaker.stop();
  return micros;
}

/** The same failures, reported to the owner's own breaker. */
export function reportHereMicros(failures: number): number {
  const breaker = createCircuitBreaker({ policy: { failureThreshold: Number.MAX_SAFE_INTEGER } });
  const before = performance.now();
  for (let n = 0; n < failures; n += 1) breaker.recordFailure();
  const micros = ((performance.now() - before) * 1e3) / failures;
  breaker.stop();
  return micros;
}
