import { resolvePolicy } from '../../machines/index.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import type { CircuitBreaker, CircuitBreakerOptions } from './types.ts';

const MAX_ENTRIES = 1_000;

export interface CircuitBreakerRegistryOptions extends Omit<CircuitBreakerOptions, 'name' | 'snapshot'> {
  /**
   * How many breakers are kept, at least 1. Open ones are kept beyond that.
   * @defaultValue 1_000
   */
  readonly maxEntries?: number;
}

/** One breaker for each key: a host, a tenant, a chain. */
export interface CircuitBreakerRegistry {
  /** The key's breaker, made when there is none; its name is the key. */
  get(key: string): CircuitBreaker;
  /** How many are kept. */
  readonly size: number;
  /** Those that are kept, least recently used first. */
  [Symbol.iterator](): Iterator<CircuitBreaker>;
  /** Stops every breaker, and each that is asked for later. May be called again. */
  stop(): void;
  [Symbol.dispose](): void;
}

/**
 * Creates a registry of breakers that share one configuration.
 *
 * Beyond `maxEntries` the least recently used breaker that is CLOSED and has no failure to remember is let go. It is not
 * stopped, and as long as somebody holds it (a call that is still out, say) its key gives the same one again: there are
 * never two breakers for one key.
 *
 * @throws RangeError or TypeError when the policy or `maxEntries` is not valid
 *
 * @example
 * ```ts
 * const registry = createCircuitBreakerRegistry({ policy: { failureThreshold: 3 }, maxEntries: 500 });
 * await registry.get(url.host).execute(() => fetch(url));
 * ```
 */
export function createCircuitBreakerRegistry({
  maxEntries = MAX_ENTRIES,
  ...options
}: CircuitBreakerRegistryOptions = {}): CircuitBreakerRegistry {
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
    throw new RangeError(`maxEntries must be an integer of at least 1, got ${String(maxEntries)}`);
  }
  // A wrong policy is found now, not at the first call of some key; and all keys share what comes of it.
  const policy = resolvePolicy(options.policy);
  return new LruRegistry(maxEntries, (name) => createCircuitBreaker({ ...options, policy, name }));
}

const isIdle = (breaker: CircuitBreaker): boolean => breaker.state === 'CLOSED' && breaker.failures === 0;

class LruRegistry implements CircuitBreakerRegistry {
  readonly #maxEntries: number;
  readonly #create: (name: string) => CircuitBreaker;
  /** In the order of their last use. */
  readonly #kept = new Map<string, CircuitBreaker>();
  readonly #letGo = new Map<string, WeakRef<CircuitBreaker>>();
  readonly #forgotten = new FinalizationRegistry<string>((key) => {
    if (this.#letGo.get(key)?.deref() === undefined) this.#letGo.delete(key);
  });
  #isStopped = false;

  constructor(maxEntries: number, create: (name: string) => CircuitBreaker) {
    this.#maxEntries = maxEntries;
    this.#create = create;
  }

  get size(): number {
    return this.#kept.size;
  }

  get(key: string): CircuitBreaker {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const breaker = this.#letGo.get(key)?.deref() ?? this.#create(key);
    this.#letGo.delete(key);
    if (this.#isStopped) breaker.stop();
    this.#kept.set(key, breaker);
    this.#makeRoom(breaker);
    return breaker;
  }

  [Symbol.iterator](): Iterator<CircuitBreaker> {
    return this.#kept.values();
  }

  stop(): void {
    this.#isStopped = true;
    for (const breaker of this.#kept.values()) breaker.stop();
    for (const reference of this.#letGo.values()) reference.deref()?.stop();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** The newest is not looked at: it is about to be used. */
  #makeRoom(newest: CircuitBreaker): void {
    for (const [key, breaker] of this.#kept) {
      if (this.#kept.size <= this.#maxEntries) return;
      if (breaker === newest || !isIdle(breaker)) continue;
      this.#kept.delete(key);
      this.#letGo.set(key, new WeakRef(breaker));
      this.#forgotten.register(breaker, key);
    }
  }
}
