/**
 * The life of a disbursement, in its order.
 *
 * `queued -> staged -> submitted -> executed -> finalized`; `cancelled` and `deadLetter` end it early.
 */
export const DISBURSEMENT_STATUSES = [
  'queued',
  'staged',
  'submitted',
  'executed',
  'finalized',
  'cancelled',
  'deadLetter',
] as const;

export type DisbursementStatus = (typeof DISBURSEMENT_STATUSES)[number];

/** One approved payment. `id` is its idempotency key: the same id is never paid twice. */
export interface Disbursement {
  readonly id: string;
  /** Address of the payee, lower case. */
  readonly destination: string;
  /** Base units of the chain's native coin (wei). */
  readonly amount: bigint;
  /** Free text. It stays in the store and never reaches the chain. */
  readonly memo: string;
  /** First epoch in which it may be paid. */
  readonly scheduledEpoch: number;
  /** Ids that must be `executed` or `finalized` first. */
  readonly dependsOn: readonly string[];
}

/** What a transaction of ours is for: a payment, or a zero transfer to oneself that fills a nonce. */
export type IntentPurpose = 'pay' | 'fill';

/** A signed transaction, durable before its first byte leaves. */
export interface SignedIntent {
  readonly disbursementId: string;
  readonly nonce: number;
  readonly txHash: string;
  /** The serialized transaction: a retry sends exactly these bytes. */
  readonly rawTx: string;
  /** What it is for: `pay` where it is not told. */
  readonly purpose?: IntentPurpose;
  /** The most it can cost: amount plus highest fee, in base units. The amount alone where the signer does not say. */
  readonly maxCost?: bigint;
  /** What it offers. Where the signer does not say, it is never replaced by one that offers more. */
  readonly fee?: FeeOffer;
  /** When the store took it; epoch milliseconds. */
  readonly storedAt?: number;
}

/** What a transaction offers for each unit of gas, in base units. On a chain without base fees both are the price. */
export interface FeeOffer {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** A disbursement as the store knows it. */
export interface DisbursementRow extends Disbursement {
  readonly status: DisbursementStatus;
  /** The nonce that belongs to it for good, once it is staged. */
  readonly nonce: number | undefined;
  /** Every transaction that was ever signed for it, oldest first. */
  readonly intents: readonly SignedIntent[];
  /** Signings and refusals of this row itself; an outage is not counted (rule M9). */
  readonly attempts: number;
  /** Why it is where it is, for people. */
  readonly reason: string | undefined;
  /** Not tried again before this instant (epoch milliseconds). */
  readonly notBefore: number | undefined;
  /** It was cancelled with a nonce of which the chain has not shown yet, for good, what took it (rule M6). */
  readonly isGap: boolean;
}

/** What the chain says of one transaction. */
export interface ChainVerdict {
  readonly status: 'unknown' | 'pending' | 'executed' | 'reverted' | 'replaced';
  /** Blocks on top, the one that holds it included: 1 is the newest block. 0 outside a block. */
  readonly confirmations: number;
}
