/** What kind of trouble an executor met: it decides what the breaker, the row and the tick do with it. */
export type TreasuryExecutorErrorKind = 'submission' | 'signing' | 'cancelled' | 'storage' | 'configuration';

/** Base of every error that the executor and its ports throw on purpose. Match on `kind`, or on the classes below. */
export class TreasuryExecutorError extends Error {
  override readonly name: string = 'TreasuryExecutorError';
  readonly kind: TreasuryExecutorErrorKind;

  constructor(kind: TreasuryExecutorErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The store cannot be trusted to have kept what it was given. Fatal: the executor stops before anything else leaves. */
export class StorageError extends TreasuryExecutorError {
  override readonly name = 'StorageError';
  constructor(message: string, options?: ErrorOptions) {
    super('storage', message, options);
  }
}

/**
 * A disbursement could not be signed.
 *
 * `transient`: the signer could not be reached, which counts as a failure at the breaker.
 * Otherwise the fault lies with this row, and it alone backs off.
 */
export class SigningError extends TreasuryExecutorError {
  override readonly name = 'SigningError';
  readonly transient: boolean;
  constructor(message: string, options?: ErrorOptions & { transient?: boolean }) {
    super('signing', message, options);
    this.transient = options?.transient ?? false;
  }
}

/**
 * What a failed submission says about the row:
 * - `outage`: the RPC could not be reached or could not answer. The outcome may be unknown. Counts at the breaker.
 * - `alreadyKnown`: the node answered that it has seen these bytes, or that their nonce is used. Look the hash up.
 * - `refused`: the node answered and will not take this transaction. The row alone backs off.
 */
export type SubmissionVerdict = 'outage' | 'alreadyKnown' | 'refused';

/** A submission did not end in an accepted transaction. */
export class SubmissionError extends TreasuryExecutorError {
  override readonly name = 'SubmissionError';
  readonly verdict: SubmissionVerdict;
  constructor(message: string, options?: ErrorOptions & { verdict?: SubmissionVerdict }) {
    super('submission', message, options);
    this.verdict = options?.verdict ?? 'outage';
  }
}

/** Expected business reason not to pay (an empty treasury): no failure of any machinery. */
export class CancelledError extends TreasuryExecutorError {
  override readonly name = 'CancelledError';
  /** The account cannot pay for it now: the one reason that money mends. */
  readonly insufficientFunds: boolean;
  constructor(message: string, options?: ErrorOptions & { insufficientFunds?: boolean }) {
    super('cancelled', message, options);
    this.insufficientFunds = options?.insufficientFunds ?? false;
  }
}

/** Something that only an operator can mend: a foreign chain, a wrong key, refused credentials. */
export class ConfigurationError extends TreasuryExecutorError {
  override readonly name = 'ConfigurationError';
  constructor(message: string, options?: ErrorOptions) {
    super('configuration', message, options);
  }
}

/**
 * The lease was taken over: the fence of a write is no longer the newest (rule M8).
 * No fault of storage. Whoever gets it starts nothing more.
 */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  readonly kind = 'leaseLost';
  constructor(options?: ErrorOptions) {
    super('the executor lease is held by another', options);
  }
}

export const isTreasuryExecutorError = (error: unknown): error is TreasuryExecutorError =>
  error instanceof TreasuryExecutorError;
