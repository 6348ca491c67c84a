import { privateKeyToAccount } from 'viem/accounts';
import { type Clock, systemClock } from '../clock.ts';
import { ConfigurationError } from '../errors.ts';
import { createAccountReader } from './account-view.ts';
import { classifyReading } from './classify.ts';
import { createLookup } from './lookup.ts';
import type { EpochSource, Lookup, NextNonce, PortContext, Signer, Submitter } from './ports.ts';
import { getBlock, isHash, quantity } from './quantities.ts';
import { redactUrl } from './redact.ts';
import { createRpc, type Rpc } from './rpc.ts';
import { ChainUnreachableError, RpcFault } from './rpc-fault.ts';
import { createSigner } from './signer.ts';
import { createSubmitter } from './submitter.ts';

/** What an EVM chain is opened with. */
export interface EvmChainOptions {
  /** http or https. It may hold credentials: they appear in no error. */
  readonly rpcUrl: string;
  /** 32 bytes in hexadecimal, with or without `0x`. It appears nowhere. */
  readonly privateKey: string;
  /**
   * Blocks of one epoch, at least 1.
   * @defaultValue 120
   */
  readonly epochBlocks?: number;
  /**
   * Limit for each request, in milliseconds.
   * @defaultValue 10000
   */
  readonly timeoutMs?: number;
  /** Tells how old a cached view of the account is. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Gives up opening. */
  readonly signal?: AbortSignal;
}

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

const openAccount = (privateKey: string) => {
  const digits = privateKey.startsWith('0x') ? privateKey.slice(2) : privateKey;
  try {
    if (/^[0-9a-f]{64}$/i.test(digits)) return privateKeyToAccount(`0x${digits}`);
  } catch {
    // Zero, or beyond the order of the curve. The library's error may quote the key, so it goes no further.
  }
  throw new ConfigurationError('the private key must be 32 bytes in hexadecimal, and a valid secp256k1 key');
};

const identify = async (rpc: Rpc, { rpcUrl, signal }: EvmChainOptions) => {
  try {
    const [chainId, genesis] = await Promise.all([
      quantity(rpc, 'eth_chainId', [], signal),
      getBlock(rpc, '0x0', signal),
    ]);
    const genesisHash = genesis['hash'];
    if (!isHash(genesisHash)) throw new RpcFault('malformed', 'eth_getBlockByNumber: block 0 without a hash');
    return { chainId: Number(chainId), genesisHash };
  } catch (error) {
    const classified = classifyReading(error);
    if (classified instanceof ConfigurationError) throw classified;
    throw new ChainUnreachableError(`no Ethereum RPC at ${redactUrl(rpcUrl)}: ${classified.message}`, {
      cause: classified.cause,
    });
  }
};

/**
 * Opens a chain: reads chain id and genesis hash, and gives the ports.
 *
 * @throws ChainUnreachableError when nothing answers there as an Ethereum node does.
 * @throws ConfigurationError for a bad key, URL or option, and when the RPC refuses the credentials (401, 403).
 *
 * @example
 * const chain = await openEvmChain({ rpcUrl: 'http://127.0.0.1:8545', privateKey });
 * const intent = await chain.signer(disbursement, request, { signal });
 * // make it durable here
 * await chain.submitter(intent, { signal });
 */
export const openEvmChain = async (options: EvmChainOptions): Promise<EvmChain> => {
  const { rpcUrl, privateKey, epochBlocks = 120, timeoutMs = 10_000, clock = systemClock } = options;
  if (!Number.isSafeInteger(epochBlocks) || epochBlocks < 1)
    throw new ConfigurationError(`epochBlocks must be a whole number of at least 1, got ${epochBlocks}`);
  const account = openAccount(privateKey);
  const address = account.address.toLowerCase();
  const rpc = createRpc({ rpcUrl, timeoutMs });
  const { chainId, genesisHash } = await identify(rpc, options);

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

export { createAccountReader } from './account-view.ts';
export { classifySubmission } from './classify.ts';
export { createLookup } from './lookup.ts';
export type {
  EpochSource,
  Lookup,
  NextNonce,
  PortContext,
  Signer,
  SigningRequest,
  Submitter,
} from './ports.ts';
export { redactUrl } from './redact.ts';
export { createRpc, type Rpc } from './rpc.ts';
export { ChainUnreachableError, RpcFault, type RpcFaultKind } from './rpc-fault.ts';
export { createSigner } from './signer.ts';
export { createSubmitter } from './submitter.ts';
