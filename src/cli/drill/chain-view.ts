import { devRpc } from '../../dev/dev-rpc.ts';

/** A look at the drill's own chain that does not go through the RPC which is broken. */
export interface ChainView {
  blockNumber(): Promise<number>;
  /** Transactions of an account that the chain has taken: in a block, or next in line for one. */
  transactionsOf(address: string): Promise<number>;
  /** What each of them has, in base units. */
  balancesOf(addresses: Iterable<string>): Promise<ReadonlyMap<string, bigint>>;
}

export function viewChain(url: string): ChainView {
  const quantity = async (method: string, ...params: readonly string[]): Promise<bigint> =>
    BigInt(await devRpc<string>(url, method, params));
  return {
    blockNumber: async () => Number(await quantity('eth_blockNumber')),
    transactionsOf: async (address) => Number(await quantity('eth_getTransactionCount', address, 'pending')),
    balancesOf: async (addresses) =>
      new Map(
        await Promise.all(
          [...new Set(addresses)].map(
            async (address) => [address, await quantity('eth_getBalance', address, 'latest')] as const,
          ),
        ),
      ),
  };
}
