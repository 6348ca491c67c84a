import type { Unmined } from '../../machines/index.ts';
import type { SigningRequest } from '../chain/ports.ts';

/**
 * What is promised to transactions that are not mined. A signer asks for the same part several times, and there may be a
 * thousand of them: each sum is made once.
 */
export function committedBy({
  rows,
  promised: committed,
}: Unmined): Pick<SigningRequest, 'committed' | 'committedFrom'> {
  let last: { readonly nonce: number; readonly sum: bigint } | undefined;
  return {
    committed,
    committedFrom(nonce) {
      if (last?.nonce !== nonce) {
        let sum = committed;
        for (const row of rows) {
          if (row.nonce >= nonce) break;
          sum -= row.maxCost;
        }
        last = { nonce, sum };
      }
      return last.sum;
    },
  };
}
