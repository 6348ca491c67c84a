import type { PortContext } from './chain/ports.ts';
import type { Clock } from './clock.ts';
import { withDeadline } from './executor/with-deadline.ts';

/** How often the chain is asked. */
const EVERY_MS = 15_000;
/** An older reading says nothing any more. */
const VALID_MS = 300_000;
const TIMEOUT_MS = 10_000;

interface BalanceWatchOptions {
  /** Asks the chain, in base units. */
  readonly read: (context: PortContext) => Promise<bigint>;
  readonly clock: Clock;
}

/**
 * What the account holds, for reports. It is read beside the payments and beside the scrapes: a node that hangs holds up
 * neither.
 */
export class BalanceWatch {
  readonly #options: BalanceWatchOptions;
  readonly #end = new AbortController();
  #reading: Promise<void> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #last: { readonly balance: bigint; readonly at: number } | undefined;

  constructor(options: BalanceWatchOptions) {
    this.#options = options;
  }

  /** Base units; `undefined` when the chain has not told it within the last five minutes. */
  get balance(): bigint | undefined {
    const last = this.#last;
    return last !== undefined && this.#options.clock.now() - last.at <= VALID_MS ? last.balance : undefined;
  }

  /** Asks the chain if it was not asked lately; resolves when that has ended, well or not. */
  refresh(): Promise<void> {
    const now = this.#options.clock.now();
    if (this.#reading === undefined && now - this.#askedAt >= EVERY_MS) {
      this.#askedAt = now;
      this.#reading = this.#read(now).finally(() => {
        this.#reading = undefined;
      });
    }
    return this.#reading ?? Promise.resolve();
  }

  /** Ends what is under way. */
  stop(): void {
    this.#end.abort();
  }

  async #read(at: number): Promise<void> {
    const { read, clock } = this.#options;
    try {
      const balance = await withDeadline((signal) => read({ signal }), {
        clock,
        timeoutMs: TIMEOUT_MS,
        signal: this.#end.signal,
        onTimeout: () => new Error('the balance was not told in time'),
      });
      this.#last = { balance, at };
    } catch {
      // An outage, which others report. What was read before holds for a while.
    }
  }
}
