import type { ChainVerdict, DisbursementRow, SignedIntent } from '../../machines/index.ts';

/** What the chain said of one transaction of a row. */
export interface IntentVerdict extends ChainVerdict {
  readonly intent: SignedIntent;
}

/**
 * What the chain says of a row, by what it says of each transaction that was ever signed for it.
 *
 * - A payment that is executed pays the row, whichever it is.
 * - Else those count that have the row's present nonce; an earlier one was given up because it can never be mined.
 * - A fill in a block has taken the nonce, whatever came of it: it is another transaction.
 * - Another transaction holds the nonce only where that is seen of every one of them: of a single one it may be its own
 *   replacement. The least deep sighting counts.
 */
export function rowVerdict(row: DisbursementRow, verdicts: readonly IntentVerdict[]): ChainVerdict {
  const executed = deepest(verdicts.filter((each) => isPayment(each) && each.status === 'executed'));
  if (executed !== undefined) return executed;
  const present = verdicts.filter(({ intent }) => intent.nonce === row.nonce);
  const reverted = deepest(present.filter((each) => isPayment(each) && each.status === 'reverted'));
  if (reverted !== undefined) return reverted;
  const filled = deepest(present.filter((each) => !isPayment(each) && isMined(each)));
  if (filled !== undefined) return { status: 'replaced', confirmations: filled.confirmations };
  if (present.length > 0 && present.every(({ status }) => status === 'replaced')) {
    return {
      status: 'replaced',
      confirmations: Math.min(...present.map(({ confirmations }) => confirmations)),
    };
  }
  const isPending = present.some(({ status }) => status === 'pending');
  return { status: isPending ? 'pending' : 'unknown', confirmations: 0 };
}

const isPayment = ({ intent }: IntentVerdict): boolean => intent.purpose !== 'fill';

const isMined = ({ status }: ChainVerdict): boolean => status === 'executed' || status === 'reverted';

function deepest(verdicts: readonly ChainVerdict[]): ChainVerdict | undefined {
  const [first] = verdicts.toSorted((a, b) => b.confirmations - a.confirmations);
  return first && { status: first.status, confirmations: first.confirmations };
}
