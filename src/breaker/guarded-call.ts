import type { BreakerOutcome } from '../../machines/index.ts';
import { keepShape } from '../keep-shape.ts';
import type { ErrorVerdict, ExecuteOptions } from './types.ts';

/** Who admits calls and hears how they end. */
export interface CallGuard {
  /** Admits a call; `undefined` when it is refused. */
  enter(): Ticket | undefined;
  /** What a refused call is rejected with. */
  refusal(): Error;
  /** What an error says about the service. */
  judge(error: unknown, signal: AbortSignal | undefined): ErrorVerdict;
  /** How an admitted call ended. */
  settle(outcome: BreakerOutcome, ticket: Ticket): void;
}

const OUTCOME_OF = {
  success: 'SUCCESS',
  failure: 'FAILURE',
  cancelled: 'CANCELLED',
  storageFatal: 'STORAGE_FATAL',
} as const satisfies Record<ErrorVerdict, BreakerOutcome>;

/**
 * That a call was admitted, and under what. It has no memory of its own, so that calls that are admitted alike (those of
 * one generation in CLOSED) share one, and with it what follows their promises: such a call makes one promise more than
 * the work does, and nothing else.
 */
export class Ticket {
  readonly generation: number;
  /** Of the slot that the call holds, if any. */
  readonly permit: string | undefined;
  /** Follow the promise of a call that has no signal. */
  readonly succeeded: <Value>(value: Value) => Value;
  readonly failed: (error: unknown) => PromiseLike<never>;

  constructor(guard: CallGuard, generation: number, permit: string | undefined) {
    this.generation = generation;
    this.permit = permit;
    this.succeeded = (value) => {
      guard.settle('SUCCESS', this);
      return value;
    };
    this.failed = (error) => this.fail(guard, error, undefined);
  }

  /** @returns what makes a promise that is resolved with it reject with the error, as it came */
  fail(guard: CallGuard, error: unknown, signal: AbortSignal | undefined): PromiseLike<never> {
    guard.settle(OUTCOME_OF[guard.judge(error, signal)], this);
    return new Rejected(error);
  }
}

/**
 * Rejects who follows it. In place of a `throw` in a promise's reaction, for which V8 looks up where it happens, and of
 * `Promise.reject`, which Node notes as unhandled until somebody follows it: half a microsecond each.
 */
class Rejected implements PromiseLike<never> {
  readonly #error: unknown;

  constructor(error: unknown) {
    this.#error = error;
  }

  // biome-ignore lint/suspicious/noThenProperty: that is what it is for
  then<Fulfilled, Caught>(
    _fulfilled?: unknown,
    rejected?: ((error: unknown) => Caught | PromiseLike<Caught>) | null,
  ): PromiseLike<Fulfilled | Caught> {
    rejected?.(this.#error);
    return this;
  }
}

keepShape(new Rejected(undefined));

const NO_SIGNAL = Object.freeze({ signal: undefined });

/** Makes a call if it is admitted, and tells how it ended: see `CircuitBreaker.execute`. */
export function guardedCall<Result>(
  guard: CallGuard,
  work: (call: { readonly signal: AbortSignal | undefined }) => Result | PromiseLike<Result>,
  options: ExecuteOptions | undefined,
): Promise<Result> {
  const signal = options?.signal;
  if (signal?.aborted) return Promise.reject(signal.reason);
  const ticket = guard.enter();
  if (ticket === undefined) return Promise.resolve<Result>(new Rejected(guard.refusal()));
  let result: Result | PromiseLike<Result>;
  try {
    result = work(signal === undefined ? NO_SIGNAL : { signal });
  } catch (error) {
    result = new Rejected(error);
  }
  const failed = signal === undefined ? ticket.failed : (error: unknown) => ticket.fail(guard, error, signal);
  return Promise.resolve(result).then(ticket.succeeded, failed);
}
