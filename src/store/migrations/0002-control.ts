import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { SchemaDialect } from './dialect.ts';

/** Orders of an operator to the breaker, and what became of them. */
export const control = (dialect: SchemaDialect): Migration => ({
  async up(db) {
    await db.schema
      .createTable('control')
      .addColumn('id', dialect.countingKey.type, dialect.countingKey.build)
      .addColumn('action', 'text', (column) => column.notNull().check(sql`action in ('isolate', 'reset')`))
      .addColumn('reason', 'text')
      .addColumn('requested_by', 'text', (column) => column.notNull())
      .addColumn('requested_at', 'bigint', (column) => column.notNull())
      .addColumn('applied_at', 'bigint')
      .addColumn('applied_owner', 'text')
      .addColumn('applied_fence', 'bigint')
      .addCheckConstraint(
        'control_applied_by_a_lease',
        sql`(applied_at is null) = (applied_owner is null) and (applied_at is null) = (applied_fence is null)`,
      )
      .execute();
    // Every tick asks for what waits, and nearly always nothing does.
    await db.schema
      .createIndex('control_pending')
      .on('control')
      .column('id')
      .where(sql<boolean>`applied_at is null`)
      .execute();

    await db.schema
      .createTable('control_audit')
      .addColumn('seq', dialect.countingKey.type, dialect.countingKey.build)
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('fence', 'bigint', (column) => column.notNull())
      .addColumn('control_id', 'bigint', (column) => column.notNull().unique().references('control.id'))
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('requested_by', 'text', (column) => column.notNull())
      .addColumn('requested_at', 'bigint', (column) => column.notNull())
      .addColumn('from_state', 'text', (column) => column.notNull())
      .addColumn('to_state', 'text', (column) => column.notNull())
      .execute();
    await dialect.forbidChanges(db, 'control_audit');
  },
});
