import type { Insertable, Selectable } from 'kysely';
import { prepared } from './prepared.ts';
import { chunksOf } from './rows.ts';
import type { StoreSchema, StoreWriter } from './schema.ts';

type AuditEntry = Insertable<StoreSchema['audit']>;
type ChangeEntry = Omit<Selectable<StoreSchema['audit']>, 'seq'>;

/** Well below the parameter limits, and still few statements. */
const ENTRIES_PER_STATEMENT = 200;

/** Adds to the audit trail, in order. The database itself refuses to change or delete what is there. */
export async function appendAudit(db: StoreWriter, entries: readonly AuditEntry[]): Promise<void> {
  for (const chunk of chunksOf(entries, ENTRIES_PER_STATEMENT)) {
    await db.insertInto('audit').values(chunk).execute();
  }
}

/** Adds one entry, of one change. */
export const appendChange = prepared((db, entry: ChangeEntry) =>
  db.insertInto('audit').values({
    at: entry.at,
    owner: entry.owner,
    fence: entry.fence,
    disbursement_id: entry.disbursement_id,
    from_status: entry.from_status,
    to_status: entry.to_status,
    nonce: entry.nonce,
    tx_hash: entry.tx_hash,
    attempts: entry.attempts,
    reason: entry.reason,
    not_before: entry.not_before,
    gap: entry.gap,
    payload: entry.payload,
  }),
);
