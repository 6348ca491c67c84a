import type { Batch, Hello } from '../../src/inspect/protocol.ts';

export type Told = { readonly hello: Hello } | { readonly batch: Batch };

/**
 * Holds back what the feed tells while the reader looks at one moment.
 *
 * A pause over a night must not fill the memory: past `most` records it keeps none of them, and says on resuming that they
 * have to be fetched again.
 */
export class PauseGate {
  readonly #most: number;
  #held: Told[] = [];
  #count = 0;
  #pausedAt: number | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Instant of the page at which the display stopped. */
  get pausedAt(): number | undefined {
    return this.#pausedAt;
  }

  /** Records that came since. */
  get count(): number {
    return this.#count;
  }

  pause(pageTime: number): void {
    this.#pausedAt ??= pageTime;
  }

  /** Takes it if paused. */
  takes(told: Told): boolean {
    if (this.#pausedAt === undefined) return false;
    this.#count += 'hello' in told ? 0 : told.batch.records.length;
    if (this.#count > this.#most) this.#held = [];
    else this.#held.push(told);
    return true;
  }

  /** Ends the pause: what was held, or that it was too much. */
  resume(): { readonly held: readonly Told[]; readonly isTooMuch: boolean } {
    const end = { held: this.#held, isTooMuch: this.#count > this.#most };
    this.#held = [];
    this.#count = 0;
    this.#pausedAt = undefined;
    return end;
  }
}
