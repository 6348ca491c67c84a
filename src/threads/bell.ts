import { BELL, type SharedMemory } from './shared-memory.ts';

/**
 * Wakes the owner when there is something for it, once for however much comes while it is awake.
 *
 * Odd: the owner sleeps, or is about to; a number is odd once. Even: it is awake, or somebody has just woken it.
 *
 * Owner: makes it odd, lies down, and only then looks whether something is there. Others: have put their thing there, see
 * an odd number, wake, and make it even. What came before the look is seen by it; what came after it was put there when
 * the owner lay down already, and so wakes it. Whoever stops for good between waking and making it even leaves it odd, and
 * the next one wakes, too; and who makes it even late, when the owner has lain down again, finds another number.
 */
export class Bell {
  readonly #words: SharedMemory['words'];

  constructor({ words }: SharedMemory) {
    this.#words = words;
  }

  /** Any thread's. */
  ring(): void {
    const number = Atomics.load(this.#words, BELL);
    if ((number & 1) === 0) return;
    Atomics.notify(this.#words, BELL);
    Atomics.compareExchange(this.#words, BELL, number, (number + 1) | 0);
  }

  /**
   * The owner's: lies down. It keeps no process alive.
   *
   * @returns when it rings; `undefined` when it has rung already
   */
  sleep(): Promise<unknown> | undefined {
    const number = (Atomics.load(this.#words, BELL) | 1) + 2;
    Atomics.store(this.#words, BELL, number);
    const rest = Atomics.waitAsync(this.#words, BELL, number | 0);
    return rest.async ? rest.value : undefined;
  }
}
