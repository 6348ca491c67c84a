import { keccak256 } from 'viem/utils';
import { ConfigurationError } from '../errors.ts';
import { classifySubmission } from './classify.ts';
import type { Submitter } from './ports.ts';
import { isHash } from './quantities.ts';
import type { Rpc } from './rpc.ts';
import { RpcFault } from './rpc-fault.ts';

const METHOD = 'eth_sendRawTransaction';

/**
 * Sends the stored bytes in exactly one request.
 *
 * Two things stop the executor (`ConfigurationError`), because every later look-up would be about a transaction that
 * was never sent: bytes that do not have the stored hash (nothing is sent), and a node that names another hash for the
 * bytes it took. The row keeps its bytes in both, so whatever the node did is found by their hash.
 */
export const createSubmitter =
  (rpc: Rpc): Submitter =>
  async (intent, { signal }) => {
    if (keccak256(intent.rawTx as `0x${string}`) !== intent.txHash)
      throw new ConfigurationError(
        `the stored bytes of ${intent.txHash} have another hash; nothing was sent`,
      );
    try {
      const hash = await rpc.request(METHOD, [intent.rawTx], signal);
      if (!isHash(hash)) throw new RpcFault('malformed', `${METHOD}: the result is not a transaction hash`);
      if (hash.toLowerCase() !== intent.txHash)
        throw new ConfigurationError(
          `the RPC took ${intent.txHash} and named it ${hash}: do not trust this endpoint`,
        );
      return intent.txHash;
    } catch (error) {
      throw classifySubmission(error);
    }
  };
