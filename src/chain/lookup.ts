import type { ChainVerdict, SignedIntent } from '../../machines/index.ts';
import { type BlockPlace, createAncestry, placeOf } from './ancestry.ts';
import { classifyReading } from './classify.ts';
import { findNonceUser, type NonceUser, type UsedNonce } from './nonce-user.ts';
import type { Lookup } from './ports.ts';
import { quantity, toRecord } from './quantities.ts';
import { rememberIn } from './remember.ts';
import type { Rpc } from './rpc.ts';
import { RpcFault } from './rpc-fault.ts';
import { shareReads } from './shared-reads.ts';

const RECEIPT = 'eth_getTransactionReceipt';

const STATUS: Readonly<Record<string, ChainVerdict['status']>> = { '0x1': 'executed', '0x0': 'reverted' };

const UNKNOWN: ChainVerdict = { status: 'unknown', confirmations: 0 };

const statusIn = (receipt: Record<string, unknown>): ChainVerdict['status'] => {
  const status = STATUS[String(receipt['status'])];
  if (status === undefined) throw new RpcFault('malformed', `${RECEIPT}: a receipt without a status`);
  return status;
};

/**
 * Looks one transaction up by its hash. A missing receipt proves nothing: without one it says `pending` or `unknown`, and
 * `replaced` only where it has seen, in a block, another transaction of the account with that nonce. What lies in a block
 * that the chain has left is `unknown`.
 *
 * @param address the signing account, lower case
 */
export const createLookup = (rpc: Rpc, address: string): Lookup => {
  // The look-ups of a tick run at once, and ask for the same head and the same blocks.
  const shared = shareReads(rpc);
  const ancestry = createAncestry(shared);
  // Who was seen with a nonce has it for all transactions of that nonce, as long as its block stands. To find it anew for
  // each of them would take many questions, and where nodes are not level it would never be found for all in one tick.
  const users = new Map<number, NonceUser>();

  const seen = async (
    status: ChainVerdict['status'],
    place: BlockPlace,
    head: bigint,
    signal: AbortSignal,
  ): Promise<ChainVerdict> => {
    const confirmations = await ancestry.depthOf(place, head, signal);
    return confirmations === undefined ? UNKNOWN : { status, confirmations };
  };

  const look = async ({ txHash, nonce }: SignedIntent, signal: AbortSignal): Promise<ChainVerdict> => {
    // The head first: a receipt that is read later lies at least so deep. The other way round, a reorganisation between
    // the two would count the blocks on top of one that is gone. So the head may be shared, and the receipt not.
    const head = await quantity(shared, 'eth_blockNumber', [], signal);
    const receipt = toRecord(await rpc.request(RECEIPT, [txHash], signal), RECEIPT);
    if (receipt !== undefined) return seen(statusIn(receipt), placeOf(receipt, RECEIPT), head, signal);
    const method = 'eth_getTransactionByHash';
    const known = toRecord(await rpc.request(method, [txHash], signal), method);
    if (known !== undefined) return { status: 'pending', confirmations: 0 };
    return replacedVerdict({ txHash: txHash.toLowerCase(), nonce, head }, signal);
  };

  const replacedVerdict = async (
    { txHash, nonce, head }: { readonly txHash: string; readonly nonce: number; readonly head: bigint },
    signal: AbortSignal,
  ): Promise<ChainVerdict> => {
    const remembered = users.get(nonce);
    // Of the newest block nothing shows that it still stands.
    if (remembered !== undefined && remembered.txHash !== txHash && remembered.place.number < head) {
      const verdict = await seen('replaced', remembered.place, head, signal);
      if (verdict.status === 'replaced') return verdict;
    }
    users.delete(nonce);
    const user = await userOf({ address, nonce, head }, signal);
    if (user === undefined) return UNKNOWN;
    rememberIn(users, nonce, user);
    // Its own hash: the node has it in a block and has not found its receipt, which the next look-up will.
    return user.txHash === txHash ? UNKNOWN : seen('replaced', user.place, head, signal);
  };

  /** A node that does not keep the past cannot tell: then nothing is known, and nothing is wrong. */
  const userOf = async (nonce: UsedNonce, signal: AbortSignal): Promise<NonceUser | undefined> => {
    try {
      return await findNonceUser(rpc, nonce, signal);
    } catch (error) {
      if (error instanceof RpcFault && (error.kind === 'answered' || error.kind === 'malformed'))
        return undefined;
      throw error;
    }
  };

  return async (intent, { signal }) => {
    try {
      return await look(intent, signal);
    } catch (error) {
      throw classifyReading(error);
    }
  };
};
