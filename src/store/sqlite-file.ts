import { mkdir, open, stat } from 'node:fs/promises';
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
