export type { BreakerMemory, CircuitBreakerContext, CircuitBreakerInput } from './breaker-context.ts';
export { circuitBreakerMachine } from './circuit-breaker.ts';
export { disbursementMachine } from './disbursement.ts';
export type { DisbursementInput } from './disbursement-setup.ts';
export {
  BREAKER_STATE_CODE,
  type BreakerChange,
  type BreakerEmitted,
  type BreakerEvent,
  type BreakerOutcome,
  type BreakerOutcomeEvent,
  type BreakerStateCode,
  type ChangeReason,
  type CircuitState,
  type OperatorEvent,
  type PermitDenied,
  type PermitGranted,
  type PermitRequest,
} from './events.ts';
export type {
  BreakerView,
  EpochReading,
  ExecutorContext,
  ExecutorEvent,
  ExecutorInput,
  ExecutorSettings,
  InsufficientFunds,
  LeaseToken,
  ReadyRows,
  TickEnded,
  TickTally,
} from './executor-context.ts';
export { submissionOutcome } from './outcomes.ts';
export type {
  LookupResult,
  PaymentOrder,
  PaymentOutcome,
  PaymentRested,
  PaymentSigned,
  RowChange,
  SigningResult,
  SubmissionResult,
} from './payment-events.ts';
export type { SigningInput, StagingInput } from './payment-inputs.ts';
export {
  type CircuitBreakerConfig,
  type CircuitBreakerPolicy,
  DEFAULT_POLICY,
  type OpenBackoff,
  resolvePolicy,
} from './policy.ts';
export {
  type ChainVerdict,
  DISBURSEMENT_STATUSES,
  type Disbursement,
  type DisbursementRow,
  type DisbursementStatus,
  type FeeOffer,
  type IntentPurpose,
  type SignedIntent,
} from './records.ts';
export { treasuryExecutorMachine } from './treasury-executor.ts';
export { type Commitment, NOTHING_UNMINED, type Unmined, type UnminedRow, unminedOf } from './unmined.ts';
