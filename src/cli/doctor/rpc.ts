import { redactUrl } from '../../chain/redact.ts';
import type { ChainBinding } from '../../store/store.ts';
import { type Check, type Finding, failed, problemsOr, warning } from './check.ts';
import { findingOf } from './from-error.ts';
import type { ReachedChain } from './reach-chain.ts';
import type { Subject } from './subject.ts';
import { milliseconds } from './texts.ts';

/** Whether the endpoint answers, and serves the chain that is meant. */
export const rpc: Check = {
  name: 'rpc',
  async examine(subject) {
    const { rpcUrl, chainId } = subject.options;
    let chain: ReachedChain | undefined;
    try {
      chain = await subject.chain();
    } catch (error) {
      return [findingOf(error, 'start the node, or correct --rpc-url')];
    }
    if (rpcUrl === undefined || chain === undefined) {
      return [warning('no endpoint was given', 'give --rpc-url, as to treasury run')];
    }
    const bound = await boundChain(subject);
    const asMeant = bound === undefined ? 'as --chain-id says' : 'which the store is bound to';
    return problemsOr(
      [...judgeChain(chain, chainId, bound), ...judgeSyncing(chain)],
      `${redactUrl(rpcUrl)} answers in ${milliseconds(chain.latencyMs)}: ` +
        `chain ${chain.chainId}, ${asMeant}, block ${chain.head.number}`,
    );
  },
};

/** A store that cannot be read is another line's fault. */
async function boundChain(subject: Subject): Promise<ChainBinding | undefined> {
  try {
    return await (await subject.store())?.store.boundChain();
  } catch {
    return undefined;
  }
}

/** @param expected the chain id that the operator names */
export function judgeChain(
  chain: Pick<ReachedChain, 'chainId' | 'genesisHash'>,
  expected: number | undefined,
  bound: ChainBinding | undefined,
): readonly Finding[] {
  if (expected !== undefined && expected !== chain.chainId) {
    return [failed(`it serves chain ${chain.chainId}, not ${expected}`, 'correct --rpc-url or --chain-id')];
  }
  const right = 'name the endpoint of that chain, or with --db the store of this one';
  if (bound !== undefined && bound.chainId !== chain.chainId) {
    return [
      failed(`it serves chain ${chain.chainId}, and the store belongs to chain ${bound.chainId}`, right),
    ];
  }
  if (bound !== undefined && bound.genesisHash !== chain.genesisHash) {
    return [
      failed(
        `it serves a chain ${chain.chainId} that began with block ${chain.genesisHash}, and the store belongs to one that began with ${bound.genesisHash}`,
        right,
      ),
    ];
  }
  if (bound === undefined && expected === undefined) {
    return [
      warning(
        `it serves chain ${chain.chainId}, and the store is bound to none yet: the first run binds it to this one for good`,
        'say with --chain-id which chain is meant',
      ),
    ];
  }
  return [];
}

function judgeSyncing({ isSyncing, head }: ReachedChain): readonly Finding[] {
  if (!isSyncing) return [];
  return [
    warning(
      `the node is still syncing, at block ${head.number}: it does not know what was mined later`,
      'wait until it has caught up',
    ),
  ];
}
