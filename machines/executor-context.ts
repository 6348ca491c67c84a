import type { ActorRef, Snapshot } from 'xstate';
import type { BreakerOutcomeEvent, CircuitState } from './events.ts';
import type { PaymentOrder, PaymentOutcome, PaymentRested, PaymentSigned } from './payment-events.ts';
import type { DisbursementRow } from './records.ts';
import { NOTHING_UNMINED, type Unmined } from './unmined.ts';

/** The right to write, and the number that proves it: every acquisition by a new owner raises the fence. */
export interface LeaseToken {
  readonly owner: string;
  readonly fence: number;
}

/** The part of a breaker's facade that an executor uses. Reading it lets time catch up first. */
export interface BreakerView {
  readonly state: CircuitState;
  /** Would a request be admitted now? */
  readonly admits: boolean;
  readonly policy: { readonly halfOpenMaxProbes: number };
  readonly actor: ActorRef<Snapshot<unknown>, BreakerOutcomeEvent>;
}

export interface ExecutorSettings {
  /** Time between two ticks. Milliseconds. */
  readonly pollIntervalMs: number;
  readonly leaseTtlMs: number;
  /** New payments of one tick. */
  readonly batchSize: number;
  /** Look-ups, or submissions, out at once. */
  readonly maxInFlight: number;
  /** No new nonce while this many are not mined. */
  readonly maxUnmined: number;
  /** Blocks, the one that holds it included, from which on nothing takes a payment back. */
  readonly confirmations: number;
  /** Refusals of a row itself after which it is given up. */
  readonly maxAttempts: number;
  /** What becomes of a row that the account cannot pay, while it has no bytes. */
  readonly onInsufficientFunds: InsufficientFunds;
}

/** `cancel` ends the row; `hold` keeps it queued, and tries it again when there may be money. */
export type InsufficientFunds = 'cancel' | 'hold';

/** What one tick did. */
export interface TickTally {
  /** Look-ups that ended, well or not. */
  readonly settled: number;
  /** New payments whose bytes became durable. */
  readonly staged: number;
  /** Submissions that the node took, or had taken before. */
  readonly submitted: number;
  /** Failures that the breaker was told of. */
  readonly failed: number;
  /** 1 when the breaker refused what was left to do. */
  readonly refused: number;
}

/** What a payment was told to do and has not answered. */
export interface OrderOut {
  readonly id: string;
  readonly type: PaymentOrder['type'];
  /** The signature that it needs exists; its bytes are about to become durable. */
  readonly isSigned?: boolean;
}

export interface ExecutorContext {
  readonly settings: ExecutorSettings;
  readonly breaker: BreakerView | undefined;
  readonly lease: LeaseToken | undefined;
  /** Another took the lease over, within this tick. */
  readonly isLeaseLost: boolean;
  readonly isPolling: boolean;
  readonly isStopping: boolean;
  /** What ended this executor for good. */
  readonly fault: Error | undefined;
  /** What went wrong last in this tick, for people. */
  readonly error: string | undefined;
  readonly ticks: number;
  readonly epoch: number;
  /** The epoch source answered in this tick. */
  readonly isEpochKnown: boolean;
  readonly tally: TickTally;

  /** Rows in flight that the chain was not asked about yet in this tick. */
  readonly toSettle: readonly DisbursementRow[];
  /** Payments with durable bytes that the chain does not know, by nonce. */
  readonly toSubmit: readonly { readonly id: string; readonly nonce: number }[];
  /** Payments that have waited so long that more should be offered, by nonce. */
  readonly toBump: readonly { readonly id: string; readonly nonce: number }[];
  /** Payments that are given up and leave a nonce open, by nonce. */
  readonly toFill: readonly { readonly id: string; readonly nonce: number }[];
  /** Queued rows that are ready, by id. */
  readonly toSign: readonly DisbursementRow[];
  readonly nextNonce: number;
  readonly unmined: Unmined;
  /** Orders that no payment has answered yet: at most one for each. */
  readonly ordersOut: readonly OrderOut[];
  /**
   * Rows that were staged under this lease, and whose bytes no node can have (rule M4). They outlive the tick, and are
   * forgotten with the lease.
   */
  readonly untried: readonly string[];
}

export interface ExecutorInput {
  readonly settings: ExecutorSettings;
}

/** What a tick came to. `fault` is final. */
export interface TickEnded {
  readonly type: 'tick.ended';
  readonly tick: number;
  readonly epoch: number;
  readonly isEpochKnown: boolean;
  readonly holdsLease: boolean;
  readonly fence: number | undefined;
  readonly unmined: number;
  readonly tally: TickTally;
  readonly error: string | undefined;
  readonly fault: Error | undefined;
}

interface Done<Source extends string, Output> {
  readonly type: `xstate.done.actor.${Source}`;
  readonly output: Output;
}

export interface ReadyRows {
  readonly rows: readonly DisbursementRow[];
  readonly nextNonce: number;
  /** A source that failed meanwhile, without harm to the tick. */
  readonly error: Error | undefined;
}

export interface EpochReading {
  readonly epoch: number;
  readonly error: Error | undefined;
}

export type ExecutorEvent =
  | { readonly type: 'START' }
  | { readonly type: 'TICK' }
  | { readonly type: 'STOP' }
  /** Something beside the chart failed, which ends the executor. */
  | { readonly type: 'FAULT'; readonly error: Error }
  | PaymentSigned
  | PaymentOutcome
  | PaymentRested
  | Done<'acquireLease', LeaseToken | undefined>
  | Done<'renewLease', LeaseToken | undefined>
  | Done<'restoreBreaker', BreakerView>
  | Done<'readEpoch', EpochReading>
  | Done<'loadInFlight', readonly DisbursementRow[]>
  | Done<'loadReady', ReadyRows>
  | { readonly type: `xstate.error.actor.${ExecutorSource}`; readonly error: Error };

export type ExecutorSource =
  | 'acquireLease'
  | 'renewLease'
  | 'restoreBreaker'
  | 'applyControl'
  | 'readEpoch'
  | 'loadInFlight'
  | 'loadReady';

const NOTHING_DONE: TickTally = { settled: 0, staged: 0, submitted: 0, failed: 0, refused: 0 };

/** What every tick begins with. */
export const FRESH_TICK = {
  isLeaseLost: false,
  error: undefined,
  isEpochKnown: false,
  tally: NOTHING_DONE,
  toSettle: [],
  toSubmit: [],
  toBump: [],
  toFill: [],
  toSign: [],
  unmined: NOTHING_UNMINED,
  ordersOut: [],
} as const satisfies Partial<ExecutorContext>;

export const initialExecutorContext = ({
  input: { settings },
}: {
  readonly input: ExecutorInput;
}): ExecutorContext => ({
  ...FRESH_TICK,
  settings,
  breaker: undefined,
  lease: undefined,
  untried: [],
  isPolling: false,
  isStopping: false,
  fault: undefined,
  ticks: 0,
  epoch: 0,
  nextNonce: 0,
});

/** The name of a payment's actor. */
export const paymentActor = (id: string): string => `payment:${id}`;
