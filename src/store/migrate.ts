import type { Kysely } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration';
import { ConfigurationError } from '../errors.ts';
import type { StoreReader, StoreWriter } from './schema.ts';

/** Whether the schema is behind these migrations; throws as {@link missingMigrations} does. */
export async function isBehind(
  db: StoreReader,
  migrations: Readonly<Record<string, Migration>>,
): Promise<boolean> {
  return (await missingMigrations(db, migrations)).length > 0;
}

/**
 * Which of these migrations the schema lacks, in their order. Reads only, so that opening a store never waits for a writer.
 * Throws `ConfigurationError` when a newer version of this package has been here.
 */
export async function missingMigrations(
  db: StoreReader,
  migrations: Readonly<Record<string, Migration>>,
): Promise<readonly string[]> {
  const applied = await appliedMigrations(db);
  const unknown = applied.filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length > 0) {
    throw new ConfigurationError(
      `the store was written by a newer version (schema ${unknown.join(', ')}): upgrade treasury-breaker to open it`,
    );
  }
  return Object.keys(migrations).filter((name) => !applied.includes(name));
}

/** Applies what is missing, all of it or nothing. Another process may have done so meanwhile. */
export async function migrate(
  db: StoreWriter,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const provider = { getMigrations: async () => migrations };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
}

async function appliedMigrations(db: StoreReader): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === DEFAULT_MIGRATION_TABLE)) return [];
  // The migration table is the migrator's own and no part of our schema.
  const bookkeeping = db as unknown as Kysely<{ [DEFAULT_MIGRATION_TABLE]: { name: string } }>;
  const rows = await bookkeeping.selectFrom(DEFAULT_MIGRATION_TABLE).select('name').execute();
  return rows.map((row) => row.name);
}
