import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { type CircuitBreaker, createCircuitBreaker } from '../../../src/index.ts';
import { attachBreaker, shareBreaker } from '../../../src/threads/index.ts';

const ROUNDS = 100;
/** In turns of the loop of the owner: some milliseconds. */
const LONGEST_LIFE = 10_000;

/** Numbers from 0 to below 1, the same each time. */
function* lots(): Generator<number> {
  for (let state = 1; ; state = Math.imul(state, 48_271) % 0x7fffffff) yield Math.abs(state) / 0x7fffffff;
}

/** Succeeds with what is admitted until it is CLOSED. Where nothing is, it waits for the breaker to go on by itself. */
async function recover(breaker: CircuitBreaker, attached: ReturnType<typeof attachBreaker>): Promise<void> {
  while (breaker.state !== 'CLOSED') {
    const change = Promise.withResolvers<void>();
    const off = breaker.on('stateChange', () => change.resolve());
    const permit = attached.tryAcquire();
    if (permit === undefined) await change.promise;
    else permit.success();
    off();
  }
}

test(`threads that are ended at random moments, ${ROUNDS} times, leave a breaker that works`, async () => {
  const policy = { failureThreshold: 2, openTimeoutMs: 1, probeTimeoutMs: 10, halfOpenMaxProbes: 2 };
  const breaker = createCircuitBreaker({ policy });
  onTestFinished(() => breaker.stop());
  const handle = shareBreaker(breaker);
  const reasons = new Map<string, number>();
  breaker.on('stateChange', ({ reason }) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1));
  const attached = attachBreaker(handle);
  const start = async () => {
    const worker = new Worker(new URL('./dying-worker.ts', import.meta.url), { workerData: handle });
    await once(worker, 'message');
    return worker;
  };

  const random = lots();
  let ready = start();
  for (let round = 0; round < ROUNDS; round += 1) {
    const worker = await ready;
    if (round + 1 < ROUNDS) ready = start();
    worker.postMessage('begin');
    const life = Math.floor(random.next().value * LONGEST_LIFE);
    for (let turn = 0; turn < life; turn += 1) await nextTurn();
    await worker.terminate();
    await recover(breaker, attached);
    expect([breaker.admits, attached.admits, breaker.actor.getSnapshot().context.probesInFlight]).toEqual([
      true,
      true,
      0,
    ]);
  }
  // It was no idle time: each way of going on was gone.
  for (const reason of [
    'failureThreshold',
    'openTimeout',
    'probeFailed',
    'probeTimedOut',
    'successThreshold',
  ]) {
    expect([reason, reasons.get(reason)]).toEqual([reason, expect.any(Number)]);
  }
});
