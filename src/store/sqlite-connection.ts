import { sql } from 'kysely';
import { StorageError } from '../errors.ts';
import type { StoreReader } from './schema.ts';

/** "TRBR": tells a store from the SQLite files of other programs. */
export const APPLICATION_ID = 0x54_52_42_52;

/** Looks before anything is written, in one moment: whether the file is new (empty) or ours. Any other is a `StorageError`. */
export async function isNewFile(db: StoreReader, file: string): Promise<boolean> {
  const [id, version] = await db
    .transaction()
    .setAccessMode('read only')
    .execute(async (transaction) => {
      const [header] = await pragma<{ application_id: number }>(transaction, 'application_id');
      const [schema] = await pragma<{ schema_version: number }>(transaction, 'schema_version');
      return [header?.application_id, schema?.schema_version];
    });
  if (id === APPLICATION_ID) return false;
  if (id === 0 && version === 0) return true;
  throw new StorageError(
    `store ${file}: the database belongs to another program, it was left untouched: name another file`,
  );
}

/** How every connection that writes is set up: its commits are on the disk when they return. */
export async function prepareConnection(db: StoreReader, file: string): Promise<void> {
  const [journal] = await pragma<{ journal_mode: string }>(db, 'journal_mode = wal');
  if (journal?.journal_mode !== 'wal') {
    throw new StorageError(
      `store ${file}: the file system does not support write-ahead logging, use a local disk`,
    );
  }
  await pragma(db, 'synchronous = full');
  // Without it macOS keeps an "fsync" in the drive's cache; elsewhere it says nothing.
  await pragma(db, 'fullfsync = on');
  await pragma(db, 'foreign_keys = on');
}

/** Rows of one PRAGMA. */
export async function pragma<T>(db: StoreReader, text: string): Promise<readonly T[]> {
  const { rows } = await sql<T>`pragma ${sql.raw(text)}`.execute(db);
  return rows;
}

/** SQLite stops there: one fault is enough to restore a backup. */
const FAULTS = 5;

/**
 * What SQLite's `quick_check` finds, nothing in a sound file. Reads all of it, some 3 ms a MiB, and blocks the thread
 * meanwhile. Damage that it cannot read past is thrown.
 */
export async function quickCheck(db: StoreReader): Promise<readonly string[]> {
  const found = await pragma<{ quick_check: string }>(db, `quick_check(${FAULTS})`);
  // Each line of what it says is a fault, but for titles.
  return found
    .flatMap(({ quick_check }) => quick_check.split('\n'))
    .filter((line) => line !== 'ok' && !line.startsWith('***'));
}
