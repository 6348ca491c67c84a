import type { CircuitState } from '../../machines/index.ts';

export interface Refusal {
  readonly state: CircuitState;
  /** Milliseconds to the next chance; Infinity when there is none by itself. */
  readonly retryAfterMs: number;
  readonly code?: 'EOPENBREAKER' | 'ESHUTDOWN';
  /** The failure that was seen last. */
  readonly cause?: unknown;
}

/** A call was refused without being made. Try again after `retryAfterMs`; `cause` is the last failure that was seen. */
export class BrokenCircuitError extends Error {
  override readonly name: string = 'BrokenCircuitError';
  /** `ESHUTDOWN`: the breaker was stopped. */
  readonly code: 'EOPENBREAKER' | 'ESHUTDOWN';
  readonly retryAfterMs: number;
  readonly state: CircuitState;

  constructor(message: string, { state, retryAfterMs, code = 'EOPENBREAKER', cause }: Refusal) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.state = state;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A call was refused because an operator isolated the breaker: it stays so until somebody resets it. */
export class IsolatedCircuitError extends BrokenCircuitError {
  override readonly name = 'IsolatedCircuitError';
}

export const isBrokenCircuitError = (error: unknown): error is BrokenCircuitError =>
  error instanceof BrokenCircuitError;

export const isIsolatedCircuitError = (error: unknown): error is IsolatedCircuitError =>
  error instanceof IsolatedCircuitError;

/** Builds the refusal. The stack is left out unless asked for: capturing it is nearly all that a refusal costs. */
export function refuse(
  refusal: Refusal,
  name: string | undefined,
  captureStack: boolean,
): BrokenCircuitError {
  const who = name === undefined ? 'circuit breaker' : `circuit breaker ${JSON.stringify(name)}`;
  const isolated = refusal.state === 'ISOLATED' && refusal.code !== 'ESHUTDOWN';
  const ErrorClass = isolated ? IsolatedCircuitError : BrokenCircuitError;
  const message = refusal.code === 'ESHUTDOWN' ? `${who} was stopped` : `${who} is ${refusal.state}`;
  if (captureStack) return new ErrorClass(message, refusal);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new ErrorClass(message, refusal);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
