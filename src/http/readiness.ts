import { singleFlight } from '../single-flight.ts';
import type { ServerOptions } from './options.ts';

type ReadinessOptions = Pick<
  ServerOptions,
  'executor' | 'probeStore' | 'storeTimeoutMs' | 'maxTickAgeMs' | 'wallNow'
>;

/**
 * Whether the executor can do its work: store reachable, executor alive, last tick recent. An open breaker is no
 * reason against it, since it mends itself.
 *
 * The reasons are fixed texts, because anybody may ask and what a store throws may hold a path or a credential.
 */
export class Readiness {
  readonly #options: ReadinessOptions;
  readonly #storeTimeoutMs: number;
  readonly #maxTickAgeMs: number;
  /** Callers share a probe that is out, so that they cannot pile up on a store that hangs. */
  readonly #store = singleFlight(() => this.#probeStore());

  constructor(options: ReadinessOptions) {
    this.#options = options;
    this.#storeTimeoutMs = options.storeTimeoutMs ?? 2_000;
    this.#maxTickAgeMs = options.maxTickAgeMs ?? 120_000;
  }

  /** What speaks against it; empty when ready. */
  async reasons(): Promise<readonly string[]> {
    const store = await this.#store();
    return [store, this.#executor(), this.#lastTick()].filter((reason) => reason !== undefined);
  }

  async #probeStore(): Promise<string | undefined> {
    const { promise: timedOut, resolve } = Promise.withResolvers<string>();
    const controller = new AbortController();
    const timer = setTimeout(() => {
      resolve(`store: no answer within ${this.#storeTimeoutMs} ms`);
      controller.abort();
    }, this.#storeTimeoutMs);
    const probe = async () => void (await this.#options.probeStore({ signal: controller.signal }));
    try {
      return await Promise.race([probe(), timedOut]);
    } catch {
      return 'store: unreachable';
    } finally {
      clearTimeout(timer);
    }
  }

  #executor(): string | undefined {
    const { state } = this.#options.executor.snapshot;
    if (state === 'faulted') return 'executor: faulted, it pays nothing until it is started again';
    return state === 'releasing' || state === 'stopped' ? 'executor: stopped' : undefined;
  }

  #lastTick(): string | undefined {
    const { lastTickAt } = this.#options.executor.snapshot;
    if (lastTickAt === undefined) return 'tick: none has ended yet';
    const ageMs = (this.#options.wallNow ?? Date.now)() - lastTickAt;
    if (ageMs <= this.#maxTickAgeMs) return undefined;
    return `tick: the last one ended ${Math.round(ageMs / 1000)} s ago, more than ${this.#maxTickAgeMs / 1000} s`;
  }
}
