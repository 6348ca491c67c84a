import { Kysely, sql } from 'kysely';
import { migrate } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { openNodeSqlite } from '../../src/store/node-sqlite.ts';
import type { StoreSchema } from '../../src/store/schema.ts';
import { sqliteSchema, storeDialect } from '../../src/store/sqlite-dialect.ts';

/**
 * Makes a store as the version before control tables left it: the first migration, and what an executor wrote.
 * @param leaseUntil epoch milliseconds
 */
export async function makeOldStore(path: string, leaseUntil: number): Promise<void> {
  const db = new Kysely<StoreSchema>({ dialect: storeDialect(openNodeSqlite(path, 5)) });
  const { '0001-initial': initial } = migrations(sqliteSchema);
  if (initial === undefined) throw new Error('the first migration is gone');
  await db.transaction().execute(async (transaction) => {
    await migrate(transaction, { '0001-initial': initial });
    await sql.raw(`pragma application_id = ${0x54_52_42_52}`).execute(transaction);
    await sql
      .raw(`update lease set owner = 'old', fence = 7, expires_at = ${leaseUntil}`)
      .execute(transaction);
    await sql.raw(`insert into meta values ('breaker', '{"state":"OPEN"}')`).execute(transaction);
  });
  await db.destroy();
}
