import type { Clock } from '../clock.ts';

/** A timer of a clock, for one who waits. When that one needs it no more it may be left armed: then it holds nobody. */
export class BaseTimer {
  readonly ringsAt: number;
  waiting: { ring(): void } | undefined;
  readonly #handle: unknown;
  #isOver = false;

  constructor(base: Clock, ringsAt: number, delayMs: number, waiting: { ring(): void }) {
    this.ringsAt = ringsAt;
    this.waiting = waiting;
    this.#handle = base.setTimeout(() => {
      this.#isOver = true;
      this.waiting?.ring();
    }, delayMs);
  }

  /** Whether it will ring, and not too late for that. */
  servesFor(dueAt: number): boolean {
    return !this.#isOver && this.ringsAt <= dueAt;
  }

  cancel(base: Clock): void {
    base.clearTimeout(this.#handle);
  }
}
