import { ExecutorProcess, type Exit, type ProcessParts } from './executor-process.ts';
import type { Random } from './random.ts';

interface HostOptions {
  /** Nobody starts anything now. */
  readonly isOff: () => boolean;
  readonly onAdopted: () => void;
}

/** A machine with a service manager: it starts an executor, and another one when that has ended. */
export class Host {
  readonly name: string;
  process: ExecutorProcess | undefined;
  /** The next start finds no room on the disk. */
  isNextFull = false;
  readonly #parts: ProcessParts;
  readonly #random: Random;
  readonly #options: HostOptions;
  #starts = 0;

  constructor(name: string, parts: ProcessParts, random: Random, options: HostOptions) {
    this.name = name;
    this.#parts = parts;
    this.#random = random;
    this.#options = options;
  }

  get isUp(): boolean {
    return this.process?.isAlive === true;
  }

  start(adoptNonce = false): void {
    if (this.isUp) return;
    this.#starts += 1;
    this.process = new ExecutorProcess(this.name, this.#parts, {
      random: this.#random.fork(this.#starts),
      adoptNonce,
      isFull: this.isNextFull,
      onExit: (exit) => this.#exited(exit),
    });
    this.isNextFull = false;
    this.process.start();
  }

  startLater(delayMs: number): void {
    this.#parts.time.schedule(delayMs, () => {
      if (!this.#options.isOff()) this.start();
    });
  }

  #exited(exit: Exit): void {
    const { time } = this.#parts;
    if (exit === 'refused' && !this.#options.isOff()) {
      time.schedule(1_000, () => {
        if (this.#options.isOff() || this.isUp) return;
        this.#options.onAdopted();
        this.start(true);
      });
      return;
    }
    this.startLater(this.#random.int(300, exit === 'crashed' ? 5_000 : 2_000));
  }
}
