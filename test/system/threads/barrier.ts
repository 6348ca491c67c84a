/** Where threads wait for each other: all go on when the last one has come. Two words of shared memory, both 0 at first. */
export class Barrier {
  readonly #words: Int32Array;
  readonly #threads: number;

  constructor(buffer: SharedArrayBuffer, threads: number) {
    this.#words = new Int32Array(buffer);
    this.#threads = threads;
  }

  static newBuffer(): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  }

  wait(): void {
    const round = Atomics.load(this.#words, 1);
    if (Atomics.add(this.#words, 0, 1) === this.#threads - 1) {
      Atomics.store(this.#words, 0, 0);
      Atomics.store(this.#words, 1, round + 1);
      Atomics.notify(this.#words, 1);
    } else {
      while (Atomics.load(this.#words, 1) === round) Atomics.wait(this.#words, 1, round);
    }
  }
}
