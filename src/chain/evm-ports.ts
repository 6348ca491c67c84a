import type { Clock } from '../clock.ts';
import { createAccountReader } from './account-view.ts';
import { classifyReading } from './classify.ts';
import { createLookup } from './lookup.ts';
import type { EpochSource, Lookup, NextNonce, PortContext, Signer, Submitter } from './ports.ts';
import { quantity } from './quantities.ts';
import type { Rpc } from './rpc.ts';
import { createSigner, type SigningAccount } from './signer.ts';
import { createSubmitter } from './submitter.ts';

/** The executor's ports to one chain and one account, and what the store is bound to (rule M7). */
export interface EvmChain {
  /** The signing account, lower case. */
  readonly address: string;
  readonly chainId: number;
  /** Tells chains with the same id apart. */
  readonly genesisHash: string;
  readonly signer: Signer;
  readonly submitter: Submitter;
  readonly lookup: Lookup;
  /** The next nonce with the pool's transactions counted. */
  readonly nextNonce: NextNonce;
  /** `floor(newest block / epochBlocks)`. */
  readonly epochSource: EpochSource;
  /** The account's balance in the newest block, in base units. */
  readonly balance: (context: PortContext) => Promise<bigint>;
  /** Ends what is in flight; the ports fail from then on. */
  readonly close: () => void;
}

/** What the ports are made of, once the chain is known. */
export interface EvmParts extends Pick<EvmChain, 'chainId' | 'genesisHash'> {
  readonly rpc: Rpc;
  readonly account: SigningAccount;
  readonly epochBlocks: number;
  readonly clock: Pick<Clock, 'now'>;
}

/** The ports over one endpoint. It asks nothing by itself. */
export const portsOver = ({ rpc, account, chainId, genesisHash, epochBlocks, clock }: EvmParts): EvmChain => {
  const address = account.address.toLowerCase();
  const read = async (
    method: string,
    params: readonly unknown[],
    { signal }: PortContext,
  ): Promise<bigint> => {
    try {
      return await quantity(rpc, method, params, signal);
    } catch (error) {
      throw classifyReading(error);
    }
  };

  return {
    address,
    chainId,
    genesisHash,
    signer: createSigner({
      rpc,
      account,
      chainId,
      reader: createAccountReader({ rpc, address, chainId, clock }),
      clock,
    }),
    submitter: createSubmitter(rpc),
    lookup: createLookup(rpc, address),
    nextNonce: async (context) =>
      Number(await read('eth_getTransactionCount', [address, 'pending'], context)),
    epochSource: async (context) =>
      Math.floor(Number(await read('eth_blockNumber', [], context)) / epochBlocks),
    balance: (context) => read('eth_getBalance', [address, 'latest'], context),
    close: () => rpc.close(),
  };
};
