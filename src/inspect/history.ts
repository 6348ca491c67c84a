import type { FeedRecord } from './protocol.ts';

/**
 * The last records, bounded. Internal ones are kept apart, since an idle executor's promises would otherwise push out
 * the night's one opening within minutes.
 */
export class History {
  readonly #records: Ring;
  readonly #internals: Ring;
  #last = 0;

  constructor(size: number) {
    this.#records = new Ring(size);
    this.#internals = new Ring(Math.ceil(size / 4));
  }

  /** Number of the newest record; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** The record must have the number that {@link next} gave, and come in that order. */
  add(record: FeedRecord): void {
    (record.isInternal ? this.#internals : this.#records).add(record);
  }

  /** How many records behind this one are not kept any more. */
  droppedSince(seq: number): number {
    return this.#last - seq - this.#records.countSince(seq) - this.#internals.countSince(seq);
  }

  /** At most `limit` records behind this one, in their order. */
  since(seq: number, limit: number): readonly FeedRecord[] {
    const found = [...this.#records.since(seq, limit), ...this.#internals.since(seq, limit)];
    return found.toSorted((a, b) => a.seq - b.seq).slice(0, limit);
  }

  /** Whether the record of this number is kept. */
  isKept(seq: number, isInternal: boolean): boolean {
    return seq >= (isInternal ? this.#internals : this.#records).oldest;
  }
}

/** A ring of records with rising numbers. */
class Ring {
  readonly #size: number;
  readonly #slots: FeedRecord[] = [];
  /** Records that were ever added: the next one goes to this place, modulo the size. */
  #added = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(record: FeedRecord): void {
    this.#slots[this.#added % this.#size] = record;
    this.#added += 1;
  }

  get oldest(): number {
    return this.#added === 0 ? Number.POSITIVE_INFINITY : this.#at(this.#first).seq;
  }

  countSince(seq: number): number {
    return this.#added - this.#firstBehind(seq);
  }

  since(seq: number, limit: number): readonly FeedRecord[] {
    const from = this.#firstBehind(seq);
    const to = Math.min(this.#added, from + limit);
    return Array.from({ length: to - from }, (_, i) => this.#at(from + i));
  }

  get #first(): number {
    return Math.max(0, this.#added - this.#size);
  }

  #at(place: number): FeedRecord {
    return this.#slots[place % this.#size] as FeedRecord;
  }

  /** Place of the first record with a higher number, by halving. */
  #firstBehind(seq: number): number {
    let low = this.#first;
    let high = this.#added;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(middle).seq > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
