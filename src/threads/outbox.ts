import { Bell } from './bell.ts';
import type { Outcome } from './outcome.ts';
import { OutcomeRing } from './outcome-ring.ts';
import { Room } from './room.ts';
import { type SharedMemory, STATE } from './shared-memory.ts';
import { hasEnded } from './state-word.ts';

/** How a thread reaches the owner. */
export interface Outbox {
  /** Whether all that was sent before now has had its effect. */
  readonly isQuiet: boolean;
  /** Each is told once, and after those that this thread sent before. */
  send(outcome: Outcome): void;
  /** The owner should look at the slots. */
  ring(): void;
}

/** From another thread: through the ring. When that is full the thread waits, so that nothing is lost. */
export class RingOutbox implements Outbox {
  readonly #words: SharedMemory['words'];
  readonly #ring: OutcomeRing;
  readonly #room: Room;
  readonly #bell: Bell;

  constructor(memory: SharedMemory) {
    this.#words = memory.words;
    this.#ring = new OutcomeRing(memory);
    this.#room = new Room(memory);
    this.#bell = new Bell(memory);
  }

  get isQuiet(): boolean {
    return this.#ring.isQuiet;
  }

  send(outcome: Outcome): void {
    while (!this.#ring.push(outcome)) {
      if (hasEnded(Atomics.load(this.#words, STATE))) return;
      this.#bell.ring();
      this.#room.await(() => this.#ring.isFull);
    }
    this.#bell.ring();
  }

  ring(): void {
    this.#bell.ring();
  }
}
