import type { ActorRefFrom, InspectionEvent } from 'xstate';
import type {
  BreakerStateCode,
  CircuitState,
  Disbursement,
  InsufficientFunds,
  TickTally,
  treasuryExecutorMachine,
} from '../../machines/index.ts';
import type { CircuitBreaker } from '../breaker/types.ts';
import type { EpochSource, Lookup, NextNonce, PortContext, Signer, Submitter } from '../chain/ports.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { ExecutorListener, TreasuryExecutorEvents } from './executor-events.ts';

/** Whether what a disbursement depends on has come to pass. `false`, or an error, makes it wait. */
export type DependencyCheck = (
  disbursement: Disbursement,
  store: Store,
  context: PortContext,
) => Promise<boolean>;

/** Called at the end of every tick, whatever the tick did. What it throws or leaves pending changes nothing. */
export type CircuitBreakerTelemetry = (
  stateCode: BreakerStateCode,
  failures: number,
  successes: number,
) => void;

export interface TreasuryExecutorConfig {
  /** Who this is, for people: part of the owner that the lease names. */
  readonly identity: string;
  readonly store: Store;
  readonly signer: Signer;
  readonly submitter: Submitter;
  readonly lookup: Lookup;
  readonly epochSource: EpochSource;
  /**
   * The breaker that is asked before each submission; or how to make one from the stored snapshot (`undefined` when
   * there is none), called at the start and again whenever the lease is won. The one before is stopped.
   */
  readonly circuitBreaker: CircuitBreaker | ((snapshot?: unknown) => CircuitBreaker);
  readonly circuitBreakerTelemetry?: CircuitBreakerTelemetry;
  /** @defaultValue every id in `dependsOn` is executed or finalized */
  readonly dependencyCheck?: DependencyCheck;
  /** The chain's next nonce. Without it nonces follow the store's highest, from 0. */
  readonly nextNonce?: NextNonce;
  /** Pause between two ticks. Milliseconds. @defaultValue 1000 */
  readonly pollIntervalMs?: number;
  /**
   * How long another executor waits for this one when it vanishes. Milliseconds. Longer than the pause between two ticks:
   * else executors take turns, and a breaker that is tried begins anew with each. @defaultValue 60_000
   */
  readonly leaseTtlMs?: number;
  /** New payments in one tick. @defaultValue 100 */
  readonly batchSize?: number;
  /** Submissions (and look-ups) out at once. @defaultValue 16 */
  readonly maxInFlight?: number;
  /** No new nonce while this many are not mined. @defaultValue 64 */
  readonly maxUnmined?: number;
  /** How long each call of a port may take. Milliseconds. @defaultValue 30_000 */
  readonly submitTimeoutMs?: number;
  /** Blocks, the one that holds it included, after which a payment is final. @defaultValue 1 */
  readonly confirmations?: number;
  /** Refusals of a row itself after which it is given up, if it has no bytes. @defaultValue 10 */
  readonly maxAttempts?: number;
  /**
   * How long a submitted payment may wait to be mined before more is offered for it: the same nonce, payee and amount, an
   * eighth more for gas at least. The one with the lowest nonce is outbid, since all others wait for it; no more than one
   * in a tick. Milliseconds. @defaultValue 180_000
   */
  readonly bumpAfterMs?: number;
  /** What is offered for a unit of gas at most to outbid, in base units. @defaultValue 500 gwei */
  readonly maxFeePerGas?: bigint;
  /**
   * What becomes of a payment that the account cannot pay before it has a nonce: `cancel` ends it, `hold` keeps it
   * queued, with the reason, and tries it again every half minute. @defaultValue 'cancel'
   */
  readonly onInsufficientFunds?: InsufficientFunds;
  /** @defaultValue the system's, whose timers keep the process alive while the executor polls */
  readonly clock?: Clock;
  /** Sees every inspection event of the executor's and the payments' actors. */
  readonly inspect?: (event: InspectionEvent) => void;
}

/** Where an executor stands. Plain data, free of secrets. */
export interface TreasuryExecutorSnapshot {
  readonly state: 'idle' | 'ticking' | 'waiting' | 'faulted' | 'releasing' | 'stopped';
  /** Ticks that have ended. */
  readonly ticks: number;
  /** When the last one ended; epoch milliseconds. */
  readonly lastTickAt: number | undefined;
  readonly epoch: number;
  /** The epoch source answered in the last tick. */
  readonly epochKnown: boolean;
  readonly leaseHeld: boolean;
  readonly fence: number | undefined;
  /** Staged or submitted payments that were not mined at the last look. */
  readonly unmined: number;
  /** What the last tick did. */
  readonly tally: TickTally;
  /** What stood in its way last; `circuit_breaker_open state=<state>` when the breaker refused. */
  readonly error: string | undefined;
  readonly circuitState: CircuitState | undefined;
  /** Payments that may be on their way or not: their submission got no answer, and no look-up has found them yet. */
  readonly unknownOutcomes: number;
  /** Since when the first of them is so; epoch milliseconds. */
  readonly oldestUnknownAt: number | undefined;
  /** Telemetry callbacks, listeners and inspectors that threw or rejected. */
  readonly telemetryErrors: number;
}

export interface TreasuryExecutor {
  /** Ticks now, and again after each pause, until {@link TreasuryExecutor.stop}. */
  start(): void;
  /**
   * Runs one tick, or joins the one that is running.
   *
   * @throws StorageError or ConfigurationError (as a rejection) when one ended the executor: every later tick rejects with it too.
   */
  tick(): Promise<void>;
  /** Lets what is out end (at most `submitTimeoutMs`), releases the lease, and stops. May be called again. */
  stop(): Promise<void>;
  readonly snapshot: TreasuryExecutorSnapshot;
  /** The breaker in use; `undefined` until the first tick has made it. */
  readonly circuitBreaker: CircuitBreaker | undefined;
  readonly actor: ActorRefFrom<typeof treasuryExecutorMachine>;
  /** The store that it pays from. */
  readonly store: Store;
  /** Hears of submissions and ticks as they end, synchronously. The result stops it. */
  on<Name extends keyof TreasuryExecutorEvents>(name: Name, listener: ExecutorListener<Name>): () => void;
}
