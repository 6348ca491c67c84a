import type { Commitment } from '../../machines/index.ts';
import type { SigningRequest } from '../chain/ports.ts';

/**
 * What is promised to transactions that are not mined. A signer asks for the same part several times, and there may be a
 * thousand of them: each sum is made once.
 */
export function committedBy(
  unmined: readonly Commitment[],
): Pick<SigningRequest, 'committed' | 'committedFrom'> {
  const committed = unmined.reduce((sum, { maxCost }) => sum + maxCost, 0n);
  let last: { readonly nonce: number; readonly sum: bigint } | undefined;
  return {
    committed,
    committedFrom(nonce) {
      if (last?.nonce !== nonce) {
        const below = unmined.filter((other) => other.nonce < nonce);
        last = { nonce, sum: below.reduce((sum, { maxCost }) => sum - maxCost, committed) };
      }
      return last.sum;
    },
  };
}
