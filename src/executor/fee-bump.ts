import type { DisbursementRow, FeeOffer, SignedIntent } from '../../machines/index.ts';

/** When a payment that waits is outbid, and how far. */
export interface BumpRule {
  /** Milliseconds since its last transaction became durable. */
  readonly bumpAfterMs: number;
  /** Base units for each unit of gas, above which nothing is offered to outbid. */
  readonly maxFeePerGas: bigint;
}

/** Nodes ask for a tenth more of a replacement; an eighth leaves room for those that ask for more. */
const raised = (fee: bigint): bigint => fee + (fee + 7n) / 8n + (fee === 0n ? 1n : 0n);

/** The least that a replacement has to offer. */
export const outbidding = ({ maxFeePerGas, maxPriorityFeePerGas }: FeeOffer): FeeOffer => ({
  maxFeePerGas: raised(maxFeePerGas),
  maxPriorityFeePerGas: raised(maxPriorityFeePerGas),
});

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * The least that a fill has to offer: it outbids like any replacement, but only up to the ceiling. Of a payment that is
 * given up most often no node has the bytes, and where none has, less than that is taken too.
 */
export function fillOffer(replaced: FeeOffer, { maxFeePerGas: ceiling }: BumpRule): FeeOffer {
  const { maxFeePerGas, maxPriorityFeePerGas } = outbidding(replaced);
  return {
    maxFeePerGas: min(maxFeePerGas, ceiling),
    maxPriorityFeePerGas: min(maxPriorityFeePerGas, ceiling),
  };
}

/** Whether a row has waited so long that more should be offered, and may be. One whose fee is not known never has. */
export function isOverdue(
  { intents }: DisbursementRow,
  { bumpAfterMs, maxFeePerGas }: BumpRule,
  now: number,
): boolean {
  const { fee, storedAt } = intents.at(-1) ?? {};
  if (fee === undefined || storedAt === undefined) return false;
  return now - storedAt >= bumpAfterMs && outbidding(fee).maxFeePerGas <= maxFeePerGas;
}

/** Why a signature outbids nothing, or offers too much; `undefined` when it is fine. */
export function bumpFault(
  intent: SignedIntent,
  replaced: FeeOffer,
  { maxFeePerGas }: BumpRule,
): string | undefined {
  const { fee } = intent;
  const least = outbidding(replaced);
  if (fee === undefined) return 'the signer does not say what the replacement offers';
  if (fee.maxFeePerGas < least.maxFeePerGas || fee.maxPriorityFeePerGas < least.maxPriorityFeePerGas)
    return 'the replacement does not offer an eighth more';
  return ceilingFault(intent, { maxFeePerGas });
}

/** Why a further transaction offers too much. Of one that does not say what it offers nothing is known. */
export function ceilingFault(
  { fee }: SignedIntent,
  { maxFeePerGas }: Pick<BumpRule, 'maxFeePerGas'>,
): string | undefined {
  return fee !== undefined && fee.maxFeePerGas > maxFeePerGas
    ? `the replacement would offer ${fee.maxFeePerGas} for gas, above the ceiling of ${maxFeePerGas}`
    : undefined;
}
