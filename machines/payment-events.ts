import type { BreakerOutcomeEvent } from './events.ts';
import type { ChainVerdict, DisbursementRow, DisbursementStatus, SignedIntent } from './records.ts';
import type { Unmined } from './unmined.ts';

/**
 * What an executor tells a payment to do. Each order is answered by exactly one {@link PaymentRested}.
 * - `SETTLE`: ask the chain what became of its transactions.
 * - `PAY`: sign with this nonce, and make the bytes durable. They do not leave yet.
 * - `SUBMIT`: take a permit and send the durable bytes.
 * - `BUMP`: sign once more with the same nonce, offering more, and make the bytes durable. They do not leave yet.
 * - `FILL`: sign what uses up the nonce of a payment that is given up, and make the bytes durable. They do not leave yet.
 */
export type PaymentOrder =
  | { readonly type: 'SETTLE' }
  | { readonly type: 'PAY'; readonly nonce: number; readonly unmined: Unmined }
  | { readonly type: 'SUBMIT' }
  | { readonly type: 'BUMP' | 'FILL'; readonly unmined: Unmined };

/** The signature exists: its nonce is taken, and what it can cost is promised. */
export interface PaymentSigned {
  readonly type: 'SIGNED';
  readonly intent: SignedIntent;
  /** Base units: what it costs at the least, where the signer does not say what it costs at the most. */
  readonly amount: bigint;
}

/** What the breaker has to be told of an attempt. Sent before {@link PaymentRested}, so that it is heard before. */
export interface PaymentOutcome {
  readonly type: 'OUTCOME';
  readonly id: string;
  readonly outcome: BreakerOutcomeEvent;
}

/** An order is over. */
export interface PaymentRested {
  readonly type: 'RESTED';
  readonly id: string;
  readonly nonce: number | undefined;
  readonly order: PaymentOrder['type'];
  readonly status: DisbursementStatus;
  /** The chain does not know its bytes, and nothing stands against sending them again. */
  readonly isUnknownToChain: boolean;
  /** It waits for so long that more should be offered. */
  readonly isOverdue: boolean;
  /** It is given up, and nothing fills its nonce yet. */
  readonly needsFill: boolean;
  /** It is cancelled, and its nonce is not used for good. */
  readonly isGap: boolean;
  /** Its bytes were staged by this executor, and no node has taken them or failed to say whether it did. */
  readonly isUntried: boolean;
  /** What went wrong on the way, whoever's fault it was. */
  readonly error: Error | undefined;
}

/** What a signing came to. `generation`: the breaker's when it began. */
export type SigningResult =
  | { readonly generation: number; readonly intent: SignedIntent }
  | { readonly generation: number; readonly error: Error };

/** What a submission came to. Without a permit nothing was sent. */
export type SubmissionResult =
  | { readonly permit: undefined }
  | { readonly permit: { readonly id: string; readonly generation: number }; readonly error?: Error };

export interface LookupResult extends ChainVerdict {
  /** The row is in backoff: even if the chain does not know it, it is not sent now. */
  readonly isBackingOff: boolean;
  /** It was signed so long ago that more should be offered, and there is room for that beneath the ceiling. */
  readonly isOverdue: boolean;
}

/** How a row is to change; `attempts` stay as they are unless given. */
export interface RowChange {
  readonly to: DisbursementStatus;
  readonly attempts?: number;
  /** `null` clears it. */
  readonly reason: string | null;
  /** Not tried again for a while, which grows with the attempts. */
  readonly backsOff?: boolean;
  /** Not tried again for a while, which is always the same: it waits for money. */
  readonly isHeld?: boolean;
  /** What took the nonce of a cancelled row is known for good. */
  readonly closesGap?: boolean;
}

export interface PaymentContext {
  readonly row: DisbursementRow;
  readonly order: PaymentOrder;
  /** The intent that was signed and is about to become durable, then the one to send. */
  readonly intent: SignedIntent | undefined;
  /** What the breaker has to be told; `undefined` when nothing was learnt about the service. */
  readonly outcome: BreakerOutcomeEvent | undefined;
  readonly isUnknownToChain: boolean;
  readonly isOverdue: boolean;
  readonly needsFill: boolean;
  /** No submission of its bytes was accepted or ended unknown, and nobody before us had them (rule M4). */
  readonly isUntried: boolean;
  readonly error: Error | undefined;
  /** The change that is being recorded. */
  readonly change: RowChange;
}
