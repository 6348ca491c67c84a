import type { CircuitBreaker } from '../breaker/types.ts';
import type { CollectorFaults } from './collector-faults.ts';
import { TransitionTally } from './transition-tally.ts';

/** The breaker, or how to find the one that is in use now. */
export type BreakerRef = CircuitBreaker | (() => CircuitBreaker | undefined);

/**
 * One breaker in the metrics, through all the objects that stand for it in turn: an executor makes its breaker anew
 * when it wins the lease.
 *
 * Its label is settled once, by the first breaker that is seen, and stays: the replacement goes on with the same
 * series. Its changes and refusals are counted here and not in prom-client, so that no reset of a registry loses them.
 */
export class BreakerSource {
  readonly tally = new TransitionTally();
  /** How often it refused. */
  rejections = 0;
  readonly #faults: CollectorFaults;
  readonly #find: () => CircuitBreaker | undefined;
  readonly #isTaken: (name: string) => boolean;
  readonly #observed = new Map<CircuitBreaker, () => void>();
  #name: string | undefined;
  #isSettled = false;
  #isClosed = false;

  /** @param isTaken whether another source of the registry has this name */
  constructor(ref: BreakerRef, faults: CollectorFaults, isTaken: (name: string) => boolean) {
    this.#faults = faults;
    this.#find = typeof ref === 'function' ? ref : () => ref;
    this.#isTaken = isTaken;
  }

  get name(): string | undefined {
    return this.#name;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.#name === undefined ? {} : { name: this.#name };
  }

  /** The breaker that is in use; `undefined` while there is none or it cannot be found. */
  find(): CircuitBreaker | undefined {
    const breaker = this.#faults.attempt(this.#find);
    if (breaker !== undefined) this.observe(breaker);
    return breaker;
  }

  /** Counts its changes from now on. Again with the same breaker: nothing. */
  observe(breaker: CircuitBreaker): void {
    if (this.#isClosed || this.#observed.has(breaker)) return;
    this.#settle(breaker.name);
    this.#forgetStopped();
    const stopListening = [
      breaker.on('stateChange', (change) => this.tally.add(change)),
      breaker.on('rejected', () => {
        this.rejections += 1;
      }),
    ];
    this.#observed.set(breaker, () => {
      for (const stop of stopListening) stop();
    });
  }

  /** Stops listening, to whatever comes after, too. */
  close(): void {
    this.#isClosed = true;
    for (const stopListening of this.#observed.values()) stopListening();
    this.#observed.clear();
  }

  #settle(name: string | undefined): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    if (name !== undefined && this.#isTaken(name)) {
      // Found during a scrape or while a payout executor restores its breaker: no time to throw.
      process.emitWarning(
        `the metrics of a second breaker named ${JSON.stringify(name)} go without its name`,
      );
      return;
    }
    this.#name = name;
  }

  /** A stopped breaker changes no more. The one in use is replaced before it is stopped: that one stays. */
  #forgetStopped(): void {
    for (const [breaker, stopListening] of this.#observed) {
      if (breaker.actor.getSnapshot().status === 'active') continue;
      stopListening();
      this.#observed.delete(breaker);
    }
  }
}
