import { parentPort, workerData } from 'node:worker_threads';
import { attachBreaker, type BreakerHandle } from '../../src/threads/index.ts';

/** What a thread does again and again. `bare`: nothing but a load of a word that nobody writes. */
export type AdmittingLoad = 'bare' | 'closed' | 'open' | 'full';

export interface AdmittingOrder {
  readonly load: AdmittingLoad;
  /** A breaker in the state that the load is called after; `full` is HALF_OPEN without a free slot. */
  readonly handle: BreakerHandle;
  /** 0 until all threads begin. */
  readonly start: SharedArrayBuffer;
  readonly seconds: number;
}

const { load, handle, start, seconds } = workerData as AdmittingOrder;
const BLOCK = 100_000;

const breaker = attachBreaker(handle);
const word = new Int32Array(new SharedArrayBuffer(4));

/** How many of a block were admitted: looked at, so that no compiler leaves the work out. */
function bareBlock(): number {
  let admitted = 0;
  for (let n = 0; n < BLOCK; n += 1) if (Atomics.load(word, 0) === 0) admitted += 1;
  return admitted;
}

function askingBlock(): number {
  let admitted = 0;
  for (let n = 0; n < BLOCK; n += 1) if (breaker.allowRequest()) admitted += 1;
  return admitted;
}

const block = load === 'bare' ? bareBlock : askingBlock;
const expected = load === 'bare' || load === 'closed' ? BLOCK : 0;

/** CPU time of this thread alone: on the wall it would wait for the others, too. Nanoseconds for one. */
function measure(forSeconds: number): number {
  const before = process.threadCpuUsage();
  for (let blocks = 1; ; blocks += 1) {
    if (block() !== expected) throw new Error(`not every one was as expected in ${load}`);
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= forSeconds * 1e6) return ((user + system) * 1e3) / (blocks * BLOCK);
  }
}

measure(seconds / 4);
parentPort?.postMessage('ready');
Atomics.wait(new Int32Array(start), 0, 0);
parentPort?.postMessage(measure(seconds));
