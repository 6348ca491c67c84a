import { callSafely } from '../call-safely.ts';
import { warn } from '../warn.ts';
import type { CircuitBreakerEvents } from './types.ts';

type Listener<Name extends keyof CircuitBreakerEvents> = (detail: CircuitBreakerEvents[Name]) => void;

const NOBODY = Object.freeze({});

/** Who listens to a breaker. A listener that throws is reported once and changes nothing for anybody else. */
export class Listeners {
  /** Sets are made when somebody comes: most breakers have no listener, and three empty sets are half a kilobyte. */
  #sets: { readonly [Name in keyof CircuitBreakerEvents]?: Set<Listener<Name>> } = NOBODY;

  add<Name extends keyof CircuitBreakerEvents>(name: Name, listener: Listener<Name>): () => void {
    const set: Set<Listener<Name>> = this.#sets[name] ?? new Set();
    this.#sets = { ...this.#sets, [name]: set };
    const own: Listener<Name> = (detail) => listener(detail);
    set.add(own);
    return () => {
      set.delete(own);
    };
  }

  /** Somebody wants to hear of refused calls: to describe them costs more than to refuse. */
  get hearRejections(): boolean {
    return (this.#sets.rejected?.size ?? 0) > 0;
  }

  stateChanged(change: CircuitBreakerEvents['stateChange']): void {
    for (const listener of [...(this.#sets.stateChange ?? [])])
      callSafely(listener, change, (error) => this.report(error));
  }

  rejected(rejection: CircuitBreakerEvents['rejected']): void {
    for (const listener of [...(this.#sets.rejected ?? [])])
      callSafely(listener, rejection, (error) => this.report(error));
  }

  /** Tells the `error` listeners; with none of them, or when one throws itself, the process warns. */
  report(error: unknown): void {
    const listeners = [...(this.#sets.error ?? [])];
    if (listeners.length === 0) warn(error);
    for (const listener of listeners) callSafely(listener, error, warn);
  }
}
