import type { RowChange } from './payment-events.ts';
import type { DisbursementRow, SignedIntent } from './records.ts';

/** What decides whether a row is given up, and is not in the row itself. */
interface Limit {
  readonly maxAttempts: number;
}

export const isFill = ({ purpose }: SignedIntent): boolean => purpose === 'fill';

/** It is not paid any more, and its nonce is in the way of those behind it: it is to be filled (rule M6). */
export function isGivenUp({ status, attempts, isGap }: DisbursementRow, { maxAttempts }: Limit): boolean {
  return isGap || ((status === 'staged' || status === 'submitted') && attempts >= maxAttempts);
}

/** Whoever cancels a row that has a nonce leaves a gap, until what took the nonce is known for good (rule M5). */
export function isGapAfter({ status, nonce, isGap }: DisbursementRow, { to, closesGap }: RowChange): boolean {
  if (to !== 'cancelled') return false;
  return status === 'cancelled' ? isGap && closesGap !== true : nonce !== undefined;
}

/** Those of its transactions that may still take its nonce. */
export const presentIntents = ({ intents, nonce }: DisbursementRow): readonly SignedIntent[] =>
  intents.filter((intent) => intent.nonce === nonce);

/** The bytes to send: of a row that is given up those of a fill, and else those of a payment; the newest of them. */
export const intentToSend = (row: DisbursementRow, limit: Limit): SignedIntent | undefined =>
  presentIntents(row).findLast((intent) => isFill(intent) === isGivenUp(row, limit));

/** What a further transaction has to outbid: of those that may be in a pool the one that offers most, and the newest of such. */
export function intentToOutbid(row: DisbursementRow): SignedIntent | undefined {
  const offer = ({ fee }: SignedIntent): bigint => fee?.maxFeePerGas ?? 0n;
  return presentIntents(row).reduce<SignedIntent | undefined>(
    (most, other) => (most === undefined || offer(other) >= offer(most) ? other : most),
    undefined,
  );
}
