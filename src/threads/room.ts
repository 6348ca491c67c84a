import { ROOM, type SharedMemory } from './shared-memory.ts';

/** How long a producer waits before it looks whether the breaker has ended. Milliseconds. */
const LOOK_EVERY_MS = 50;

/**
 * Where producers wait until there is room in the ring. They say so before they look for room once more, and the owner
 * looks whether somebody has said so after it has made some: one of the two sees the other.
 */
export class Room {
  readonly #words: SharedMemory['words'];

  constructor({ words }: SharedMemory) {
    this.#words = words;
  }

  /** Any thread's but the owner's. @param isFull what it waits for: looked at once more, after saying so */
  await(isFull: () => boolean): void {
    Atomics.store(this.#words, ROOM, 1);
    if (isFull()) Atomics.wait(this.#words, ROOM, 1, LOOK_EVERY_MS);
  }

  /** The owner's: there is room. */
  tell(): void {
    if (Atomics.load(this.#words, ROOM) === 0) return;
    Atomics.store(this.#words, ROOM, 0);
    Atomics.notify(this.#words, ROOM);
  }
}
