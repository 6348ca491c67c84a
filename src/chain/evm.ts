import { type Clock, systemClock } from '../clock.ts';
import { ConfigurationError } from '../errors.ts';
import { type EvmChain, portsOver } from './evm-ports.ts';
import { openSigningAccount } from './fast-signing.ts';
import { identify } from './identify.ts';
import { createRpc } from './rpc.ts';

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
  const account = await openSigningAccount(privateKey);
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
