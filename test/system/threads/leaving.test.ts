import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { createCircuitBreaker } from '../../../src/index.ts';
import { attachBreaker, type BreakerHandle, shareBreaker } from '../../../src/threads/index.ts';
import { runProgram } from '../breaker/run-program.ts';
import type { LeavingOrder } from './leaving-worker.ts';

test('of threads that report and are gone nothing is lost, however they go', async () => {
  const failures = 3_000;
  const breaker = createCircuitBreaker({ policy: { failureThreshold: 1_000_000 } });
  onTestFinished(() => breaker.stop());
  const handle = shareBreaker(breaker);
  const codes = [false, true, false, true].map(async (isAbrupt) => {
    const workerData: LeavingOrder = { handle, failures, isAbrupt };
    const [code] = await once(
      new Worker(new URL('./leaving-worker.ts', import.meta.url), { workerData }),
      'exit',
    );
    return code;
  });
  expect(await Promise.all(codes)).toEqual([0, 0, 0, 0]);
  expect(breaker.failures).toBe(4 * failures);
});

test('when the thread of the owner ends, others are refused, and nobody waits for it', async () => {
  const owner = new Worker(new URL('./owning-worker.ts', import.meta.url));
  const [handle]: BreakerHandle[] = await once(owner, 'message');
  const breaker = attachBreaker(handle as BreakerHandle);
  expect(breaker.allowRequest()).toBe(true);
  const gone = once(owner, 'exit');
  owner.postMessage('end');
  await gone;
  for (let n = 0; n < 5_000; n += 1) breaker.recordFailure();
  expect(breaker.allowRequest()).toBe(false);
  await expect(breaker.execute(() => 'ran')).rejects.toMatchObject({ code: 'ESHUTDOWN' });
});

test('a process with nothing else to do ends at once beside a shared breaker', async () => {
  const threads = new URL('../../../src/threads/index.ts', import.meta.url).href;
  const { code, output, ms } = await runProgram(`
    import { attachBreaker, shareBreaker } from ${JSON.stringify(threads)};
    const breaker = createCircuitBreaker({ policy: { failureThreshold: 1 } });
    const attached = attachBreaker(shareBreaker(breaker));
    attached.recordFailure();
    console.log(breaker.state, attached.state);
  `);
  expect({ code, output }).toEqual({ code: 0, output: 'OPEN OPEN' });
  expect(ms).toBeLessThan(10_000);
});
