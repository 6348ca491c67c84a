import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type FaultCounts, sumCounts } from './fault-counts.ts';
import type { SimulationMutant } from './mutants.ts';
import type { BatchResult, RunResult, ScriptBatch, SeedRange, WorkerSettings } from './run-worker.ts';
import type { Script } from './scripted-scenario.ts';

interface PoolOptions {
  readonly mutant?: SimulationMutant;
  readonly threads?: number;
  /** Begins nothing new after the first run that fails. */
  readonly stopsAtFailure?: boolean;
  /** Begins nothing new after so many milliseconds. */
  readonly withinMs?: number;
  readonly onProgress?: (played: number, failed: number) => void;
}

export interface PoolReport {
  readonly results: readonly RunResult[];
  readonly faults: FaultCounts;
  readonly states: ReadonlySet<string>;
  readonly durationMs: number;
}

type Job = SeedRange | ScriptBatch;

/** Runs of one job: a thread that has them done asks for more. */
const BATCH = 10;
/** A batch takes about a second; broken code may loop for ever. */
const HUNG_MS = 120_000;

/** Plays seeds on as many threads as there are cores. */
export function playSeeds(seeds: SeedRange, options: PoolOptions = {}): Promise<PoolReport> {
  const { from, count } = seeds;
  return playJobs(
    Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => ({
      from: from + index * BATCH,
      count: Math.min(BATCH, count - index * BATCH),
    })),
    options,
  );
}

/** Plays scripts on as many threads as there are cores. */
export function playScripts(scripts: readonly Script[], options: PoolOptions = {}): Promise<PoolReport> {
  return playJobs(
    Array.from({ length: Math.ceil(scripts.length / BATCH) }, (_, index) => ({
      scripts: scripts.slice(index * BATCH, (index + 1) * BATCH),
    })),
    options,
  );
}

export const failuresIn = (results: readonly RunResult[]): readonly RunResult[] =>
  results.filter(({ violations }) => violations.length > 0);

let threadsMade = 0;

async function playJobs(jobs: readonly Job[], options: PoolOptions): Promise<PoolReport> {
  const { mutant, threads = availableParallelism(), stopsAtFailure = false } = options;
  const begin = performance.now();
  const results: RunResult[] = [];
  const counts: FaultCounts[] = [];
  const states = new Set<string>();
  const waiting = jobs[Symbol.iterator]();
  const isOver = () =>
    (stopsAtFailure && failuresIn(results).length > 0) ||
    performance.now() - begin > (options.withinMs ?? Number.POSITIVE_INFINITY);

  const work = async (): Promise<void> => {
    threadsMade += 1;
    const thread = new Thread({ name: `${process.pid}-${threadsMade}`, mutant });
    try {
      for (const job of waiting) {
        const batch = await thread.play(job);
        results.push(...batch.results);
        counts.push(batch.faults);
        for (const state of batch.states) states.add(state);
        options.onProgress?.(results.length, failuresIn(results).length);
        if (isOver()) return;
      }
    } finally {
      await thread.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, work));
  results.sort((a, b) => a.ordinal - b.ordinal);
  return { results, faults: sumCounts(counts), states, durationMs: performance.now() - begin };
}

class Thread {
  readonly #worker: Worker;

  constructor(settings: WorkerSettings) {
    this.#worker = new Worker(new URL('./run-worker.ts', import.meta.url), { workerData: settings });
  }

  /** One that does not answer, or dies, has failed with the first of its runs. */
  play(job: Job): Promise<BatchResult> {
    const { promise, resolve } = Promise.withResolvers<BatchResult>();
    const failed = (what: string) => {
      const violations = [{ harm: 'simulation' as const, what }];
      const ordinal = 'from' in job ? job.from : 0;
      const result = { ordinal, replay: `--seed ${ordinal}`, violations, hash: '', trace: [] };
      resolve({ results: [result], faults: {}, states: [] });
    };
    const hung = setTimeout(() => failed('it never came to an end'), HUNG_MS);
    const onError = (error: unknown) => failed(`the thread died: ${String(error)}`);
    this.#worker.once('message', resolve);
    this.#worker.once('error', onError);
    this.#worker.postMessage(job);
    return promise.finally(() => {
      clearTimeout(hung);
      this.#worker.off('message', resolve);
      this.#worker.off('error', onError);
    });
  }

  async close(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.postMessage('end');
    const impatient = setTimeout(() => void this.#worker.terminate(), 2_000);
    await gone;
    clearTimeout(impatient);
  }
}
