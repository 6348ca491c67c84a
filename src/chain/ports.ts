import type {
  ChainVerdict,
  Disbursement,
  FeeOffer,
  IntentPurpose,
  SignedIntent,
} from '../../machines/index.ts';

/** Every asynchronous port gets this as its last argument: work that is still out when it aborts may be dropped. */
export interface PortContext {
  readonly signal: AbortSignal;
}

/** What a signer needs to know beyond the row. */
export interface SigningRequest {
  readonly nonce: number;
  /** `pay` moves the amount to the payee; `fill` moves nothing to oneself, to use up the nonce. */
  readonly purpose: IntentPurpose;
  /** Set for a fee bump: the replacement must offer at least these fees, in base units per gas. */
  readonly fee?: {
    readonly atLeast: FeeOffer;
  };
  /** Base units promised already: amounts and highest fees of all rows staged or submitted and not yet mined. */
  readonly committed: bigint;
  /**
   * The part of `committed` with this nonce or a higher one. A chain that has moved on since the last look-ups has
   * taken the lower ones from the balance already: comparing without this would count them twice.
   */
  readonly committedFrom: (nonce: number) => bigint;
}

/** Signs one transaction. It sends nothing. Throws `SigningError` or `CancelledError`; anything else counts as `SigningError`. */
export type Signer = ((
  disbursement: Disbursement,
  request: SigningRequest,
  context: PortContext,
) => Promise<SignedIntent>) & {
  /**
   * Told of the rows that a tick is about to sign, so that what their signing needs of the chain can be asked for at
   * once. What it learns is used for these rows once; when it fails, each row asks for itself.
   */
  readonly prepare?: (rows: readonly Disbursement[], context: PortContext) => Promise<void>;
};

/** Sends durable bytes and gives the transaction hash. Called at most once for each permit, never retried below. */
export type Submitter = (intent: SignedIntent, context: PortContext) => Promise<string>;

/**
 * What the chain knows of a transaction. `replaced`: another transaction of this account with that nonce was seen in a
 * block, `confirmations` deep. A used nonce with a missing receipt is `unknown`: a missing receipt proves nothing.
 */
export type Lookup = (intent: SignedIntent, context: PortContext) => Promise<ChainVerdict>;

/** The chain's next nonce of the signing account. */
export type NextNonce = (context: PortContext) => Promise<number>;

/** The current epoch: a whole number that only rises; the executor keeps the highest it has seen. */
export type EpochSource = (context: PortContext) => number | Promise<number>;
