import type { Insertable } from 'kysely';
import { chunksOf } from './rows.ts';
import type { StoreSchema, StoreWriter } from './schema.ts';

type AuditEntry = Insertable<StoreSchema['audit']>;

/** Well below the parameter limits, and still few statements. */
const ENTRIES_PER_STATEMENT = 200;

/** Adds to the audit trail, in order. The database itself refuses to change or delete what is there. */
export async function appendAudit(db: StoreWriter, entries: readonly AuditEntry[]): Promise<void> {
  for (const chunk of chunksOf(entries, ENTRIES_PER_STATEMENT)) {
    await db.insertInto('audit').values(chunk).execute();
  }
}
