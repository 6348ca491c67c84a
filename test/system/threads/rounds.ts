/** Rounds that threads play with the one that leads them: all begin at once, and it goes on when all have ended. */
export class Rounds {
  readonly #words: Int32Array;

  /** @param buffer of {@link Rounds.newBuffer} */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  static newBuffer(): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  }

  /** The leader's: plays a round with so many threads. Its loop stands still as long. */
  play(threads: number): void {
    Atomics.store(this.#words, 1, threads);
    Atomics.add(this.#words, 0, 1);
    Atomics.notify(this.#words, 0);
    for (let left = threads; left > 0; left = Atomics.load(this.#words, 1))
      Atomics.wait(this.#words, 1, left);
  }

  /** A thread's: plays the round after the one that it played last. */
  join(round: number, act: () => void): void {
    while (Atomics.load(this.#words, 0) === round) Atomics.wait(this.#words, 0, round);
    act();
    if (Atomics.sub(this.#words, 1, 1) === 1) Atomics.notify(this.#words, 1);
  }
}
