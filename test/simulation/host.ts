import { ExecutorProcess, type Exit, type ProcessParts } from './executor-process.ts';
import type { Random } from './random.ts';

interface HostOptions {
  /** Nobody starts anything now. */
  readonly isOff: () => boolean;
  readonly onAdopted: () => void;
}

/** How long a service manager waits; longer where a start would only fail again. */
const RESTARTED_AFTER_MS: Readonly<Record<Exit, readonly [soonest: number, latest: number]>> = {
  crashed: [300, 5_000],
  faulted: [300, 2_000],
  stopped: [300, 2_000],
  refused: [2_000, 5_000],
  unreachable: [2_000, 5_000],
};

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
    const [soonest, latest] = RESTARTED_AFTER_MS[exit];
    this.startLater(this.#random.int(soonest, latest));
  }
}
