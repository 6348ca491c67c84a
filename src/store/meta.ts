import { ConfigurationError, StorageError } from '../errors.ts';
import { requireLease } from './lease.ts';
import { prepared } from './prepared.ts';
import type { StoreReader, StoreWriter } from './schema.ts';
import type { ChainBinding, Lease } from './store.ts';

/** The single facts of a store. */
type MetaKey = 'chainId' | 'genesisHash' | 'signer' | 'epoch' | 'breaker';

/** One fact, or `undefined`. */
export async function readMeta(db: StoreReader, key: MetaKey): Promise<string | undefined> {
  const { rows } = await valueAt(db, { key });
  return rows[0]?.value;
}

const valueAt = prepared((db, { key }: { readonly key: MetaKey }) =>
  db.selectFrom('meta').select('value').where('key', '=', key),
);

/** Writes one fact over whatever was there. */
export async function writeMeta(db: StoreWriter, key: MetaKey, value: string): Promise<void> {
  await db
    .insertInto('meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

/** Rule M7: the first binding is for good. Throws `ConfigurationError` naming every side that differs. */
export async function bindChain(db: StoreWriter, binding: ChainBinding): Promise<void> {
  const wanted = {
    chainId: String(binding.chainId),
    genesisHash: binding.genesisHash,
    signer: binding.signer,
  };
  const differences: string[] = [];
  for (const key of ['chainId', 'genesisHash', 'signer'] as const) {
    const stored = await readMeta(db, key);
    if (stored === undefined) await writeMeta(db, key, wanted[key]);
    else if (stored !== wanted[key]) differences.push(`${key} ${stored}, not ${wanted[key]}`);
  }
  if (differences.length > 0) {
    throw new ConfigurationError(
      `the store belongs to ${differences.join('; ')}: use the store of this chain and key, or a new one`,
    );
  }
}

/** The binding; a store has all of it or nothing, because it is written in one transaction. */
export async function boundChain(db: StoreReader): Promise<ChainBinding | undefined> {
  const [chainId, genesisHash, signer] = [
    await readMeta(db, 'chainId'),
    await readMeta(db, 'genesisHash'),
    await readMeta(db, 'signer'),
  ];
  if (chainId === undefined || genesisHash === undefined || signer === undefined) return undefined;
  return { chainId: Number(chainId), genesisHash, signer };
}

/** The snapshot that {@link saveBreaker} was given last; what it means is for the breaker to judge. */
export async function loadBreaker(db: StoreReader): Promise<unknown> {
  const stored = await readMeta(db, 'breaker');
  if (stored === undefined) return undefined;
  try {
    return JSON.parse(stored);
  } catch (error) {
    throw new StorageError('the stored breaker snapshot is not JSON', { cause: error });
  }
}

export async function saveBreaker(db: StoreWriter, lease: Lease, snapshot: unknown): Promise<void> {
  await requireLease(db, lease);
  await writeMeta(db, 'breaker', JSON.stringify(snapshot));
}
