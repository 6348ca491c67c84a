import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Job, Played, Ready } from './executor-mutant-worker.ts';

const WORKER = fileURLToPath(new URL('./executor-mutant-worker.ts', import.meta.url));

interface Worker {
  readonly process: ChildProcess;
  readonly chainPid: number;
}

/** Processes that play one scenario each at a time. One that takes too long is killed, and replaced. */
export class MutantPool {
  readonly size: number;
  readonly #hardLimitMs: number;
  readonly #free: Worker[] = [];
  readonly #all = new Set<Worker>();

  constructor({ size, hardLimitMs }: { readonly size: number; readonly hardLimitMs: number }) {
    this.size = size;
    this.#hardLimitMs = hardLimitMs;
  }

  async play(job: Job): Promise<Played> {
    const worker = this.#free.pop() ?? (await this.#start());
    worker.process.send(job);
    const limit = AbortSignal.timeout(this.#hardLimitMs);
    try {
      const [played] = await once(worker.process, 'message', { signal: limit });
      this.#free.push(worker);
      return played as Played;
    } catch {
      this.#end(worker);
      return { failure: `hung for ${this.#hardLimitMs} ms`, durationMs: this.#hardLimitMs, taken: [] };
    }
  }

  close(): void {
    for (const worker of this.#all) this.#end(worker);
  }

  async #start(): Promise<Worker> {
    const child = fork(WORKER, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
    const [ready] = (await once(child, 'message')) as [Ready];
    const worker = { process: child, chainPid: ready.chainPid };
    this.#all.add(worker);
    return worker;
  }

  #end(worker: Worker): void {
    this.#all.delete(worker);
    worker.process.kill('SIGKILL');
    // A killed process cannot end its chain any more.
    try {
      process.kill(worker.chainPid, 'SIGKILL');
    } catch {
      // It had ended.
    }
  }
}
