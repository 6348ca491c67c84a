import { callSafely } from '../call-safely.ts';
import type { History } from './history.ts';
import type { FeedRecord, Hello } from './protocol.ts';

/** A reader of the feed within the process. What it throws is reported, and changes nothing else. */
export interface Follower {
  /** Everything as it is now: first of all, and again when it could not be told of all that was recorded. */
  hello(hello: Hello): void;
  /** What was recorded since, a fraction of a second later. */
  records(records: readonly FeedRecord[]): void;
}

interface Place {
  readonly follower: Follower;
  /** Number of the last record that it knows of. */
  seq: number;
}

/** The followers of a feed, each with its place in the history. */
export class Followers {
  readonly #history: History;
  readonly #hello: (seq: number) => Hello;
  readonly #onError: (error: unknown) => void;
  readonly #places = new Set<Place>();

  constructor(history: History, hello: (seq: number) => Hello, onError: (error: unknown) => void) {
    this.#history = history;
    this.#hello = hello;
    this.#onError = onError;
  }

  get size(): number {
    return this.#places.size;
  }

  add(follower: Follower): () => void {
    const place: Place = { follower, seq: this.#history.last };
    this.#places.add(place);
    this.#greet(place);
    return () => this.#places.delete(place);
  }

  /** Tells each what it does not know. */
  serve(): void {
    for (const place of this.#places) {
      if (this.#history.droppedSince(place.seq) > 0) {
        this.#greet(place);
        continue;
      }
      const records = this.#history.since(place.seq, Number.POSITIVE_INFINITY);
      place.seq = records.at(-1)?.seq ?? place.seq;
      if (records.length > 0) {
        callSafely((told) => place.follower.records(told), records, this.#onError);
      }
    }
  }

  clear(): void {
    this.#places.clear();
  }

  #greet(place: Place): void {
    const hello = this.#hello(place.seq);
    place.seq = hello.upTo;
    callSafely((told) => place.follower.hello(told), hello, this.#onError);
  }
}
