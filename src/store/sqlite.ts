import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Kysely } from 'kysely';
import { GroupCommit, type WriteWork } from './group-commit.ts';
import { isBehind, migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openNodeSqlite } from './node-sqlite.ts';
import { type BusyRetry, retryBusy } from './retry-busy.ts';
import type { StoreSchema } from './schema.ts';
import { createSqlStore, type SqlSession } from './sql-store.ts';
import { APPLICATION_ID, isNewFile, pragma, prepareConnection, quickCheck } from './sqlite-connection.ts';
import { sqliteSchema, storeDialect } from './sqlite-dialect.ts';
import { isBusy, isContained, toStorageError } from './sqlite-errors.ts';
import { makeFile, realPathOf, requireFile, StoreNotFoundError, sizeOf } from './sqlite-file.ts';
import { damaged, requireIntact } from './sqlite-intact.ts';
import type { Store } from './store.ts';
import { forgetTallies, settleTallies } from './tally.ts';

export { StoreNotFoundError } from './sqlite-file.ts';

export interface SqliteStoreOptions {
  /**
   * Makes the database, and the directories above it, if there is none. With `false` a missing one is a
   * {@link StoreNotFoundError}: for commands that only look.
   * @defaultValue true
   */
  readonly create?: boolean;
  /**
   * Waits between attempts while another connection writes.
   * @defaultValue `setTimeout`
   */
  readonly sleep?: BusyRetry['sleep'];
  /**
   * How long to wait for another connection, in milliseconds, before it is a `StorageError`.
   * @defaultValue 10_000
   */
  readonly busyLimitMs?: number;
  /**
   * Further PRAGMAs of the connection, set last. A test makes a full disk with `max_page_count`.
   * @internal
   */
  readonly pragmas?: Readonly<Record<string, string | number>>;
  /**
   * Hears of each transaction that wrote, once it is durable. A bench counts them.
   * @internal
   */
  readonly onCommit?: () => void;
}

/** SQLite blocks the thread for so long at each attempt to lock; the rest of the waiting is asynchronous. */
const BUSY_TIMEOUT_MS = 5;

/** Larger files are not read as a whole when they are opened, for which all would wait: what is damaged is met later. */
const LARGEST_CHECKED = 256 * 1024 ** 2;

type Patiently = <T>(attempt: () => Promise<T>) => Promise<T>;

const STORE_MIGRATIONS = migrations(sqliteSchema);

/**
 * Opens the embedded store: one SQLite file, any number of processes of this machine. Not for network file systems.
 *
 * Throws `StorageError` when the file is damaged or of another program (it is then left as it was), and
 * `ConfigurationError` when a newer version of this package wrote it.
 *
 * @example
 * ```ts
 * const store = await openSqliteStore('.treasury/treasury.db');
 * ```
 */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<Store> {
  const file = resolve(path);
  try {
    await requireIntact(file);
    await (options.create === false ? requireFile(file) : makeFile(file));
    return createSqlStore(await openSession(file, options));
  } catch (error) {
    throw toStorageError(error, file);
  }
}

async function openSession(file: string, options: SqliteStoreOptions): Promise<SqlSession> {
  const { create = true, sleep = delay, busyLimitMs = 10_000, pragmas = {}, onCommit = () => {} } = options;
  const patiently: Patiently = (attempt) => retryBusy(attempt, isBusy, { sleep, limitMs: busyLimitMs });
  const isNew = await examine(file, patiently);
  if (isNew && !create) throw new StoreNotFoundError(file);
  const connection = openNodeSqlite(file, BUSY_TIMEOUT_MS);
  const db = new Kysely<StoreSchema>({ dialect: storeDialect(connection) });
  try {
    await patiently(() => prepareConnection(db, file));
    if (await patiently(() => isBehind(db, STORE_MIGRATIONS))) await patiently(() => makeSchema(db));
    for (const [name, value] of Object.entries(pragmas)) await pragma(db, `${name} = ${value}`);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const writes = new GroupCommit({
    async transact(body: WriteWork<void>) {
      await patiently(() => db.transaction().execute(body));
      onCommit();
    },
    isContained: (error) => connection.isInTransaction && isContained(error),
    settle: settleTallies,
    forget: forgetTallies,
  });
  return sessionOver(db, file, writes, patiently);
}

/**
 * Whether the file is new. One that is no sound store of this version or an older one throws, and is left as it was: a
 * connection that could write to it would put its log into it as it closes, so with a log this one cannot.
 */
async function examine(file: string, patiently: Patiently): Promise<boolean> {
  const hasLog = (await sizeOf(`${await realPathOf(file)}-wal`)) > 0;
  const connection = openNodeSqlite(file, BUSY_TIMEOUT_MS, { readOnly: hasLog });
  const db = new Kysely<StoreSchema>({ dialect: storeDialect(connection) });
  try {
    if (await patiently(() => isNewFile(db, file))) return true;
    if ((await sizeOf(file)) <= LARGEST_CHECKED) {
      const [fault] = await patiently(() => quickCheck(db));
      if (fault !== undefined) throw damaged(file, fault);
    }
    await patiently(() => isBehind(db, STORE_MIGRATIONS));
    return false;
  } finally {
    await db.destroy();
  }
}

function sessionOver(
  db: Kysely<StoreSchema>,
  file: string,
  writes: GroupCommit,
  patiently: Patiently,
): SqlSession {
  const translated = async <T>(result: Promise<T>): Promise<T> => {
    try {
      return await result;
    } catch (error) {
      throw toStorageError(error, file);
    }
  };
  return {
    read: (work) => translated(patiently(() => db.transaction().setAccessMode('read only').execute(work))),
    write: (work) => translated(writes.run(work)),
    async close() {
      await writes.idle();
      // There is one connection: having it means that no read is under way.
      await translated(db.connection().execute(async () => {}));
      await translated(db.destroy());
    },
  };
}

async function makeSchema(db: Kysely<StoreSchema>): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await migrate(transaction, STORE_MIGRATIONS);
    await pragma(transaction, `application_id = ${APPLICATION_ID}`);
  });
}
