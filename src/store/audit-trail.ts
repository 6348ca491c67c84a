import type { Selectable } from 'kysely';
import type { StoreReader, StoreSchema } from './schema.ts';
import type { AuditQuery, AuditRecord } from './store.ts';

/** Changes in their order, or of one disbursement; see `Store.auditTrail`. */
export async function auditTrail(
  db: StoreReader,
  { id, after = 0, limit }: AuditQuery,
): Promise<readonly AuditRecord[]> {
  let page = db.selectFrom('audit').selectAll().where('seq', '>', after).orderBy('seq').limit(limit);
  if (id !== undefined) page = page.where('disbursement_id', '=', id);
  return (await page.execute()).map(toRecord);
}

/** The payload is what `show` tells; the signed bytes are in no audit row. */
const toRecord = (row: Selectable<StoreSchema['audit']>): AuditRecord => ({
  seq: row.seq,
  at: row.at,
  owner: row.owner ?? undefined,
  fence: row.fence ?? undefined,
  id: row.disbursement_id,
  from: row.from_status ?? undefined,
  to: row.to_status,
  nonce: row.nonce ?? undefined,
  txHash: row.tx_hash ?? undefined,
  attempts: row.attempts,
  reason: row.reason ?? undefined,
  notBefore: row.not_before ?? undefined,
});
