import type { Commitment, PaymentContext, RowChange } from './payment-events.ts';
import type { Disbursement, DisbursementRow, SignedIntent } from './records.ts';

interface From {
  readonly context: PaymentContext;
}

/** Inputs of the actors that a payment invokes, by name, so that the chart shows no code. */
export interface SigningInput {
  readonly row: Disbursement;
  readonly nonce: number;
  /** Of others. */
  readonly unmined: readonly Commitment[];
  /** The transaction of the same nonce that is to be outbid. */
  readonly replaces: SignedIntent | undefined;
}

export function signingInput({ context }: From): SigningInput {
  const { row, order } = context;
  if (order.type === 'PAY') return { row, nonce: order.nonce, unmined: order.unmined, replaces: undefined };
  if (order.type !== 'BUMP') throw new Error('a payment is signed by the orders PAY and BUMP only');
  const replaces = signedIntent(context);
  const unmined = order.unmined.filter(({ nonce }) => nonce !== replaces.nonce);
  return { row, nonce: replaces.nonce, unmined, replaces };
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

export const stagingInput = ({
  context,
}: From): { readonly intent: SignedIntent; readonly isBump: boolean } => ({
  intent: signedIntent(context),
  isBump: context.order.type === 'BUMP',
});

export const rowInput = ({ context: { row } }: From): { readonly row: DisbursementRow } => ({ row });

export const changeInput = ({
  context: { row, change },
}: From): { readonly row: DisbursementRow; readonly change: RowChange } => ({ row, change });
