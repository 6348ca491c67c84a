import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely } from 'kysely';
import { StorageError } from '../errors.ts';
import { missingMigrations } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openNodeSqlite } from './node-sqlite.ts';
import { retryBusy } from './retry-busy.ts';
import type { StoreReader, StoreSchema } from './schema.ts';
import { createSqlStore, type SqlSession } from './sql-store.ts';
import { isNewFile, quickCheck } from './sqlite-connection.ts';
import { sqliteSchema, storeDialect } from './sqlite-dialect.ts';
import { isBusy, toStorageError } from './sqlite-errors.ts';
import { requireFile, StoreNotFoundError } from './sqlite-file.ts';
import { requireIntact } from './sqlite-intact.ts';
import type { Backlog, Store } from './store.ts';
import { readTallies } from './tally.ts';

/** An embedded store that is looked at, and left as it is. */
export interface StoreLook {
  /** The path of its file, links followed: SQLite keeps its other files beside it. */
  readonly file: string;
  /** `checkAudit` needs the newest schema; what the others read, every schema has. */
  readonly store: Pick<Store, 'boundChain' | 'nonceFloor' | 'checkAudit'>;
  /** The migrations that opening the store would apply. */
  readonly missingMigrations: readonly string[];
  /**
   * What SQLite's `quick_check` finds, nothing in a sound file. Reads the whole file, and blocks the thread meanwhile.
   * Damage that it cannot read past is a StorageError.
   */
  quickCheck(): Promise<readonly string[]>;
  /** What stands in each status; every status is in it. */
  tallies(): Promise<Backlog['byStatus']>;
  /** When a disbursement changed last. Epoch milliseconds; `undefined` while there is none. */
  lastChangeAt(): Promise<number | undefined>;
  close(): Promise<void>;
}

const BUSY_TIMEOUT_MS = 5;
const BUSY_LIMIT_MS = 1_000;

/**
 * Opens a store read-only, beside an executor that writes to it: it migrates nothing, takes no lease, and the connection
 * could not change the file. SQLite may make the empty `-wal` and `-shm` files beside it that every reader needs.
 *
 * @throws StoreNotFoundError when there is none, StorageError when the file is damaged or of another program,
 * ConfigurationError when a newer version of this package wrote it
 */
export async function lookAtSqliteStore(path: string): Promise<StoreLook> {
  const file = resolve(path);
  try {
    await requireIntact(file);
    await requireFile(file);
    return await look(await realpath(file));
  } catch (error) {
    throw toStorageError(error, file);
  }
}

async function look(file: string): Promise<StoreLook> {
  const connection = openNodeSqlite(file, BUSY_TIMEOUT_MS, { readOnly: true });
  const db = new Kysely<StoreSchema>({ dialect: storeDialect(connection) });
  const patiently = <T>(attempt: () => Promise<T>): Promise<T> =>
    retryBusy(attempt, isBusy, { sleep, limitMs: BUSY_LIMIT_MS });
  const read: SqlSession['read'] = async (work) => {
    try {
      return await patiently(() => db.transaction().setAccessMode('read only').execute(work));
    } catch (error) {
      throw toStorageError(error, file);
    }
  };
  try {
    if (await patiently(() => isNewFile(db, file))) throw new StoreNotFoundError(file);
    const missing = await patiently(() => missingMigrations(db, migrations(sqliteSchema)));
    const store = createSqlStore({
      read,
      write: async () => {
        throw new StorageError(`store ${file}: it was opened to be looked at, not to be changed`);
      },
      close: () => db.destroy(),
    });
    return {
      file,
      store,
      missingMigrations: missing,
      quickCheck: () => read(quickCheck),
      tallies: () => read(readTallies),
      lastChangeAt: () => read(lastChangeAt),
      close: () => store.close(),
    };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

async function lastChangeAt(db: StoreReader): Promise<number | undefined> {
  const newest = await db.selectFrom('audit').select('at').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return newest?.at;
}
