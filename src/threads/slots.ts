import { type SharedMemory, SLOTS } from './shared-memory.ts';
import { EPOCH_MASK } from './state-word.ts';

const COUNT_BITS = 18;

/** Counts of slots are modulo this plus one. */
export const COUNT_MASK = 2 ** COUNT_BITS - 1;

/** So many slots lie at most between the oldest one that is out and the newest: half of what can be told apart. */
export const WINDOW = 2 ** (COUNT_BITS - 1);

interface SlotCounts {
  /** The HALF_OPEN that they belong to. */
  readonly epoch: number;
  readonly taken: number;
  /** Up to where they may be taken. */
  readonly limit: number;
}

const EPOCH_AT = BigInt(2 * COUNT_BITS);
const TAKEN_AT = BigInt(COUNT_BITS);
const MASK = BigInt(COUNT_MASK);

const pack = ({ epoch, taken, limit }: SlotCounts): bigint =>
  (BigInt(epoch) << EPOCH_AT) | (BigInt(taken) << TAKEN_AT) | BigInt(limit);

const unpack = (word: bigint): SlotCounts => ({
  epoch: Number(word >> EPOCH_AT),
  taken: Number((word >> TAKEN_AT) & MASK),
  limit: Number(word & MASK),
});

const isFreeIn = ({ epoch, taken, limit }: SlotCounts, ofEpoch: number): boolean =>
  epoch === ofEpoch && taken !== limit;

/**
 * The slots of HALF_OPEN, in one word of 64 bits: `epoch | taken | limit`. It changes by compare-and-swap alone.
 *
 * - Any thread takes one: `taken` rises by one, as long as it is not `limit`; what it was is the slot's index. So no two
 *   take the same, and never more than the owner allows.
 * - The owner alone moves `limit`: up when slots become free; down by one while it decides about one itself; down to
 *   `taken` when the epoch is over.
 * - `epoch` names the HALF_OPEN. The word belongs to it before the state shows it, and to the next epoch before that one
 *   shows: whoever took a slot did so within the epoch that it saw, or takes none.
 *
 * In OPEN the word is exactly `[epoch | 0 | 0]`. Whoever ends OPEN swaps that for `[epoch + 1 | 0 | limit]`: only the first
 * can, and one that comes late, when later epochs have used the word, finds another value and changes nothing.
 */
export class Slots {
  readonly #wide: SharedMemory['wide'];

  constructor({ wide }: SharedMemory) {
    this.#wide = wide;
  }

  read(): SlotCounts {
    return unpack(Atomics.load(this.#wide, SLOTS));
  }

  /** Whether one may be taken. */
  isFree(epoch: number): boolean {
    return isFreeIn(unpack(Atomics.load(this.#wide, SLOTS)), epoch);
  }

  /** Takes one: its index; `undefined` when there is none. */
  take(epoch: number): number | undefined {
    for (let word = Atomics.load(this.#wide, SLOTS); ; ) {
      const counts = unpack(word);
      if (!isFreeIn(counts, epoch)) return undefined;
      const next = pack({ ...counts, taken: (counts.taken + 1) & COUNT_MASK });
      const found = Atomics.compareExchange(this.#wide, SLOTS, word, next);
      if (found === word) return counts.taken;
      word = found;
    }
  }

  /** Of the HALF_OPEN that follows an OPEN: none are taken yet. Where they are there already, nothing happens. */
  begin(openEpoch: number, limit: number): void {
    const before = pack({ epoch: openEpoch, taken: 0, limit: 0 });
    const after = pack({ epoch: (openEpoch + 1) & EPOCH_MASK, taken: 0, limit: Math.min(limit, WINDOW) });
    Atomics.compareExchange(this.#wide, SLOTS, before, after);
  }

  /**
   * The owner's: moves the limit, and with a new epoch begins to count anew.
   *
   * @param limitOf what is to be the limit, when so many are taken and it was that one
   * @returns how many are taken
   */
  limit(epoch: number, limitOf: (taken: number, limit: number) => number): number {
    for (let word = Atomics.load(this.#wide, SLOTS); ; ) {
      const counts = unpack(word);
      const { taken, limit } = counts.epoch === epoch ? counts : { taken: 0, limit: 0 };
      const next = pack({ epoch, taken, limit: limitOf(taken, limit) & COUNT_MASK });
      const found = Atomics.compareExchange(this.#wide, SLOTS, word, next);
      if (found === word) return taken;
      word = found;
    }
  }
}
