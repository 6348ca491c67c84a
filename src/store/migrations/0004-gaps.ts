import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Marks cancelled disbursements whose nonce is open: they are in flight until the chain shows what took it. No version
 * before cancelled one that had a nonce, so none is marked.
 */
export const gaps = (): Migration => ({
  async up(db) {
    for (const table of ['disbursement', 'audit']) {
      await db.schema
        .alterTable(table)
        .addColumn('gap', 'integer', (column) => column.notNull().defaultTo(0).check(sql`gap in (0, 1)`))
        .execute();
    }
    // Every tick asks for them, and nearly always there are none.
    await db.schema
      .createIndex('disbursement_gap')
      .on('disbursement')
      .column('nonce')
      .where(sql<boolean>`gap = 1`)
      .execute();
  },
});
