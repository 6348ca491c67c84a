import { inspect } from 'node:util';
import { callSafely } from '../call-safely.ts';
import type { CircuitBreakerEvents } from './types.ts';

type Listener<Name extends keyof CircuitBreakerEvents> = (detail: CircuitBreakerEvents[Name]) => void;

/** Who listens to a breaker. A listener that throws is reported once and changes nothing for anybody else. */
export class Listeners {
  readonly #stateChange = new Set<Listener<'stateChange'>>();
  readonly #rejected = new Set<Listener<'rejected'>>();
  readonly #error = new Set<Listener<'error'>>();

  add<Name extends keyof CircuitBreakerEvents>(name: Name, listener: Listener<Name>): () => void {
    const sets = { stateChange: this.#stateChange, rejected: this.#rejected, error: this.#error };
    const set = sets[name] as Set<Listener<Name>>;
    const own: Listener<Name> = (detail) => listener(detail);
    set.add(own);
    return () => {
      set.delete(own);
    };
  }

  /** Somebody wants to hear of refused calls: to describe them costs more than to refuse. */
  get hearRejections(): boolean {
    return this.#rejected.size > 0;
  }

  stateChanged(change: CircuitBreakerEvents['stateChange']): void {
    for (const listener of [...this.#stateChange])
      callSafely(listener, change, (error) => this.report(error));
  }

  rejected(rejection: CircuitBreakerEvents['rejected']): void {
    for (const listener of [...this.#rejected])
      callSafely(listener, rejection, (error) => this.report(error));
  }

  /** Tells the `error` listeners; with none of them, or when one throws itself, the process warns. */
  report(error: unknown): void {
    if (this.#error.size === 0) warn(error);
    for (const listener of [...this.#error]) callSafely(listener, error, warn);
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(inspect(error)));
}
