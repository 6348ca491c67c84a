import { type Compilable, sql } from 'kysely';
import type { StoreReader } from './schema.ts';
import type { Backlog } from './store.ts';
import { readTallies } from './tally.ts';

/** Rows and sums of each status, and since when the oldest pending one is due; see `Store.backlog`. */
export async function backlog(db: StoreReader): Promise<Backlog> {
  const byStatus = await readTallies(db);
  const { since } = (await oldestPendingStatement(db).executeTakeFirst()) ?? {};
  return { byStatus, oldestPendingAt: since ?? undefined };
}

interface OldestStatement extends Compilable<{ since: number | null }> {
  executeTakeFirst(): Promise<{ since: number | null } | undefined>;
}

/** Apart so that its plan can be looked at: the condition is, letter for letter, that of the index. */
export function oldestPendingStatement(db: StoreReader): OldestStatement {
  return db
    .selectFrom('disbursement')
    .select('due_since as since')
    .where(
      sql<boolean>`due = 1 and status in ('queued', 'staged', 'submitted') and (depends_on = '[]' or nonce is not null)`,
    )
    .orderBy('due_since')
    .limit(1);
}
