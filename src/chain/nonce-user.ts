import type { BlockPlace } from './ancestry.ts';
import { getBlock, isHash, quantity, toQuantity, toRecord } from './quantities.ts';
import type { Rpc } from './rpc.ts';

/** A transaction of an account in a block. */
export interface NonceUser {
  readonly txHash: string;
  readonly place: BlockPlace;
}

/** A nonce of an account, to be looked for up to a block. */
export interface UsedNonce {
  /** Lower case. */
  readonly address: string;
  readonly nonce: number;
  readonly head: bigint;
}

const BLOCK = 'eth_getBlockByNumber';

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/**
 * Finds the transaction that used a nonce, by the block in which the account's count rose above it: doubling steps back
 * from the head, then halving. That asks for counts of the past, which a node keeps for the last 128 blocks at least.
 *
 * `undefined` while no block up to `head` has used it, and where none of the account's transactions did: an account can
 * lose a nonce to an authorization (EIP-7702), and what is not seen is not told.
 */
export const findNonceUser = async (
  rpc: Rpc,
  { address, nonce, head }: UsedNonce,
  signal: AbortSignal,
): Promise<NonceUser | undefined> => {
  const isUsedAt = async (block: bigint): Promise<boolean> =>
    (await quantity(rpc, 'eth_getTransactionCount', [address, hex(block)], signal)) > BigInt(nonce);
  if (!(await isUsedAt(head))) return undefined;
  let used = head;
  let unused: bigint | undefined;
  for (let step = 1n; unused === undefined; step *= 2n) {
    if (used === 0n) return undefined;
    const earlier: bigint = used > step ? used - step : 0n;
    if (await isUsedAt(earlier)) used = earlier;
    else unused = earlier;
  }
  while (used - unused > 1n) {
    const middle: bigint = (used + unused) / 2n;
    if (await isUsedAt(middle)) used = middle;
    else unused = middle;
  }
  return senderIn(await getBlock(rpc, hex(used), signal, { withTransactions: true }), {
    address,
    nonce,
    head: used,
  });
};

const senderIn = (
  block: Record<string, unknown>,
  { address, nonce, head }: UsedNonce,
): NonceUser | undefined => {
  const { transactions } = block;
  for (const each of Array.isArray(transactions) ? transactions : []) {
    const transaction = toRecord(each, BLOCK);
    const from = String(transaction?.['from']).toLowerCase();
    if (from !== address || toQuantity(transaction?.['nonce'], BLOCK) !== BigInt(nonce)) continue;
    const txHash = transaction?.['hash'];
    const { hash } = block;
    if (isHash(txHash) && isHash(hash))
      return { txHash: txHash.toLowerCase(), place: { number: head, hash } };
  }
  return undefined;
};
