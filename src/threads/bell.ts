import { BELL, type SharedMemory } from './shared-memory.ts';

/**
 * Wakes the owner when there is something for it, once for however much comes while it is awake.
 *
 * Odd: the owner sleeps, or is about to; a number is odd once. Even: somebody has woken it, and it has not lain down since.
 *
 * Owner: makes it odd, lies down, and only then looks whether something is there. Others: have put their thing there, see an
 * odd number, notify, and if that woke the owner they make the number even. What came before the look is seen by it; what
 * came after it was put there when the owner lay already, and so wakes it.
 *
 * Only who has woken somebody makes it even: a notification between "odd" and "lain down" wakes nobody, and must not keep
 * the next ones from waking. Whoever stops for good before it is even leaves it odd, and the next ones notify, too. Who makes
 * it even late, when the owner has lain down again, finds another number.
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
    const woken = Atomics.notify(this.#words, BELL);
    if (woken > 0) Atomics.compareExchange(this.#words, BELL, number, (number + 1) | 0);
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
