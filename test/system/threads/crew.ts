import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Starts a worker of each module with its data; each says something as soon as it is ready. */
export async function startCrew(module: URL, data: readonly unknown[]): Promise<Crew> {
  const workers = data.map((workerData) => new Worker(module, { workerData }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return new Crew(workers);
}

/** Threads that work together. */
export class Crew {
  readonly #workers: readonly Worker[];

  constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  /** Tells all to begin. What each comes to, in their order; rejects when one fails. */
  async work<Result>(task: unknown = 'begin'): Promise<readonly Result[]> {
    const results = this.#workers.map(async (worker) => {
      const [result] = await once(worker, 'message');
      return result as Result;
    });
    for (const worker of this.#workers) worker.postMessage(task);
    return await Promise.all(results);
  }

  /** When all have ended by themselves: with which codes. */
  async ended(): Promise<readonly number[]> {
    return await Promise.all(
      this.#workers.map(async (worker) => {
        const [code] = await once(worker, 'exit');
        return code as number;
      }),
    );
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
