import { quantity } from '../../chain/quantities.ts';
import { readUsedNonces, type UsedNonces } from '../../executor/nonce-guard.ts';
import { accountAndChain } from './account-and-chain.ts';
import { type Check, type Finding, failed, ok, unexamined, warning } from './check.ts';
import { counted } from './texts.ts';

/** Whether the chain has used nonces of which the store knows nothing (rule M7): then payments may be made twice. */
export const nonce: Check = {
  name: 'nonce',
  async examine(subject, { signal }) {
    const found = await accountAndChain(subject);
    if ('finding' in found) return [found];
    const { address, chain } = found;
    const look = await subject.store().catch(() => null);
    if (look === null) return [unexamined('the store cannot be read', 'store')];
    const used = await readUsedNonces(
      look?.store ?? { nonceFloor: async () => undefined },
      async () => Number(await quantity(chain.rpc, 'eth_getTransactionCount', [address, 'pending'], signal)),
      signal,
    );
    const queued = (await look?.tallies())?.queued.rows ?? 0;
    return [judgeNonces(used, queued, subject.options.adoptNonce ?? false)];
  },
};

/** @param queued payments that would be signed next */
export function judgeNonces({ chain, known }: UsedNonces, queued: number, adopts: boolean): Finding {
  const seen = `the account has used ${counted(chain, 'nonce')}, and the store knows of ${known}`;
  if (chain <= known) return ok(seen);
  const risk = `${counted(queued, 'queued payment')} and what is imported anew may be paid already, and would be paid a second time`;
  if (adopts) {
    return warning(
      `${seen}; --adopt-nonce goes on all the same: ${risk}`,
      'compare "treasury list --status queued" with the chain before you run it',
    );
  }
  return failed(
    `${seen}: it is an old or a new store, or the key is used elsewhere`,
    `put the right store back; or compare "treasury list --status queued" with the chain and accept it with --adopt-nonce: ${risk}`,
  );
}
