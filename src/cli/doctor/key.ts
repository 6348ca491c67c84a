import { type Check, failed, ok, warning } from './check.ts';
import { findingOf } from './from-error.ts';
import type { Subject } from './subject.ts';

/** Whether the key is its owner's alone, valid, and the one that the store belongs to. */
export const key: Check = {
  name: 'key',
  async examine(subject) {
    let address: string | undefined;
    try {
      address = await subject.keyAddress();
    } catch (error) {
      return [findingOf(error, 'put the right key into the file')];
    }
    if (address === undefined) return [warning('no key was given', 'give --key-file, as to treasury run')];
    const signer = await signerOf(subject);
    if (signer === undefined) return [ok(`${address}, readable by its owner only`)];
    if (signer === address) return [ok(`${address}, readable by its owner only, the signer of the store`)];
    return [
      failed(
        `it is the key of ${address}, and the store belongs to ${signer}`,
        'name the key file of that signer, or with --db the store of this one',
      ),
    ];
  },
};

/** A store that cannot be read is another line's fault. */
async function signerOf(subject: Subject): Promise<string | undefined> {
  try {
    return (await (await subject.store())?.store.boundChain())?.signer;
  } catch {
    return undefined;
  }
}
