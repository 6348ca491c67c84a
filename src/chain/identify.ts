import { ConfigurationError } from '../errors.ts';
import { classifyReading } from './classify.ts';
import { getBlock, isHash, quantity } from './quantities.ts';
import { redactUrl } from './redact.ts';
import type { Rpc } from './rpc.ts';
import { ChainUnreachableError, RpcFault } from './rpc-fault.ts';

interface Endpoint {
  /** For messages, which name it without what may be a credential. */
  readonly rpcUrl: string;
  readonly signal?: AbortSignal;
}

/**
 * Which chain answers behind an endpoint.
 *
 * @throws ChainUnreachableError when nothing answers there as an Ethereum node does
 * @throws ConfigurationError when the RPC refuses the credentials (401, 403)
 */
export const identify = async (rpc: Rpc, { rpcUrl, signal }: Endpoint) => {
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
