import type { CircuitBreaker } from '../breaker/types.ts';
import { LeaseLostError } from '../errors.ts';
import type { ExecutorPorts } from './executor-ports.ts';
import { fromStore } from './thrown.ts';

/**
 * Keeps the executor's breaker: makes it from what the store remembers, and stores it at each of its changes, so that
 * neither a crash loop nor a new lease-holder hammers a dead RPC.
 */
export class BreakerKeeper {
  readonly #ports: Pick<ExecutorPorts, 'config' | 'lease'>;
  readonly #onFault: (error: Error) => void;
  #breaker: CircuitBreaker | undefined;
  #stopListening: () => void = () => {};
  #lastSave: Promise<void> = Promise.resolve();

  /** @param onFault the store failed while the breaker was being saved */
  constructor(ports: Pick<ExecutorPorts, 'config' | 'lease'>, onFault: (error: Error) => void) {
    this.#ports = ports;
    this.#onFault = onFault;
    const { circuitBreaker } = ports.config;
    if (typeof circuitBreaker !== 'function') this.#adopt(circuitBreaker);
  }

  get breaker(): CircuitBreaker | undefined {
    return this.#breaker;
  }

  /** Makes the breaker anew from the stored snapshot, where the configuration says how; the one before is stopped. */
  async restore(): Promise<CircuitBreaker> {
    const { circuitBreaker, store } = this.#ports.config;
    if (typeof circuitBreaker !== 'function') return circuitBreaker;
    const snapshot = await store.loadBreaker().catch((thrown) => {
      throw fromStore(thrown);
    });
    const breaker = circuitBreaker(snapshot);
    this.stop();
    this.#adopt(breaker);
    return breaker;
  }

  /** Ends a breaker that was made here; one that was given belongs to whoever gave it. */
  stop(): void {
    this.#stopListening();
    if (typeof this.#ports.config.circuitBreaker === 'function') this.#breaker?.stop();
  }

  /** Resolves when every save that was asked for has ended. */
  saved(): Promise<void> {
    return this.#lastSave;
  }

  #adopt(breaker: CircuitBreaker): void {
    this.#breaker = breaker;
    this.#stopListening = breaker.on('stateChange', () => {
      this.#lastSave = Promise.all([this.#lastSave, this.#save(breaker)]).then(() => {});
    });
  }

  /** Without the lease it is not ours to store. */
  async #save(breaker: CircuitBreaker): Promise<void> {
    try {
      await this.#ports.config.store.saveBreaker(this.#ports.lease(), breaker.toJSON());
    } catch (thrown) {
      if (!(thrown instanceof LeaseLostError)) this.#onFault(fromStore(thrown));
    }
  }
}
