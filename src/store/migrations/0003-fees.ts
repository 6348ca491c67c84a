import type { Migration } from 'kysely/migration';

/** What each transaction offers for gas, so that a replacement can outbid it. Decimal text; null where it was not told. */
export const fees = (): Migration => ({
  async up(db) {
    await db.schema.alterTable('intent').addColumn('max_fee_per_gas', 'text').execute();
    await db.schema.alterTable('intent').addColumn('max_priority_fee_per_gas', 'text').execute();
  },
});
