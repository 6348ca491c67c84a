import type { NextNonce } from '../chain/ports.ts';
import { ConfigurationError } from '../errors.ts';
import type { Store } from '../store/store.ts';

/** How many nonces of the account are used, by the chain and by the store. */
export interface UsedNonces {
  readonly chain: number;
  readonly known: number;
}

/**
 * Reads both. The chain is asked first: a nonce that another executor of the same store uses in between is in the store
 * by then.
 */
export async function readUsedNonces(
  store: Pick<Store, 'nonceFloor'>,
  nextNonce: NextNonce,
  signal: AbortSignal,
): Promise<UsedNonces> {
  const chain = await nextNonce({ signal });
  const floor = await store.nonceFloor();
  return { chain, known: floor === undefined ? 0 : floor + 1 };
}

/**
 * Refuses a chain that has used nonces of which the store knows nothing (rule M7): the store is an old backup or a new
 * one, or the key is used elsewhere. Rows that this store takes for unpaid may have been paid then.
 *
 * @throws ConfigurationError naming both nonces and the remedy
 */
export async function assertNonceKnown(
  store: Pick<Store, 'nonceFloor'>,
  nextNonce: NextNonce,
  signal: AbortSignal,
): Promise<void> {
  const { chain, known } = await readUsedNonces(store, nextNonce, signal);
  if (chain <= known) return;
  throw new ConfigurationError(
    `the account has used ${chain} nonces and this store knows of ${known}: it is an old or a new store, or the key is ` +
      'used elsewhere, and rows it holds for unpaid may be paid already; put the right store back, or check the rows ' +
      'and accept it with "treasury run --adopt-nonce" (a local chain: begin anew with "treasury dev --reset")',
  );
}
