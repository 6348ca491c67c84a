import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type FaultCounts, sumCounts } from './fault-counts.ts';
import type { SimulationMutant } from './mutants.ts';
import type { RangeResult, SeedRange, SeedResult, WorkerSettings } from './seed-worker.ts';

export interface SeedRun extends SeedRange {
  readonly mutant?: SimulationMutant;
  readonly threads?: number;
  /** Begins nothing new after the first seed that fails. */
  readonly stopsAtFailure?: boolean;
  /** Begins nothing new after so many milliseconds. */
  readonly withinMs?: number;
  readonly onProgress?: (played: number, failed: number) => void;
}

export interface SeedReport {
  readonly results: readonly SeedResult[];
  readonly faults: FaultCounts;
  readonly durationMs: number;
}

/** Seeds that a thread plays before it asks for more. */
const RANGE = 10;
/** A range takes about a second; broken code may loop for ever. */
const HUNG_MS = 120_000;

let pools = 0;

/** Plays seeds on as many threads as there are cores. */
export async function playSeeds(run: SeedRun): Promise<SeedReport> {
  const { from, count, mutant, threads = availableParallelism() } = run;
  const begin = performance.now();
  const results: SeedResult[] = [];
  const counts: FaultCounts[] = [];
  let next = from;
  const isOver = () =>
    next >= from + count ||
    (run.stopsAtFailure === true && failuresIn(results).length > 0) ||
    performance.now() - begin > (run.withinMs ?? Number.POSITIVE_INFINITY);
  const take = (): SeedRange => {
    const range = { from: next, count: Math.min(RANGE, from + count - next) };
    next += range.count;
    return range;
  };

  const work = async (): Promise<void> => {
    pools += 1;
    const thread = new Thread({ name: `${process.pid}-${pools}`, mutant });
    try {
      while (!isOver()) {
        const range = take();
        const { results: played, faults } = await thread.play(range);
        results.push(...played);
        counts.push(faults);
        run.onProgress?.(results.length, failuresIn(results).length);
      }
    } finally {
      await thread.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, Math.ceil(count / RANGE)) }, work));
  results.sort((a, b) => a.seed - b.seed);
  return { results, faults: sumCounts(counts), durationMs: performance.now() - begin };
}

export const failuresIn = (results: readonly SeedResult[]): readonly SeedResult[] =>
  results.filter(({ violations }) => violations.length > 0);

class Thread {
  readonly #worker: Worker;

  constructor(settings: WorkerSettings) {
    this.#worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData: settings });
  }

  /** One that does not answer, or dies, has failed at the first of its seeds. */
  play(range: SeedRange): Promise<RangeResult> {
    const { promise, resolve } = Promise.withResolvers<RangeResult>();
    const failed = (what: string) => {
      const violations = [{ harm: 'invariant' as const, what }];
      resolve({ results: [{ seed: range.from, violations, hash: '', trace: [] }], faults: {} });
    };
    const hung = setTimeout(() => failed('it never came to an end'), HUNG_MS);
    const onError = (error: unknown) => failed(`the thread died: ${String(error)}`);
    this.#worker.once('message', resolve);
    this.#worker.once('error', onError);
    this.#worker.postMessage(range);
    return promise.finally(() => {
      clearTimeout(hung);
      this.#worker.off('message', resolve);
      this.#worker.off('error', onError);
    });
  }

  async close(): Promise<void> {
    this.#worker.postMessage('end');
    await new Promise<void>((resolve) => {
      const impatient = setTimeout(() => void this.#worker.terminate(), 2_000);
      this.#worker.once('exit', () => {
        clearTimeout(impatient);
        resolve();
      });
    });
  }
}
