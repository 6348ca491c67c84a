import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  sql,
  type TransactionSettings,
} from 'kysely';
import type { SchemaDialect } from './migrations/index.ts';
import type { SqliteConnection } from './node-sqlite.ts';

/** kysely's own dialect for SQLite, with the transactions that a store with several writers needs. */
export function storeDialect(connection: SqliteConnection): Dialect {
  const dialect = new SqliteDialect({ database: connection });
  return {
    createDriver: () => new StoreDriver(connection),
    createAdapter: () => new StoreAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

class StoreDriver extends SqliteDriver {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    super({ database: connection });
    this.#connection = connection;
  }

  /** A plain `begin` that reads and then writes fails at once beside another writer, whatever the busy timeout. */
  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    const begin = settings?.accessMode === 'read only' ? 'begin' : 'begin immediate';
    await connection.executeQuery(CompiledQuery.raw(begin));
  }

  /** SQLite may have rolled back already; a second rollback would hide the error that made it. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#connection.isInTransaction) await super.rollbackTransaction(connection);
  }
}

class StoreAdapter extends SqliteAdapter {
  /** It is, whatever kysely assumes: a migration is applied as a whole or not at all. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** What SQLite's schema says in its own way. */
export const sqliteSchema: SchemaDialect = {
  countingKey: { type: 'integer', build: (column) => column.notNull().primaryKey().autoIncrement() },
  async forbidChanges(db, table) {
    for (const event of ['update', 'delete'] as const) {
      await sql`
        create trigger ${sql.id(`${table}_no_${event}`)} before ${sql.raw(event)} on ${sql.table(table)}
        begin select raise(abort, ${sql.lit(`${table} is append-only`)}); end
      `.execute(db);
    }
  },
};
