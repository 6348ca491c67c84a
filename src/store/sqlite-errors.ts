import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { StorageError } from '../errors.ts';

/** SQLite's primary result codes that mean something to us (https://sqlite.org/rescode.html). */
const SQLITE = {
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  CONSTRAINT: 19,
  NOTADB: 26,
} as const;

const ACCESS = 'access denied: check the owner and mode of the file and its directory';
const READ_ONLY = 'it cannot be written: check the mode of the file and its directory, and the mount';
const FULL = 'the disk is full: make room, then start again';

const REMEDIES: Readonly<Record<number, string>> = {
  [SQLITE.PERM]: ACCESS,
  [SQLITE.BUSY]: 'another process keeps it locked: wait for it or end it, then start again',
  [SQLITE.LOCKED]: 'another process keeps it locked: wait for it or end it, then start again',
  [SQLITE.READONLY]: READ_ONLY,
  [SQLITE.IOERR]:
    'reading or writing failed: check the disk, the system log and the limit of the size of files (ulimit -f) before going on',
  [SQLITE.CORRUPT]: 'the file is damaged: keep a copy of it, its -wal and its -shm, and restore a backup',
  [SQLITE.FULL]: FULL,
  [SQLITE.CANTOPEN]: 'it cannot be opened: check the path, the owner and the mode',
  [SQLITE.NOTADB]:
    'the file is not a SQLite database: it was left untouched, name another one, or restore a backup if it was a store',
};

/** For what fails before SQLite is asked. */
const SYSTEM_REMEDIES: Readonly<Record<string, string>> = {
  EACCES: ACCESS,
  EPERM: ACCESS,
  EROFS: READ_ONLY,
  ENOSPC: FULL,
  EDQUOT: FULL,
};

/** Whether another connection was in the way, so that the same may succeed a moment later. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === SQLITE.BUSY || code === SQLITE.LOCKED;
}

/**
 * Whether an error inside a transaction leaves the rest of it sound: ours, and a violated constraint. After any other
 * of SQLite's (a full disk, a failed read) it may have rolled back all by itself, and advises to do so.
 */
export function isContained(error: unknown): boolean {
  const code = resultCode(error);
  return code === undefined || code === SQLITE.CONSTRAINT;
}

/** A `StorageError` with the remedy, for an error of SQLite or of the file system; any other as it is. */
export function toStorageError(error: unknown, path: string): unknown {
  const code = resultCode(error);
  const isOfSystem = isFileSystemError(error);
  if (code === undefined && !isOfSystem) return error;
  const { message } = error as Error;
  const remedy = isOfSystem ? SYSTEM_REMEDIES[error.code ?? ''] : remedyFor(code ?? 0, path);
  const text = remedy === undefined ? message : `${remedy} (${message})`;
  return new StorageError(`store ${path}: ${text}`, { cause: error });
}

/** A disk without room for the wal-index, 32 KiB, is told by SQLite as a failed write and no more. */
const ROOM_FOR_INDEX = 64 * 1024;

function remedyFor(code: number, path: string): string | undefined {
  return code === SQLITE.IOERR && freeBeside(path) < ROOM_FOR_INDEX ? FULL : REMEDIES[code];
}

function freeBeside(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY; // The folder is gone, which is another trouble.
  }
}

/** The primary code: SQLite's extended codes carry it in the lowest byte. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}

const isFileSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;
