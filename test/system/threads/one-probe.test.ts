import { expect, onTestFinished, test } from 'vitest';
import { createCircuitBreaker } from '../../../src/index.ts';
import { shareBreaker } from '../../../src/threads/index.ts';
import { TestClock } from '../../support/breaker.ts';
import { startCrew } from './crew.ts';
import type { RacingOrder } from './racing-worker.ts';
import { Rounds } from './rounds.ts';

const THREADS = 10;
const OPEN_MS = 2;

async function startRace(options: { clock?: TestClock }, count: number) {
  const policy = { failureThreshold: 1, openTimeoutMs: OPEN_MS };
  const breaker = createCircuitBreaker({ policy, ...options });
  onTestFinished(() => breaker.stop());
  const rounds = Rounds.newBuffer();
  const winners = new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT);
  const isEarly = options.clock === undefined;
  const order: RacingOrder = { handle: shareBreaker(breaker), rounds, count, winners, isEarly };
  const crew = await startCrew(
    new URL('./racing-worker.ts', import.meta.url),
    new Array(THREADS).fill(order),
  );
  onTestFinished(() => crew.dismiss());
  return { breaker, crew, rounds: new Rounds(rounds), winners: new Int32Array(winners) };
}

test('10 threads race for one probe, 10,000 times: each time one has it', async () => {
  const count = 10_000;
  const clock = new TestClock();
  const { breaker, crew, rounds, winners } = await startRace({ clock }, count);
  const done = crew.work();
  breaker.recordFailure();
  for (let round = 0; round < count; round += 1) {
    clock.increment(OPEN_MS);
    // The owner's loop stands still: who has the probe is decided without it.
    rounds.play(THREADS);
    expect(breaker.state).toBe('OPEN');
  }
  await done;
  expect(winners.filter((wins) => wins !== 1)).toEqual(new Int32Array());
  // Each round went to HALF_OPEN and back.
  expect(breaker.generation).toBe(1 + 2 * count);
});

test('10 threads end OPEN by themselves, the owner standing still, 300 times: each time one has the probe', async () => {
  const count = 300;
  const { breaker, crew, rounds, winners } = await startRace({}, count);
  const changes: string[] = [];
  breaker.on('stateChange', ({ to }) => changes.push(to));
  const done = crew.work();
  breaker.recordFailure();
  for (let round = 0; round < count; round += 1) {
    rounds.play(THREADS);
    // Reading it lets the owner hear of the probe's failure. What follows is OPEN, or HALF_OPEN
    // already where this thread came so late that the new OPEN is over as well.
    expect(breaker.state).not.toBe('CLOSED');
  }
  await done;
  expect(winners.filter((wins) => wins !== 1)).toEqual(new Int32Array());
  const cycle = Array.from({ length: count }, () => ['HALF_OPEN', 'OPEN']);
  expect(changes.slice(0, 1 + 2 * count)).toEqual(['OPEN', ...cycle.flat()]);
  // Nobody races any more: the last OPEN may have ended, and nothing after it.
  expect(['', 'HALF_OPEN']).toContain(changes.slice(1 + 2 * count).join());
});
