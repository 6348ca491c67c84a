import { type Finding, unexamined, warning } from './check.ts';
import type { ReachedChain } from './reach-chain.ts';
import type { Subject } from './subject.ts';

/** What a check of the account needs; or why it cannot be made, which is a fault that another line tells. */
export async function accountAndChain(
  subject: Subject,
): Promise<{ readonly address: string; readonly chain: ReachedChain } | Finding> {
  if (subject.options.rpcUrl === undefined) {
    return warning('not looked at: no endpoint was given', 'give --rpc-url, as to treasury run');
  }
  const chain = await subject.chain().catch(() => undefined);
  if (chain === undefined) return unexamined('the chain cannot be asked', 'rpc');
  if (subject.options.keyFile === undefined) {
    const signer = await subject.account().catch(() => undefined);
    return signer === undefined
      ? warning('not looked at: which account pays is not known', 'give --key-file, as to treasury run')
      : { address: signer, chain };
  }
  const address = await subject.account().catch(() => undefined);
  return address === undefined ? unexamined('the key cannot be read', 'key') : { address, chain };
}
