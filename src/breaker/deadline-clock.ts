import type { Clock } from '../clock.ts';
import { BaseTimer } from './base-timer.ts';
import { type Timeline, wallTimeAt } from './timeline.ts';

/**
 * A longer timer rings at once. The longest time-out of a policy is as long, but what is left of it can come out a
 * fraction longer: sums with the time of a clock are rounded.
 */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** How often in a row a timer is cancelled before one is left armed. */
const CANCELLED_OFTEN = 8;

export interface Deadline {
  /** By the base clock. */
  readonly dueAt: number;
  fire(): void;
}

/**
 * The clock of a breaker's actor: it knows every deadline, and can be told to let what is due happen now.
 *
 * A starved event loop fires timers late; a breaker that waited for them would refuse (or admit) too long. So
 * {@link DeadlineClock.catchUp} runs, in the order of their due times, all deadlines that the base clock has passed,
 * each at its own time: what one of them starts is counted from when it was due, not from when it was noticed.
 *
 * However many deadlines there are, the base clock holds at most one timer, for the earliest. To set one and to cancel it
 * is a third of what a failure costs that the next success clears. Where that happens again and again, as with a service
 * that fails now and then, the timer is left armed for the next one, which is later anyway.
 */
export class DeadlineClock implements Timeline {
  readonly #base: Clock;
  /** Sorted by due time; equal ones in the order they came. */
  readonly #deadlines: Deadline[] = [];
  #timer: BaseTimer | undefined;
  /** How often in a row the timer was cancelled for want of deadlines. */
  #cancelled = 0;
  /** The due time of the deadline that runs right now. */
  #runningAt: number | undefined;

  /** See {@link Timeline.letIn}. */
  arrivals: (() => void) | undefined;

  afterEach: Timeline['afterEach'];

  constructor(base: Clock) {
    this.#base = base;
  }

  get isRunning(): boolean {
    return this.#runningAt !== undefined;
  }

  /** Soonest first. */
  get deadlines(): readonly Deadline[] {
    return this.#deadlines;
  }

  /** Milliseconds of the base clock; while a deadline runs, the time at which it was due. */
  now(): number {
    return this.#runningAt ?? this.#base.now();
  }

  wallNow(): number {
    return wallTimeAt(this.#base, this.#runningAt);
  }

  /** When an instant of the base clock was, or will be, by the host's wall, whatever `wallNow` of the base clock says. */
  hostTimeAt(instant: number): number {
    return Date.now() - (this.#base.now() - instant);
  }

  get timesLeft(): readonly number[] {
    const now = this.now();
    return this.#deadlines.map(({ dueAt }) => Math.max(0, dueAt - now));
  }

  untilNext(): number {
    const [next] = this.#deadlines;
    return next === undefined ? Number.POSITIVE_INFINITY : Math.max(0, next.dueAt - this.now());
  }

  setTimeout(fire: () => void, delayMs: number): Deadline {
    const now = this.now();
    const deadline = { dueAt: now + delayMs, fire };
    this.add(deadline, now);
    return deadline;
  }

  clearTimeout(deadline: Deadline): void {
    this.remove(deadline);
  }

  /** @param now what this clock says */
  add(deadline: Deadline, now: number): void {
    let at = this.#deadlines.length;
    while (at > 0 && (this.#deadlines[at - 1] as Deadline).dueAt > deadline.dueAt) at -= 1;
    if (at === this.#deadlines.length) this.#deadlines.push(deadline);
    else this.#deadlines.splice(at, 0, deadline);
    this.#arm(now);
  }

  /** Newest first is the cheapest order to remove many in. */
  remove(deadline: Deadline): void {
    const at = this.#deadlines.lastIndexOf(deadline);
    if (at >= 0) this.removeAt(at);
  }

  /**
   * The base timer is left armed as long as there are others.
   *
   * @param at place of one in {@link deadlines}
   */
  removeAt(at: number): void {
    if (at === this.#deadlines.length - 1) this.#deadlines.pop();
    else this.#deadlines.splice(at, 1);
    if (this.#deadlines.length === 0) this.#rest();
  }

  letIn(): void {
    this.arrivals?.();
  }

  catchUp(): void {
    this.letIn();
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
        this.afterEach?.tell();
      }
    } finally {
      this.#runningAt = undefined;
      this.#arm(now);
    }
  }

  /** Every timer is set and cancelled here: there is nothing to look for. */
  observe(): void {}

  clear(): void {
    this.#deadlines.length = 0;
    this.#disarm();
  }

  /** The timer rang, perhaps for a deadline that is gone: then for the next one it is set anew. */
  ring(): void {
    this.#timer = undefined;
    this.#cancelled = 0;
    this.catchUp();
    this.#arm(this.#base.now());
  }

  #arm(now: number): void {
    const next = this.#deadlines[0];
    if (next === undefined || this.isRunning) return;
    if (this.#timer?.servesFor(next.dueAt)) {
      this.#timer.waiting = this;
      return;
    }
    this.#disarm();
    const delayMs = Math.min(Math.max(0, next.dueAt - now), LONGEST_DELAY_MS);
    this.#timer = new BaseTimer(this.#base, next.dueAt, delayMs, this);
  }

  #rest(): void {
    if (this.#timer !== undefined && this.#cancelled >= CANCELLED_OFTEN) this.#timer.waiting = undefined;
    else this.#disarm();
    this.#cancelled += 1;
  }

  #disarm(): void {
    this.#timer?.cancel(this.#base);
    this.#timer = undefined;
  }
}
