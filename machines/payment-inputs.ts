import { intentToOutbid, isGivenUp } from './giving-up.ts';
import type { PaymentContext, RowChange } from './payment-events.ts';
import type { Disbursement, DisbursementRow, IntentPurpose, SignedIntent } from './records.ts';
import { type Unmined, unminedAt, withoutUnmined } from './unmined.ts';

interface From {
  readonly context: PaymentContext & { readonly maxAttempts: number };
}

/** Inputs of the actors that a payment invokes, by name, so that the chart shows no code. */
export interface SigningInput {
  readonly row: Disbursement;
  readonly nonce: number;
  /** Of a payment that is given up every further transaction is a fill. */
  readonly purpose: IntentPurpose;
  /** Of others. */
  readonly unmined: Unmined;
  /** The transaction of the same nonce that is to be outbid. */
  readonly replaces: SignedIntent | undefined;
}

export function signingInput({ context }: From): SigningInput {
  const { row, order } = context;
  if (order.type === 'PAY') {
    return { row, nonce: order.nonce, purpose: 'pay', unmined: order.unmined, replaces: undefined };
  }
  const replaces = intentToOutbid(row);
  if (!('unmined' in order) || replaces === undefined) {
    throw new Error('a payment is signed by PAY, and where it has bytes by BUMP and FILL');
  }
  const { nonce } = replaces;
  const unmined = withoutUnmined(order.unmined, nonce);
  return { row, nonce, purpose: isGivenUp(row, context) ? 'fill' : 'pay', unmined, replaces };
}

/**
 * The bytes that are to be stored, or to be sent.
 * @throws Error for a row that has none: it ends its payment before anything is sent.
 */
export function signedIntent({ row, intent }: PaymentContext): SignedIntent {
  if (intent === undefined) throw new Error(`disbursement ${row.id} has no signed bytes`);
  return intent;
}

export const intentInput = ({ context }: From): { readonly intent: SignedIntent } => ({
  intent: signedIntent(context),
});

/** What is about to become durable. */
export interface StagingInput {
  readonly intent: SignedIntent;
  /** Its first transaction, which takes a nonce. */
  readonly isFirst: boolean;
  /** The nonce before it is promised to another payment, and has to be durable before it. */
  readonly follows: boolean;
}

export const stagingInput = ({ context }: From): StagingInput => {
  const { order } = context;
  const isFirst = order.type === 'PAY';
  const follows = isFirst && unminedAt(order.unmined, order.nonce - 1) !== undefined;
  return { intent: signedIntent(context), isFirst, follows };
};

export const rowInput = ({ context: { row } }: From): { readonly row: DisbursementRow } => ({ row });

export const changeInput = ({
  context: { row, change },
}: From): { readonly row: DisbursementRow; readonly change: RowChange } => ({ row, change });
