import type { AnyActorRef } from 'xstate';

/** The states of the breaker's chart. */
export type CircuitState = 'CLOSED' | 'OPEN' | 'HALF_OPEN' | 'ISOLATED';

/** The number that a gauge shows for each state. ISOLATED shows as OPEN: it refuses; a gauge of its own tells them apart. */
export const BREAKER_STATE_CODE = Object.freeze({ CLOSED: 0, OPEN: 1, HALF_OPEN: 2, ISOLATED: 1 } as const);

export type BreakerStateCode = (typeof BREAKER_STATE_CODE)[CircuitState];

/**
 * The four ways in which admitted work ends. Only the first two are verdicts on the service:
 * a storage fault and a cancellation say nothing about it.
 */
export type BreakerOutcome = 'SUCCESS' | 'FAILURE' | 'STORAGE_FATAL' | 'CANCELLED';

/**
 * An outcome. `generation`: the one under which the work was admitted; any other than the current one changes
 * nothing, and one without is taken as current. `permit`: the slot that the work held in HALF_OPEN.
 */
export interface BreakerOutcomeEvent<Type extends BreakerOutcome = BreakerOutcome> {
  readonly type: Type;
  readonly generation?: number | undefined;
  readonly permit?: string | undefined;
}

/** How an actor asks to be admitted; the answer goes to `replyTo`. Without `id` the slot is an anonymous one. */
export interface PermitRequest {
  readonly type: 'PERMIT';
  readonly id?: string | undefined;
  readonly replyTo?: AnyActorRef | undefined;
}

/** Answer to `PERMIT`: go ahead, and send the outcome with this generation (and permit, when there is one). */
export interface PermitGranted {
  readonly type: 'PERMIT_GRANTED';
  readonly id: string | undefined;
  readonly generation: number;
  readonly permit?: string;
}

/** Answer to `PERMIT`: refused. `retryAfterMs` is an upper bound where nobody with a clock was asked; Infinity when ISOLATED. */
export interface PermitDenied {
  readonly type: 'PERMIT_DENIED';
  readonly id: string | undefined;
  readonly state: CircuitState;
  readonly retryAfterMs: number;
}

/** A person's (or a drill's) order. */
export interface OperatorEvent<Type extends 'ISOLATE' | 'RESET' = 'ISOLATE' | 'RESET'> {
  readonly type: Type;
  readonly reason?: string | undefined;
  readonly by?: string | undefined;
}

export type BreakerEvent =
  | BreakerOutcomeEvent<'SUCCESS'>
  | BreakerOutcomeEvent<'FAILURE'>
  | BreakerOutcomeEvent<'STORAGE_FATAL'>
  | BreakerOutcomeEvent<'CANCELLED'>
  | PermitRequest
  | OperatorEvent<'ISOLATE'>
  | OperatorEvent<'RESET'>
  /** Internal and timed: one failure is as old as the window. */
  | { readonly type: 'FAILURE_AGED' }
  /** Internal and timed: nobody settled a probe. */
  | { readonly type: 'PROBE_TIMED_OUT' };

/** A change of state, as the chart announces it. */
export interface BreakerChange {
  readonly from: CircuitState;
  readonly to: CircuitState;
  /** The generation that begins with this change. */
  readonly generation: number;
  /** Why: one of {@link ChangeReason}, or what an operator gave. */
  readonly reason: string;
}

/** Why the chart changes its state by itself. */
export type ChangeReason =
  | 'failureThreshold'
  | 'openTimeout'
  | 'probeFailed'
  | 'probeTimedOut'
  | 'successThreshold';

/** What the chart emits: one event for each change of state, nothing when it is restored. */
export type BreakerEmitted =
  | ({ readonly type: 'breaker.opened' } & BreakerChange)
  | ({ readonly type: 'breaker.halfOpened' } & BreakerChange)
  | ({ readonly type: 'breaker.closed' } & BreakerChange)
  | ({ readonly type: 'breaker.isolated' } & BreakerChange);
