import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCircuitBreaker } from '../../../src/index.ts';
import { shareBreaker } from '../../../src/threads/index.ts';
import { OutcomeRing } from '../../../src/threads/outcome-ring.ts';
import { Room } from '../../../src/threads/room.ts';
import { newMemory, viewsOf } from '../../../src/threads/shared-memory.ts';
import { Barrier } from './barrier.ts';
import { startCrew } from './crew.ts';
import type { OperatingOrder, OperatingResult } from './operating-worker.ts';
import type { SendingOrder } from './sending-worker.ts';

const THREADS = 10;
const MILLION = 1_000_000;
/**
 * Of each thread, where every outcome goes through the chart: that takes the owner some microseconds each. A million with
 * `THREADS_OPERATIONS=1000000`.
 */
const CHART_OPERATIONS = Number(process.env['THREADS_OPERATIONS'] ?? 100_000);

async function operate(policy: object, operations: number, block: number) {
  const breaker = createCircuitBreaker({ policy: { openTimeoutMs: 2 ** 31 - 1, ...policy } });
  onTestFinished(() => breaker.stop());
  const handle = shareBreaker(breaker);
  const barrier = Barrier.newBuffer();
  const orders = Array.from({ length: THREADS }, (_, thread): OperatingOrder => {
    const outcome = thread % 2 === 0 ? 'recordFailure' : 'recordSuccess';
    return { handle, outcome, operations, block, barrier, threads: THREADS };
  });
  const crew = await startCrew(new URL('./operating-worker.ts', import.meta.url), orders);
  onTestFinished(() => crew.dismiss());
  return { breaker, crew };
}

describe('10 threads, 5 of which fail and 5 succeed', () => {
  test('a million operations each: it opens once, and each operation was admitted or refused', async () => {
    const { breaker, crew } = await operate({ failureThreshold: 5 }, MILLION, MILLION);
    const opened: object[] = [];
    breaker.on('stateChange', (change) => opened.push(change));
    const results = await crew.work<OperatingResult>();
    for (const { admitted, refused } of results) expect(admitted + refused).toBe(MILLION);
    const failed = results.filter((_, thread) => thread % 2 === 0).map(({ admitted }) => admitted);
    expect(failed.reduce((sum, admitted) => sum + admitted)).toBeGreaterThanOrEqual(5);
    expect(breaker.state).toBe('OPEN');
    expect(opened).toEqual([
      expect.objectContaining({ from: 'CLOSED', to: 'OPEN', generation: 1, reason: 'failureThreshold' }),
    ]);
    expect([breaker.failures, breaker.generation]).toEqual([5, 1]);
  });

  test(`${CHART_OPERATIONS} operations each: every failure counts once, and a success after them clears them`, async () => {
    const policy = { failureThreshold: Number.MAX_SAFE_INTEGER };
    const { breaker, crew } = await operate(policy, CHART_OPERATIONS, 1_000);
    let counted = 0;
    let before = 0;
    breaker.actor.subscribe(({ context: { failures } }) => {
      if (failures > before) counted += failures - before;
      before = failures;
    });
    const results = await crew.work<OperatingResult>();
    expect(results).toEqual(results.map(() => ({ admitted: CHART_OPERATIONS, refused: 0 })));
    expect(breaker.failures).toBe(0);
    expect(counted).toBe((THREADS / 2) * CHART_OPERATIONS);
    expect([breaker.state, breaker.generation]).toEqual(['CLOSED', 0]);
  });
});

test('10 threads send a million outcomes each: all arrive, once, those of each thread in their order', async () => {
  const buffer = newMemory();
  const orders = Array.from({ length: THREADS }, (_, sender): SendingOrder => {
    return { buffer, sender, outcomes: MILLION };
  });
  const crew = await startCrew(new URL('./sending-worker.ts', import.meta.url), orders);
  onTestFinished(() => crew.dismiss());
  const memory = viewsOf(buffer);
  const ring = new OutcomeRing(memory);
  const room = new Room(memory);

  const next = new Array<number>(THREADS).fill(0);
  let strange = 0;
  let isDone = false;
  const done = crew.work().then(() => {
    isDone = true;
  });
  while (!isDone || !ring.isQuiet) {
    for (let outcome = ring.peek(); outcome !== undefined; outcome = ring.peek()) {
      const { type, word, slot: sender = -1 } = outcome;
      const isExpected = word === next[sender] && type === (sender % 2 === 0 ? 'FAILURE' : 'SUCCESS');
      if (!isExpected) strange += 1;
      next[sender] = word + 1;
      ring.shift();
    }
    room.tell();
    await nextTurn();
  }
  await done;
  expect(strange).toBe(0);
  expect(next).toEqual(next.map(() => MILLION));
});
