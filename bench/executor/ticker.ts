// What a tick costs beside so many rows that were paid long ago, in a process of its own.
import { cpuTime } from '../kit/cpu-time.ts';
import { question, reply } from '../kit/fresh-process.ts';
import { openInProcessTreasury } from '../kit/in-process-treasury.ts';
import { warmUp } from '../kit/warm-up.ts';

export interface TickerQuestion {
  readonly finished: number;
  /** CPU time to warm up, and about as much to measure for each of the two. */
  readonly seconds: number;
}

export interface TickerAnswer {
  /** CPU time of a tick that has nothing to do. */
  readonly idleMicros: number;
  /** CPU time of a tick that looks up what the one before has sent, and pays as many. */
  readonly payingMicros: number;
}

const PER_TICK = 20;

const { finished, seconds } = question<TickerQuestion>();
const { executor, queue, close } = await openInProcessTreasury(finished, PER_TICK);
const tick = () => executor.tick();
const idleMicros = await measured(async () => {});
const payingMicros = await measured(queue);
await close();
reply({ idleMicros, payingMicros } satisfies TickerAnswer);

async function measured(prepare: () => Promise<void>): Promise<number> {
  await warmUp(async () => {
    await prepare();
    await tick();
  }, seconds);
  globalThis.gc?.();
  let micros = 0;
  let count = 0;
  while (micros < seconds * 1_000_000) {
    await prepare();
    micros += await cpuTime(tick);
    count += 1;
  }
  return micros / count;
}
