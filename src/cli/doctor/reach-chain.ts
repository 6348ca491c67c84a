import { identify } from '../../chain/identify.ts';
import { getBlock, toQuantity } from '../../chain/quantities.ts';
import type { Rpc } from '../../chain/rpc.ts';
import { RpcFault } from '../../chain/rpc-fault.ts';

/** A chain that has answered. */
export interface ReachedChain {
  readonly rpc: Rpc;
  readonly chainId: number;
  readonly genesisHash: string;
  readonly head: {
    readonly number: bigint;
    /** Epoch milliseconds, by the chain's clock and by ours when it was read. */
    readonly at: number;
    readonly readAt: number;
  };
  /** The node says that it has not caught up. */
  readonly isSyncing: boolean;
  /** How long it took to tell chain id and first block. Milliseconds. */
  readonly latencyMs: number;
}

/**
 * Asks an endpoint who it is and how far it is.
 *
 * @throws ChainUnreachableError, ConfigurationError, RpcFault: all of them free of credentials
 */
export async function reachChain(rpc: Rpc, rpcUrl: string): Promise<ReachedChain> {
  const askedAt = performance.now();
  const { chainId, genesisHash } = await identify(rpc, { rpcUrl });
  const latencyMs = performance.now() - askedAt;
  const [block, isSyncing] = await Promise.all([getBlock(rpc, 'latest'), readSyncing(rpc)]);
  const method = 'eth_getBlockByNumber';
  return {
    rpc,
    chainId,
    genesisHash,
    head: {
      number: toQuantity(block['number'], method),
      at: Number(toQuantity(block['timestamp'], method)) * 1000,
      readAt: Date.now(),
    },
    isSyncing,
    latencyMs,
  };
}

/** Providers that hide their nodes do not have the method. */
async function readSyncing(rpc: Rpc): Promise<boolean> {
  try {
    return (await rpc.request('eth_syncing', [])) !== false;
  } catch (error) {
    if (error instanceof RpcFault && error.kind === 'answered') return false;
    throw error;
  }
}
