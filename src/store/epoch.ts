import { sql } from 'kysely';
import { requireLease } from './lease.ts';
import { readMeta, writeMeta } from './meta.ts';
import type { StoreReader, StoreWriter } from './schema.ts';
import type { Lease } from './store.ts';

/** 0 in a store that was never told one: rows of epoch 0 are due from the start. */
export async function highestEpoch(db: StoreReader): Promise<number> {
  return Number((await readMeta(db, 'epoch')) ?? 0);
}

/**
 * Stores a higher epoch and flags the rows that it makes due. The flag is there so that the queue is one range of an
 * index whose length is what is due: by `scheduled_epoch <= ?` a scan in order of id walks over all later rows.
 */
export async function raiseEpoch(
  db: StoreWriter,
  lease: Lease,
  epoch: number,
  { now }: { readonly now: number },
): Promise<number> {
  await requireLease(db, lease);
  const stored = await highestEpoch(db);
  if (epoch <= stored) return stored;
  await writeMeta(db, 'epoch', String(epoch));
  await db
    .updateTable('disbursement')
    .set({ due: 1, due_since: now })
    .where('due', '=', sql.lit(0))
    .where('scheduled_epoch', '<=', epoch)
    .execute();
  return epoch;
}
