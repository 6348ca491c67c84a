import { open } from 'node:fs/promises';
import { ConfigurationError } from '../errors.ts';
import { printable } from './printable.ts';

/** Longest file that can be one key with white space around it. */
const MAX_BYTES = 1024;

/**
 * Reads the signing key: one hexadecimal private key, in a file that its owner alone can read.
 *
 * @throws ConfigurationError with the remedy; no message repeats what the file holds
 */
export async function readKeyFile(path: string): Promise<string> {
  const name = printable(path);
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError(`the key file ${name} cannot be opened (${error.code}): check --key-file`);
  });
  try {
    const { mode, size } = await file.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new ConfigurationError(`the key file ${name} can be read by others: run "chmod 600 ${name}"`);
    }
    const text = size > MAX_BYTES ? '' : (await file.readFile('utf8')).trim();
    if (!/^(0x)?[0-9a-f]{64}$/i.test(text)) {
      throw new ConfigurationError(
        `the key file ${name} must hold one private key, 64 hexadecimal digits, and nothing else`,
      );
    }
    return text;
  } finally {
    await file.close();
  }
}
