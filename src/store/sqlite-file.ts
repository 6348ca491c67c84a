import { fstatSync, readdirSync, statSync } from 'node:fs';
import { mkdir, open, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigurationError } from '../errors.ts';

/** There is no store at this path, and none was to be made. */
export class StoreNotFoundError extends ConfigurationError {
  readonly path: string;
  constructor(path: string) {
    super(`there is no store at ${path}: name another file, or import disbursements to make one`);
    this.path = path;
  }
}

/** Makes the file, its owner's alone, and the directories above it, unless it is there. */
export async function makeFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if ((await stat(path).catch(ifMissing)) !== undefined) return;
  // SQLite gives its -wal and -shm files the mode of this one.
  const file = await open(path, 'a', 0o600);
  await file.close();
}

/** Throws {@link StoreNotFoundError}. */
export async function requireFile(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new StoreNotFoundError(path);
    throw error;
  }
}

/** Where a path leads, links followed: SQLite keeps its other files there. The path itself while nothing is there. */
export const realPathOf = async (path: string): Promise<string> =>
  (await realpath(path).catch(ifMissing)) ?? path;

/** Bytes; 0 when there is no such file. */
export const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(ifMissing))?.size ?? 0;

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/**
 * Whether this process has the file open. Then nobody may open and close it beside SQLite: by the rules of POSIX that drops
 * all locks which the process has on it, and another process that thinks itself alone would take the log away.
 */
export function isOpenHere(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return false;
  return descriptors().some((descriptor) => {
    try {
      const { dev, ino } = fstatSync(descriptor);
      return dev === file.dev && ino === file.ino;
    } catch {
      return false; // It is closed by now, as that of the listing itself.
    }
  });
}

/** None where there is no such list, on systems whose locks are not those of POSIX. */
function descriptors(): readonly number[] {
  try {
    return readdirSync('/dev/fd').map(Number);
  } catch {
    return [];
  }
}
