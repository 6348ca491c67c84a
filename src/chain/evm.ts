import { privateKeyToAccount } from 'viem/accounts';
import { type Clock, systemClock } from '../clock.ts';
import { ConfigurationError } from '../errors.ts';
import { classifyReading } from './classify.ts';
import { type EvmChain, portsOver } from './evm-ports.ts';
import { getBlock, isHash, quantity } from './quantities.ts';
import { redactUrl } from './redact.ts';
import { createRpc, type Rpc } from './rpc.ts';
import { ChainUnreachableError, RpcFault } from './rpc-fault.ts';

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
  const rpc = createRpc({ rpcUrl, timeoutMs });
  const { chainId, genesisHash } = await identify(rpc, options);

  return portsOver({ rpc, account, chainId, genesisHash, epochBlocks, clock });
};

export { createAccountReader } from './account-view.ts';
export { classifySubmission } from './classify.ts';
export type { EvmChain } from './evm-ports.ts';
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
