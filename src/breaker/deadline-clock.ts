import type { Clock } from '../clock.ts';
import { type Timeline, wallTimeAt } from './timeline.ts';

interface Deadline {
  readonly dueAt: number;
  readonly fire: () => void;
}

/**
 * The clock of a breaker's actor: it knows every deadline, and can be told to let what is due happen now.
 *
 * A starved event loop fires timers late; a breaker that waited for them would refuse (or admit) too long. So
 * {@link DeadlineClock.catchUp} runs, in the order of their due times, all deadlines that the base clock has passed,
 * each at its own time: what one of them starts is counted from when it was due, not from when it was noticed.
 *
 * However many deadlines there are, the base clock holds at most one timer, for the earliest.
 */
export class DeadlineClock implements Timeline {
  readonly #base: Clock;
  readonly #afterEach: () => void;
  /** Sorted by due time; equal ones in the order they came. */
  readonly #deadlines: Deadline[] = [];
  #armed: { readonly dueAt: number; readonly handle: unknown } | undefined;
  /** The due time of the deadline that runs right now. */
  #runningAt: number | undefined;

  /** Lets in what came from elsewhere before now, such as outcomes of other threads. */
  arrivals: (() => void) | undefined;

  /** @param afterEach runs after each deadline, at its time. */
  constructor(base: Clock, afterEach: () => void) {
    this.#base = base;
    this.#afterEach = afterEach;
  }

  get isRunning(): boolean {
    return this.#runningAt !== undefined;
  }

  /** Milliseconds of the base clock; while a deadline runs, the time at which it was due. */
  now(): number {
    return this.#runningAt ?? this.#base.now();
  }

  wallNow(): number {
    return wallTimeAt(this.#base, this.#runningAt);
  }

  get timesLeft(): readonly number[] {
    const now = this.now();
    return this.#deadlines.map(({ dueAt }) => Math.max(0, dueAt - now));
  }

  setTimeout(fire: () => void, delayMs: number): Deadline {
    const deadline = { dueAt: this.now() + delayMs, fire };
    let at = this.#deadlines.length;
    while (at > 0 && (this.#deadlines[at - 1] as Deadline).dueAt > deadline.dueAt) at -= 1;
    this.#deadlines.splice(at, 0, deadline);
    this.#arm();
    return deadline;
  }

  /** The base timer is left armed: should it fire for nothing, it arms itself for what is next. */
  clearTimeout(deadline: Deadline): void {
    const at = this.#deadlines.indexOf(deadline);
    if (at >= 0) this.#deadlines.splice(at, 1);
    if (this.#deadlines.length === 0) this.#disarm();
  }

  catchUp(): void {
    this.arrivals?.();
    if (this.#deadlines.length === 0 || this.isRunning) return;
    const now = this.#base.now();
    try {
      for (
        let next = this.#deadlines[0];
        next !== undefined && next.dueAt <= now;
        next = this.#deadlines[0]
      ) {
        this.#deadlines.shift();
        this.#runningAt = next.dueAt;
        next.fire();
        this.#afterEach();
      }
    } finally {
      this.#runningAt = undefined;
      this.#arm();
    }
  }

  /** Every timer is set and cancelled here: there is nothing to look for. */
  observe(): void {}

  clear(): void {
    this.#deadlines.length = 0;
    this.#disarm();
  }

  #arm(): void {
    const next = this.#deadlines[0];
    if (next === undefined || this.isRunning) return;
    if (this.#armed !== undefined && this.#armed.dueAt <= next.dueAt) return;
    this.#disarm();
    const delayMs = Math.max(0, next.dueAt - this.#base.now());
    const handle = this.#base.setTimeout(() => {
      this.#armed = undefined;
      this.catchUp();
      this.#arm();
    }, delayMs);
    this.#armed = { dueAt: next.dueAt, handle };
  }

  #disarm(): void {
    if (this.#armed === undefined) return;
    this.#base.clearTimeout(this.#armed.handle);
    this.#armed = undefined;
  }
}
