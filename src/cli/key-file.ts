import { ConfigurationError } from '../errors.ts';
import { printable } from './printable.ts';
import { readPrivateFile } from './private-file.ts';

/**
 * Reads the signing key: one hexadecimal private key, in a file that its owner alone can read.
 *
 * @throws ConfigurationError with the remedy; no message repeats what the file holds
 */
export async function readKeyFile(path: string): Promise<string> {
  const text = (await readPrivateFile({ kind: 'key file', flag: '--key-file', path })).trim();
  if (/^(0x)?[0-9a-f]{64}$/i.test(text)) return text;
  throw new ConfigurationError(
    `the key file ${printable(path)} must hold one private key, 64 hexadecimal digits, and nothing else`,
  );
}
