import { detailsOf, type Outcome, outcomeFrom } from './outcome.ts';
import { HEAD, RING, type SharedMemory, TAIL } from './shared-memory.ts';

/** For words of 64 bits that are made of two halves, without arithmetic on `bigint`, which would take twice as long. */
const halves = new Uint32Array(2);
const whole = new BigUint64Array(halves.buffer);

function join(high: number, low: number): bigint {
  halves[0] = low;
  halves[1] = high;
  return whole[0] as bigint;
}

/**
 * Outcomes on their way to the owner: a bounded queue that any thread writes and one reads, without locks.
 *
 * A cell is either empty and knows the lap for which it is (`lap | 0`), or holds an outcome (`state word | details`).
 * Tickets are counted by `HEAD`, modulo 2^32; a ticket's cell is its remainder, its lap the quotient.
 *
 * - A producer swaps its outcome for the emptiness of the ticket's lap. Whoever does it has the cell, and the outcome is
 *   sent: what is left is to move `HEAD` on, which any other producer that finds the cell taken does for him. So one that
 *   stops for good between the two stops nobody.
 * - One that was asleep since it read `HEAD` finds another lap in the cell, even if that is empty again, and cannot slip
 *   its outcome in where a later one belongs.
 * - `HEAD` passes a cell only when it is full: what lies between `TAIL` and `HEAD` can be read. A producer returns when
 *   `HEAD` has passed its outcome: what it sends next comes after it.
 * - The reader empties the cell for the next lap, then moves `TAIL`; and it does so when it has dealt with the outcome,
 *   so that "nothing between the two" means that all that was sent has had its effect.
 */
export class OutcomeRing {
  readonly #words: SharedMemory['words'];
  readonly #wide: SharedMemory['wide'];
  readonly #size: number;
  readonly #lapShift: number;

  constructor({ words, wide }: SharedMemory) {
    this.#words = words;
    this.#wide = wide;
    this.#size = wide.length - RING;
    this.#lapShift = Math.log2(this.#size);
  }

  /** Whether all that was sent before now has had its effect. */
  get isQuiet(): boolean {
    const head = Atomics.load(this.#words, HEAD);
    return ((head - Atomics.load(this.#words, TAIL)) | 0) <= 0;
  }

  get isFull(): boolean {
    return this.#isBehindTail(Atomics.load(this.#words, HEAD));
  }

  /** Any thread's: `false` when there is no room. */
  push(outcome: Outcome): boolean {
    const full = join(outcome.word, detailsOf(outcome));
    for (;;) {
      const ticket = Atomics.load(this.#words, HEAD);
      if (this.#isBehindTail(ticket)) return false;
      const empty = this.#emptyFor(ticket);
      const found = Atomics.compareExchange(this.#wide, this.#cellOf(ticket), empty, full);
      Atomics.compareExchange(this.#words, HEAD, ticket, (ticket + 1) | 0);
      if (found === empty) return true;
    }
  }

  /** The owner's: the oldest outcome, which stays where it is. */
  peek(): Outcome | undefined {
    const tail = Atomics.load(this.#words, TAIL);
    if (tail === Atomics.load(this.#words, HEAD)) return undefined;
    whole[0] = Atomics.load(this.#wide, this.#cellOf(tail));
    const [details = 0, word = 0] = halves;
    return outcomeFrom(word | 0, details);
  }

  /** The owner's: the oldest outcome has been dealt with. */
  shift(): void {
    const tail = Atomics.load(this.#words, TAIL);
    Atomics.store(this.#wide, this.#cellOf(tail), this.#emptyFor(tail + this.#size));
    Atomics.store(this.#words, TAIL, tail + 1);
  }

  /** Its cell holds the outcome of the lap before, still. */
  #isBehindTail(ticket: number): boolean {
    return ((ticket - Atomics.load(this.#words, TAIL)) | 0) >= this.#size;
  }

  #cellOf(ticket: number): number {
    return RING + (ticket & (this.#size - 1));
  }

  #emptyFor(ticket: number): bigint {
    return join(ticket >>> this.#lapShift, 0);
  }
}
