import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** What the store needs of a SQLite driver. */
export interface SqliteConnection extends SqliteDatabase {
  /** False again when SQLite has rolled back by itself, as it may on a full disk. */
  readonly isInTransaction: boolean;
}

/** Different statements that are kept prepared. Ours are some forty; lists of ids vary in length. */
const CACHED_STATEMENTS = 200;

/**
 * Opens a file with Node's own SQLite. No other file of the package imports `node:sqlite`.
 * @param busyTimeoutMs how long SQLite may block the thread for a lock
 */
export function openNodeSqlite(
  path: string,
  busyTimeoutMs: number,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): SqliteConnection {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs, readOnly });
  const statements = new Map<string, SqliteStatement>();
  return {
    get isInTransaction() {
      return database.isTransaction;
    },
    prepare(text) {
      const statement = statements.get(text) ?? prepare(database, text);
      // Set anew each time, so that the first key is the one that was unused for longest.
      statements.delete(text);
      statements.set(text, statement);
      if (statements.size > CACHED_STATEMENTS) statements.delete(statements.keys().next().value ?? text);
      return statement;
    },
    close() {
      statements.clear();
      database.close();
    },
  };
}

function prepare(database: DatabaseSync, text: string): SqliteStatement {
  const statement = database.prepare(text);
  const bound = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bound(parameters)),
    run: (parameters) => statement.run(...bound(parameters)),
    iterate: (parameters) => statement.iterate(...bound(parameters)),
  };
}
