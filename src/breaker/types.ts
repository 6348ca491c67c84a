import type { ActorRefFrom, InspectionEvent } from 'xstate';
import type {
  BreakerChange,
  BreakerStateCode,
  CircuitBreakerConfig,
  CircuitBreakerPolicy,
  CircuitState,
  circuitBreakerMachine,
} from '../../machines/index.ts';
import type { Clock } from '../clock.ts';
import type { CircuitBreakerSnapshot } from './snapshot.ts';

/** What an error says about the service: `failure` counts against it, `success` for it, the others say nothing. */
export type ErrorVerdict = 'failure' | 'cancelled' | 'storageFatal' | 'success';

export interface CircuitBreakerOptions {
  /** Shown in messages, inspection and, where there are several breakers, in metrics. */
  readonly name?: string;
  /** Any part of the policy; the rest is `DEFAULT_POLICY`. */
  readonly policy?: CircuitBreakerConfig;
  /** @defaultValue a monotonic clock whose timers never keep the process alive */
  readonly clock?: Clock;
  /**
   * What `toJSON()` gave: the breaker goes on as if nothing had happened, except that HALF_OPEN starts again.
   * Anything unreadable opens the breaker for a full time-out and is reported through `on('error')`.
   * `undefined` is a new breaker.
   */
  readonly snapshot?: unknown;
  /** Sees every inspection event of the actor. */
  readonly inspect?: (event: InspectionEvent) => void;
  /**
   * What a thrown error means. One that throws counts as `failure`.
   * @defaultValue an abort by the caller's own signal is `cancelled` (a `TimeoutError` reason is a failure), all else `failure`
   */
  readonly classify?: (error: unknown) => ErrorVerdict;
  /** Source of jitter, from 0 to below 1. @defaultValue `Math.random` */
  readonly random?: () => number;
  /** Refusals carry a stack: dear (about 10 us), and it only shows who called. @defaultValue false */
  readonly captureStack?: boolean;
}

/** The right to make one call. The first outcome counts; later ones do nothing. */
export interface Permit {
  readonly id: string;
  /** The generation under which it was given. */
  readonly generation: number;
  success(): void;
  failure(): void;
  cancelled(): void;
  storageFatal(): void;
}

/** A change of state. */
export interface StateChange extends BreakerChange {
  /** Milliseconds to the next chance, from this change on. */
  readonly retryAfterMs: number;
}

/** A request that was not admitted. */
export interface Rejection {
  readonly state: CircuitState;
  /** Milliseconds to the next chance; Infinity when ISOLATED, stopped or dead. */
  readonly retryAfterMs: number;
}

export interface CircuitBreakerEvents {
  readonly stateChange: StateChange;
  /**
   * `allowRequest`, `tryAcquire` or `execute` said no. Called within the refused call, as often as calls are refused.
   * Actors that ask by `PERMIT` are answered by the chart, and not told here.
   */
  readonly rejected: Rejection;
  readonly error: unknown;
}

export interface ExecuteOptions {
  /** Already aborted: the call is not made and nothing is counted. Aborted later: up to the function it is passed to. */
  readonly signal?: AbortSignal;
}

/** A circuit breaker over its live actor. Everything that is due by the clock has happened before anything is told. */
export interface CircuitBreaker {
  readonly name: string | undefined;
  readonly policy: CircuitBreakerPolicy;
  /** The live XState actor: inspect it, subscribe to it, send to it. */
  readonly actor: ActorRefFrom<typeof circuitBreakerMachine>;
  readonly state: CircuitState;
  readonly stateCode: BreakerStateCode;
  readonly failures: number;
  readonly successes: number;
  readonly generation: number;
  /** Epoch milliseconds; `undefined` before the first. */
  readonly lastFailureAt: number | undefined;
  readonly changedAt: number | undefined;
  /** Milliseconds to the next chance: 0 when admitting, Infinity when ISOLATED, stopped or dead. */
  readonly retryAfterMs: number;
  /** A look: would a request be admitted now? Takes no slot, counts nothing. */
  readonly admits: boolean;
  /** Admission without a permit: in HALF_OPEN a `true` takes a slot, which the next bare outcome frees. */
  allowRequest(): boolean;
  recordSuccess(): void;
  recordFailure(): void;
  recordCancelled(): void;
  recordStorageFatal(): void;
  /** Admission with a permit; `undefined` when refused. */
  tryAcquire(): Permit | undefined;
  /**
   * Makes the call if it is admitted, and counts how it ended. The function is called before this returns; what it
   * returns or throws is passed on as it is.
   *
   * @throws BrokenCircuitError (as a rejection) when refused
   */
  execute<Result>(
    work: (call: { readonly signal: AbortSignal | undefined }) => Result | PromiseLike<Result>,
    options?: ExecuteOptions,
  ): Promise<Result>;
  /** Refuses everything until {@link CircuitBreaker.reset}. */
  isolate(reason?: string): void;
  /** Back to CLOSED, with counts and backoff cleared. */
  reset(reason?: string): void;
  /** Listens; the result stops it. Listeners are called synchronously; one that throws changes nothing. */
  on<Name extends keyof CircuitBreakerEvents>(
    event: Name,
    listener: (detail: CircuitBreakerEvents[Name]) => void,
  ): () => void;
  /** Plain JSON for {@link CircuitBreakerOptions.snapshot}. */
  toJSON(): CircuitBreakerSnapshot;
  /** Refuses everything from now on and leaves no timer. May be called again. */
  stop(): void;
  [Symbol.dispose](): void;
}
