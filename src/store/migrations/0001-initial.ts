import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { SchemaDialect } from './dialect.ts';

/**
 * The first schema. A migration is history: it names everything by its own literals, so that later code cannot change
 * what it once did.
 */
export const initial = (dialect: SchemaDialect): Migration => ({
  async up(db) {
    await db.schema
      .createTable('disbursement')
      .addColumn('id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('destination', 'text', (column) => column.notNull())
      .addColumn('amount', 'text', (column) => column.notNull())
      .addColumn('memo', 'text', (column) => column.notNull())
      .addColumn('scheduled_epoch', 'bigint', (column) => column.notNull())
      .addColumn('depends_on', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull().defaultTo('queued'))
      .addColumn('due', 'integer', (column) => column.notNull())
      .addColumn('nonce', 'bigint')
      .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('reason', 'text')
      .addColumn('not_before', 'bigint')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addCheckConstraint(
        'disbursement_status_known',
        sql`status in ('queued', 'staged', 'submitted', 'executed', 'finalized', 'cancelled', 'deadLetter')`,
      )
      .addCheckConstraint('disbursement_due_flag', sql`due in (0, 1)`)
      // A row with bytes may be on the chain: it cannot be queued again while it holds its nonce (rules M1, M5).
      .addCheckConstraint('disbursement_queued_without_nonce', sql`status <> 'queued' or nonce is null`)
      .addCheckConstraint(
        'disbursement_sent_with_nonce',
        sql`status not in ('staged', 'submitted', 'executed', 'finalized') or nonce is not null`,
      )
      .execute();
    await db.schema
      .createIndex('disbursement_nonce')
      .unique()
      .on('disbursement')
      .column('nonce')
      .where('nonce', 'is not', null)
      .execute();
    // For lists by status, and for what is in flight.
    await db.schema
      .createIndex('disbursement_by_status')
      .on('disbursement')
      .columns(['status', 'id'])
      .execute();
    // The two constant columns stand in front because SQLite otherwise takes disbursement_by_status for the queue,
    // and then walks over every row of a later epoch.
    await db.schema
      .createIndex('disbursement_queue')
      .on('disbursement')
      .columns(['status', 'due', 'id'])
      .where(sql<boolean>`status = 'queued' and due = 1`)
      .execute();
    await db.schema
      .createIndex('disbursement_later')
      .on('disbursement')
      .column('scheduled_epoch')
      .where(sql<boolean>`due = 0`)
      .execute();

    await db.schema
      .createTable('intent')
      .addColumn('tx_hash', 'text', (column) => column.notNull().primaryKey())
      .addColumn('disbursement_id', 'text', (column) => column.notNull().references('disbursement.id'))
      .addColumn('ordinal', 'integer', (column) => column.notNull())
      .addColumn('nonce', 'bigint', (column) => column.notNull())
      .addColumn('purpose', 'text', (column) => column.notNull().check(sql`purpose in ('pay', 'fill')`))
      .addColumn('raw_tx', 'text', (column) => column.notNull())
      .addColumn('max_cost', 'text')
      .addColumn('fence', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('intent_in_order', ['disbursement_id', 'ordinal'])
      .execute();
    await db.schema.createIndex('intent_nonce').on('intent').column('nonce').execute();
    await dialect.forbidChanges(db, 'intent');

    await db.schema
      .createTable('lease')
      .addColumn('id', 'integer', (column) => column.notNull().primaryKey().check(sql`id = 1`))
      .addColumn('owner', 'text')
      .addColumn('fence', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute();
    await sql`insert into lease (id, owner, fence, expires_at) values (1, null, 0, 0)`.execute(db);

    await db.schema
      .createTable('audit')
      .addColumn('seq', dialect.countingKey.type, dialect.countingKey.build)
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('owner', 'text')
      .addColumn('fence', 'bigint')
      .addColumn('disbursement_id', 'text', (column) => column.notNull())
      .addColumn('from_status', 'text')
      .addColumn('to_status', 'text', (column) => column.notNull())
      .addColumn('nonce', 'bigint')
      .addColumn('tx_hash', 'text')
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('not_before', 'bigint')
      .addColumn('payload', 'text')
      .execute();
    await db.schema.createIndex('audit_of').on('audit').columns(['disbursement_id', 'seq']).execute();
    await dialect.forbidChanges(db, 'audit');

    await db.schema
      .createTable('tally')
      .addColumn('status', 'text', (column) => column.notNull().primaryKey())
      .addColumn('rows', 'bigint', (column) => column.notNull().check(sql`rows >= 0`))
      .addColumn('amount', 'text', (column) => column.notNull())
      .execute();
    await sql`insert into tally (status, rows, amount) values
      ('queued', 0, '0'), ('staged', 0, '0'), ('submitted', 0, '0'), ('executed', 0, '0'),
      ('finalized', 0, '0'), ('cancelled', 0, '0'), ('deadLetter', 0, '0')`.execute(db);

    await db.schema
      .createTable('meta')
      .addColumn('key', 'text', (column) => column.notNull().primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute();
  },
});
