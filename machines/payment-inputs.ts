import type { Commitment, PaymentContext, RowChange } from './payment-events.ts';
import type { Disbursement, DisbursementRow, SignedIntent } from './records.ts';

interface From {
  readonly context: PaymentContext;
}

/** Inputs of the actors that a payment invokes, by name, so that the chart shows no code. */
export function signingInput({ context: { row, order } }: From): {
  readonly row: Disbursement;
  readonly nonce: number;
  readonly unmined: readonly Commitment[];
} {
  if (order.type !== 'PAY') throw new Error('a payment is signed by the order PAY only');
  return { row, nonce: order.nonce, unmined: order.unmined };
}

/**
 * The bytes that were signed last.
 * @throws Error for a row that has none: it ends its payment before anything is sent.
 */
export function signedIntent({ row, intent }: PaymentContext): SignedIntent {
  if (intent === undefined) throw new Error(`disbursement ${row.id} has no signed bytes`);
  return intent;
}

export const intentInput = ({ context }: From): { readonly intent: SignedIntent } => ({
  intent: signedIntent(context),
});

export const rowInput = ({ context: { row } }: From): { readonly row: DisbursementRow } => ({ row });

export const changeInput = ({
  context: { row, change },
}: From): { readonly row: DisbursementRow; readonly change: RowChange } => ({ row, change });
