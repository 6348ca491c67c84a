import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ChartState } from '../diagram/chart.ts';
import { messageOf } from '../message-of.ts';

/** The worker ends when it had nothing to draw for so long. Milliseconds. */
const IDLE_MS = 5_000;

/** Drawings that are kept, of some 50 kB each. */
const MOST_KEPT = 200;

/** In the sources, in the compiled library, and beside the bundled command: always next to this module. */
const WORKER = new URL(`./layout-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

interface Drawn {
  readonly name: string;
  readonly svg: string;
}

/** Draws each chart once, in a thread of its own. */
export class Drawings {
  readonly #made = new Map<string, Promise<string>>();
  readonly #waiting = new Map<string, PromiseWithResolvers<string>>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** @throws (as a rejection) Error that says what is missing, when the layout cannot be made */
  svg(name: string, chart: ChartState): Promise<string> {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const made = this.#draw(name, chart);
    this.#made.set(name, made);
    const [oldest = ''] = this.#made.keys();
    if (this.#made.size > MOST_KEPT) this.#made.delete(oldest);
    // The next one who asks tries again.
    made.catch(() => this.#made.delete(name));
    return made;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#idle);
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#fail(new Error('the inspector was stopped'));
  }

  #draw(name: string, chart: ChartState): Promise<string> {
    if (this.#isStopped) return Promise.reject(new Error('the inspector was stopped'));
    const waiting = Promise.withResolvers<string>();
    this.#waiting.set(name, waiting);
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    this.#worker.postMessage({ name, chart });
    return waiting.promise;
  }

  #start(): Worker {
    // The host's own flags (`--input-type`, a loader, a profiler) are none of this thread's matters.
    const worker = new Worker(fileURLToPath(WORKER), { stdin: false, execArgv: [] });
    worker.on('message', ({ name, svg }: Drawn) => {
      this.#waiting.get(name)?.resolve(svg);
      this.#waiting.delete(name);
      if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.#end(worker), IDLE_MS).unref();
    });
    worker.on('error', (error) => {
      this.#worker = undefined;
      this.#fail(explain(error));
    });
    // After the listeners: one for messages would hold the process again.
    worker.unref();
    return worker;
  }

  #end(worker: Worker): void {
    this.#worker = undefined;
    void worker.terminate();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** An error of the other thread has lost its class; of what it says only what to install is for the page. */
function explain(error: unknown): Error {
  const text = messageOf(error);
  return new Error(text.includes('npm install') ? text : 'the chart could not be drawn', { cause: error });
}
