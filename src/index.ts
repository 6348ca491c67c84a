export * from '../machines/index.ts';
export { createCircuitBreaker } from './breaker/circuit-breaker.ts';
export {
  BrokenCircuitError,
  IsolatedCircuitError,
  isBrokenCircuitError,
  isIsolatedCircuitError,
} from './breaker/errors.ts';
export { type FromActorOptions, fromActor } from './breaker/from-actor.ts';
export {
  type CircuitBreakerRegistry,
  type CircuitBreakerRegistryOptions,
  createCircuitBreakerRegistry,
} from './breaker/registry.ts';
export type { CircuitBreakerSnapshot } from './breaker/snapshot.ts';
export type {
  CircuitBreaker,
  CircuitBreakerEvents,
  CircuitBreakerOptions,
  ErrorVerdict,
  ExecuteOptions,
  Permit,
  Rejection,
  StateChange,
} from './breaker/types.ts';
export type {
  EpochSource,
  Lookup,
  NextNonce,
  PortContext,
  Signer,
  SigningRequest,
  Submitter,
} from './chain/ports.ts';
export type { Clock } from './clock.ts';
export {
  CancelledError,
  ConfigurationError,
  isTreasuryExecutorError,
  LeaseLostError,
  SigningError,
  StorageError,
  SubmissionError,
  type SubmissionVerdict,
  TreasuryExecutorError,
  type TreasuryExecutorErrorKind,
} from './errors.ts';
export type {
  ExecutorListener,
  SubmissionOutcome,
  TreasuryExecutorEvents,
} from './executor/executor-events.ts';
export { createTreasuryExecutor } from './executor/treasury-executor.ts';
export type {
  CircuitBreakerTelemetry,
  DependencyCheck,
  TreasuryExecutor,
  TreasuryExecutorConfig,
  TreasuryExecutorSnapshot,
} from './executor/types.ts';
export type {
  Backlog,
  ChainBinding,
  DisbursementChange,
  DueQuery,
  ImportResult,
  Lease,
  ListQuery,
  Store,
  StoreProgress,
  Tally,
} from './store/store.ts';
export { ImportConflictError } from './store/store.ts';
