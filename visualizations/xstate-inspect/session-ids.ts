/** So many ids rest before one is used again: a tool has forgotten an actor that ended so long ago. */
const RESTING = 1_000;

/**
 * Names for the services that @xstate/inspect knows.
 *
 * It keeps a service by its id for ever, also when it has stopped. A treasury ends an actor with every payment, so ids
 * are used again: what the package keeps is bounded by them.
 */
export class SessionIds {
  readonly #resting: string[] = [];
  #last = 0;

  take(): string {
    if (this.#resting.length > RESTING) return this.#resting.shift() ?? this.#next();
    return this.#next();
  }

  giveBack(id: string): void {
    this.#resting.push(id);
  }

  /** As XState writes them. */
  #next(): string {
    this.#last += 1;
    return `x:${this.#last}`;
  }
}
