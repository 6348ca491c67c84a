import type { FeedRecord } from '../../src/inspect/protocol.ts';

/** The records that the page keeps, oldest first, without holes in their order. */
export class RecordLog {
  readonly #most: number;
  #records: FeedRecord[] = [];
  #removed = 0;

  /** @param most when there are more, the oldest tenth goes at once, so that readers are moved rarely */
  constructor(most: number) {
    this.#most = most;
  }

  get records(): readonly FeedRecord[] {
    return this.#records;
  }

  /** How many were removed from the front since the last {@link RecordLog.clear}. */
  get removed(): number {
    return this.#removed;
  }

  /** Takes those that are newer than the newest; returns the ones that had to go for them. */
  push(records: readonly FeedRecord[]): readonly FeedRecord[] {
    for (const record of records) {
      if (record.seq > (this.#records.at(-1)?.seq ?? Number.NEGATIVE_INFINITY)) this.#records.push(record);
    }
    if (this.#records.length <= this.#most) return [];
    const count = this.#records.length - this.#most + Math.floor(this.#most / 10);
    this.#removed += count;
    return this.#records.splice(0, count);
  }

  find(seq: number): FeedRecord | undefined {
    const index = this.indexOf(seq);
    const record = this.#records[index];
    return record?.seq === seq ? record : undefined;
  }

  /** Index of the record, or of the first one after it. */
  indexOf(seq: number): number {
    let [low, high] = [0, this.#records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#records[middle]?.seq ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  clear(): void {
    this.#records = [];
    this.#removed = 0;
  }
}
