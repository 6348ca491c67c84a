import type { FeedRecord } from '../../src/inspect/protocol.ts';
import { type Filter, isSameFilter, NO_FILTER, recordTest } from './filter.ts';
import type { RecordLog } from './record-log.ts';

/** The records that pass the filter, kept up to date by looking at new ones only. */
export class FilteredLog {
  readonly #log: RecordLog;
  readonly #nameOf: (id: string) => string;
  #filter: Filter = NO_FILTER;
  #test: (record: FeedRecord) => boolean;
  #shown: FeedRecord[] = [];
  #seenUpTo = -1;
  #removed = 0;
  #generation = 0;

  constructor(log: RecordLog, nameOf: (id: string) => string) {
    this.#log = log;
    this.#nameOf = nameOf;
    this.#test = recordTest(NO_FILTER, nameOf);
  }

  get filter(): Filter {
    return this.#filter;
  }

  /** Rises when the list became another one; otherwise it only grew at its end or lost its beginning. */
  get generation(): number {
    return this.#generation;
  }

  /** Lines that the beginning has lost within this generation. */
  get removed(): number {
    return this.#removed;
  }

  set filter(filter: Filter) {
    if (isSameFilter(filter, this.#filter)) return;
    this.#filter = filter;
    this.#test = recordTest(filter, this.#nameOf);
    this.#restart();
  }

  /** The lines to show, oldest first. */
  read(): readonly FeedRecord[] {
    const { records } = this.#log;
    const oldest = records[0]?.seq ?? 0;
    const newest = records.at(-1)?.seq ?? -1;
    if (newest < this.#seenUpTo) this.#restart();
    this.#dropBefore(oldest);
    for (let i = this.#log.indexOf(this.#seenUpTo + 1); i < records.length; i += 1) {
      const record = records[i];
      if (record !== undefined && this.#test(record)) this.#shown.push(record);
    }
    this.#seenUpTo = newest;
    return this.#shown;
  }

  #dropBefore(oldest: number): void {
    let count = 0;
    while ((this.#shown[count]?.seq ?? Number.POSITIVE_INFINITY) < oldest) count += 1;
    if (count === 0) return;
    this.#shown.splice(0, count);
    this.#removed += count;
  }

  #restart(): void {
    this.#shown = [];
    this.#seenUpTo = -1;
    this.#removed = 0;
    this.#generation += 1;
  }
}
