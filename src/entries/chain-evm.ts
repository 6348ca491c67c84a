import { withPeer } from './with-peer.ts';

// `treasury-breaker/chain/evm`: signer, submitter and look-up for EVM chains. Needs viem.
// Its types are those of the module itself.
export const {
  ChainUnreachableError,
  classifySubmission,
  createAccountReader,
  createLookup,
  createRpc,
  createSigner,
  createSubmitter,
  openEvmChain,
  RpcFault,
  redactUrl,
} = await withPeer('chain/evm', ['viem'], () => import('../chain/evm.ts'));
