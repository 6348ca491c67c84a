import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Notes since when a disbursement is due, so that an operator learns how long the oldest one waits. Of one that is due
 * already nobody knows: its last change stands for it.
 */
export const dueSince = (): Migration => ({
  async up(db) {
    await db.schema.alterTable('disbursement').addColumn('due_since', 'bigint').execute();
    await sql`update disbursement set due_since = updated_at where due = 1`.execute(db);
    // Every scrape asks for the first of them: what is settled, or waits for another one, is not in it. The constant
    // stands in front because SQLite otherwise takes disbursement_by_status, and walks over all that is queued.
    await db.schema
      .createIndex('disbursement_pending')
      .on('disbursement')
      .columns(['due', 'due_since'])
      .where(
        sql<boolean>`due = 1 and status in ('queued', 'staged', 'submitted') and (depends_on = '[]' or nonce is not null)`,
      )
      .execute();
  },
});
