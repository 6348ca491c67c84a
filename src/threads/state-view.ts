import type { CircuitBreakerPolicy } from '../../machines/index.ts';
import {
  FAILURES,
  HEARD,
  OPEN_DUE,
  PROBE_DUE,
  type SharedMemory,
  STATE,
  SUCCESSES,
} from './shared-memory.ts';
import { fromTimeWord, sharedNow } from './shared-time.ts';
import { Slots } from './slots.ts';
import { epochOf, isClosed, isHalfOpen, isOpen, wordOf } from './state-word.ts';

/**
 * What a thread sees of the breaker: one load in CLOSED, and in OPEN a look at the clock.
 *
 * When the time of OPEN is over and the owner has not come to it, the thread goes on to HALF_OPEN by itself: slots first,
 * then the state, each by one compare-and-swap that only succeeds from exactly this OPEN. Whoever stops between the two is
 * followed by another, for whom the slots are there already.
 */
export class StateView {
  readonly #words: SharedMemory['words'];
  readonly #wide: SharedMemory['wide'];
  readonly #slots: Slots;
  readonly #policy: CircuitBreakerPolicy;
  readonly #hasRealClock: boolean;
  /** The OPEN that was seen last, and when it ends, or without a real clock how long it lasted yet when it was shown. */
  #open: number | undefined;
  #openDue = Number.POSITIVE_INFINITY;

  /** @param hasRealClock whether deadlines are instants of {@link sharedNow} */
  constructor(memory: SharedMemory, policy: CircuitBreakerPolicy, hasRealClock: boolean) {
    this.#words = memory.words;
    this.#wide = memory.wide;
    this.#slots = new Slots(memory);
    this.#policy = policy;
    this.#hasRealClock = hasRealClock;
  }

  get failures(): number {
    return Atomics.load(this.#words, FAILURES);
  }

  get successes(): number {
    return Atomics.load(this.#words, SUCCESSES);
  }

  /** The state word, when all that is due has happened. */
  look(): number {
    const word = Atomics.load(this.#words, STATE);
    return isOpen(word) ? this.#lookAtOpen(word) : word;
  }

  /** Takes a slot of this HALF_OPEN: its index; `undefined` when there is none. */
  take(word: number): number | undefined {
    return this.#slots.take(epochOf(word));
  }

  admits(word: number): boolean {
    return isClosed(word) || (isHalfOpen(word) && this.#slots.isFree(epochOf(word)));
  }

  /** Whether the owner has not heard of all slots that were taken. */
  get hasUnheard(): boolean {
    return this.#slots.read().taken !== Atomics.load(this.#words, HEARD);
  }

  /** Milliseconds to the next chance. */
  untilNextChance(word: number): number {
    if (this.admits(word)) return 0;
    if (isOpen(word)) return this.#until(this.#openDue);
    if (!isHalfOpen(word)) return Number.POSITIVE_INFINITY;
    // Infinity: the owner has not heard of the probes.
    const due = fromTimeWord(Atomics.load(this.#wide, PROBE_DUE));
    return Math.min(this.#until(due), this.#policy.probeTimeoutMs);
  }

  /** Whether a probe has been out for so long that its time-out is its verdict. @param takenAt by {@link sharedNow} */
  isOverdue(takenAt: number): boolean {
    return this.#hasRealClock && sharedNow() - takenAt >= this.#policy.probeTimeoutMs;
  }

  #until(due: number): number {
    return this.#hasRealClock ? Math.max(0, due - sharedNow()) : due;
  }

  #lookAtOpen(open: number): number {
    let word = open;
    while (isOpen(word)) {
      if (word !== this.#open) this.#remember(word);
      if (!this.#hasRealClock || sharedNow() < this.#openDue) return word;
      word = this.#endOpen(word);
    }
    return word;
  }

  /** When an OPEN ends. Should it be over, and what is read be of a later one, then the breaker is in that one already. */
  #remember(open: number): void {
    this.#openDue = fromTimeWord(Atomics.load(this.#wide, OPEN_DUE));
    this.#open = open;
  }

  #endOpen(open: number): number {
    const epoch = epochOf(open);
    this.#slots.begin(epoch, this.#policy.halfOpenMaxProbes);
    const halfOpen = wordOf('HALF_OPEN', epoch + 1);
    const found = Atomics.compareExchange(this.#words, STATE, open, halfOpen);
    return found === open ? halfOpen : found;
  }
}
