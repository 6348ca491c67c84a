import { type FileHandle, open } from 'node:fs/promises';
import { ConfigurationError } from '../errors.ts';
import { printable } from './printable.ts';

/** Longest file that can be one secret with white space or a remark around it. */
const MAX_BYTES = 1024;

/** A file that holds a secret, as messages call it: `key file` and `--key-file`. */
export interface PrivateFile {
  readonly kind: string;
  readonly flag: string;
  readonly path: string;
}

/**
 * Reads a file that its owner alone can read. One that is too long to hold a secret reads as an empty text.
 *
 * @throws ConfigurationError with the remedy; no message repeats what the file holds
 */
export async function readPrivateFile({ kind, flag, path }: PrivateFile): Promise<string> {
  const name = printable(path);
  const refuse = (error: NodeJS.ErrnoException): never => {
    throw new ConfigurationError(`the ${kind} ${name} cannot be opened (${error.code}): check ${flag}`);
  };
  const file: FileHandle = await open(path, 'r').catch(refuse);
  try {
    const { mode, size } = await file.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new ConfigurationError(`the ${kind} ${name} can be read by others: run "chmod 600 ${name}"`);
    }
    return size > MAX_BYTES ? '' : await file.readFile('utf8').catch(refuse);
  } finally {
    await file.close();
  }
}
