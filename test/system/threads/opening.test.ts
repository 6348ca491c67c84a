import { expect, onTestFinished, test } from 'vitest';
import { createCircuitBreaker } from '../../../src/index.ts';
import { shareBreaker } from '../../../src/threads/index.ts';
import { startCrew } from './crew.ts';
import type { FailingOrder } from './failing-worker.ts';
import { Rounds } from './rounds.ts';

const THREADS = 10;
const ROUNDS = 1_000;

test('10 threads with a failure each open a breaker that opens at 5 exactly once, 1,000 times', async () => {
  const breaker = createCircuitBreaker({ policy: { failureThreshold: 5 } });
  onTestFinished(() => breaker.stop());
  const rounds = Rounds.newBuffer();
  const order: FailingOrder = { handle: shareBreaker(breaker), rounds, count: ROUNDS };
  const crew = await startCrew(
    new URL('./failing-worker.ts', import.meta.url),
    new Array(THREADS).fill(order),
  );
  onTestFinished(() => crew.dismiss());
  const changes: string[] = [];
  breaker.on('stateChange', ({ to }) => changes.push(to));
  const done = crew.work();
  for (let round = 0; round < ROUNDS; round += 1) {
    new Rounds(rounds).play(THREADS);
    expect([breaker.state, breaker.failures, breaker.generation]).toEqual(['OPEN', 5, 2 * round + 1]);
    breaker.reset();
    // The other five were of the era before.
    expect([breaker.state, breaker.failures]).toEqual(['CLOSED', 0]);
  }
  await done;
  expect(changes).toEqual(Array.from({ length: ROUNDS }, () => ['OPEN', 'CLOSED']).flat());
});
