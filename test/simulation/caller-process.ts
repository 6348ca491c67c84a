import type { Clock } from '../../src/clock.ts';
import type { Caller } from './network.ts';
import type { Scheduled, VirtualTime } from './virtual-time.ts';

/** The wall clock at the beginning of every run, in epoch milliseconds. */
const WALL_ORIGIN = 1_800_000_000_000;

/** How long SQLite is asked again while another connection has it locked, in virtual milliseconds. */
export const BUSY_LIMIT_MS = 2_000;

/** A process: it has a clock, can be paused, and ends at a named place if that is planned. */
export abstract class CallerProcess implements Caller {
  readonly name: string;
  isAlive = true;
  pausedUntil = 0;
  /** How far its wall clock is off. Milliseconds. */
  wallOffset = 0;
  readonly clock: Clock;
  protected readonly time: VirtualTime;
  readonly #sleepers = new Set<(error: Error) => void>();

  constructor(name: string, time: VirtualTime) {
    this.name = name;
    this.time = time;
    this.clock = {
      now: () => time.now,
      setTimeout: (fire, delayMs) => time.schedule(delayMs, fire, this),
      clearTimeout: (entry: Scheduled) => time.cancel(entry),
      wallNow: () => WALL_ORIGIN + time.now + this.wallOffset,
    };
  }

  abstract reach(point: string): void;

  get wallNow(): number {
    return WALL_ORIGIN + this.time.now + this.wallOffset;
  }

  /** Between two attempts at a locked database. One that waits when the process dies waits no longer. */
  readonly sleep = (ms: number): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (!this.isAlive) reject(new Error('the process is dead'));
    this.#sleepers.add(reject);
    this.time.schedule(
      ms,
      () => {
        this.#sleepers.delete(reject);
        resolve();
      },
      this,
    );
    return promise;
  };

  protected die(): void {
    this.isAlive = false;
    for (const reject of this.#sleepers) reject(new Error('the process is dead'));
    this.#sleepers.clear();
  }
}
