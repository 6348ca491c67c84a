export * from '../machines/index.ts';
export { createCircuitBreaker } from './breaker/circuit-breaker.ts';
export {
  BrokenCircuitError,
  IsolatedCircuitError,
  isBrokenCircuitError,
  isIsolatedCircuitError,
} from './breaker/errors.ts';
export type { CircuitBreakerSnapshot } from './breaker/snapshot.ts';
export type {
  CircuitBreaker,
  CircuitBreakerEvents,
  CircuitBreakerOptions,
  ErrorVerdict,
  ExecuteOptions,
  Permit,
  StateChange,
} from './breaker/types.ts';
export type { Clock } from './clock.ts';
