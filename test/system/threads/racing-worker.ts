import { parentPort, workerData } from 'node:worker_threads';
import { attachBreaker, type BreakerHandle } from '../../../src/threads/index.ts';
import { Rounds } from './rounds.ts';

/** In each round: ask for a probe, and as its winner say so and report a failure. */
export interface RacingOrder {
  readonly handle: BreakerHandle;
  readonly rounds: SharedArrayBuffer;
  readonly count: number;
  /** A word for each round: how many won. */
  readonly winners: SharedArrayBuffer;
  /** Ask until somebody has won, since the round begins before the time of OPEN is over. */
  readonly isEarly: boolean;
}

const { handle, rounds, count, winners, isEarly } = workerData as RacingOrder;
const breaker = attachBreaker(handle);
const wins = new Int32Array(winners);
const played = new Rounds(rounds);

parentPort?.once('message', () => {
  for (let round = 0; round < count; round += 1) {
    played.join(round, () => {
      let permit = breaker.tryAcquire();
      while (isEarly && permit === undefined && Atomics.load(wins, round) === 0)
        permit = breaker.tryAcquire();
      if (permit === undefined) return;
      Atomics.add(wins, round, 1);
      permit.failure();
    });
  }
  parentPort?.postMessage('done');
});
parentPort?.postMessage('ready');
