import type { ChainVerdict, SignedIntent } from '../../machines/index.ts';
import { classifyReading } from './classify.ts';
import type { Lookup } from './ports.ts';
import { quantity, toQuantity, toRecord } from './quantities.ts';
import type { Rpc } from './rpc.ts';
import { RpcFault } from './rpc-fault.ts';

const RECEIPT = 'eth_getTransactionReceipt';

const STATUS: Readonly<Record<string, ChainVerdict['status']>> = { '0x1': 'executed', '0x0': 'reverted' };

const minedVerdict = (receipt: Record<string, unknown>, head: bigint): ChainVerdict => {
  const status = STATUS[String(receipt['status'])];
  if (status === undefined) throw new RpcFault('malformed', `${RECEIPT}: a receipt without a status`);
  const depth = Number(head - toQuantity(receipt['blockNumber'], RECEIPT)) + 1;
  return { status, confirmations: Math.max(depth, 1) };
};

/**
 * Looks one transaction up by its hash. A missing receipt proves nothing, so it never says more than `pending` or
 * `unknown` without one. It does not look for other transactions of the nonce: `replaced` never comes from here.
 */
export const createLookup = (rpc: Rpc): Lookup => {
  const look = async ({ txHash }: SignedIntent, signal: AbortSignal): Promise<ChainVerdict> => {
    // The head first: a receipt that is read later lies at least so deep. The other way round, a reorganisation between
    // the two would count the blocks on top of one that is gone.
    const head = await quantity(rpc, 'eth_blockNumber', [], signal);
    const receipt = toRecord(await rpc.request(RECEIPT, [txHash], signal), RECEIPT);
    if (receipt !== undefined) return minedVerdict(receipt, head);
    const method = 'eth_getTransactionByHash';
    const known = toRecord(await rpc.request(method, [txHash], signal), method);
    return { status: known === undefined ? 'unknown' : 'pending', confirmations: 0 };
  };
  return async (intent, { signal }) => {
    try {
      return await look(intent, signal);
    } catch (error) {
      throw classifyReading(error);
    }
  };
};
