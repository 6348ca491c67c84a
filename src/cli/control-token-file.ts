import { isToken, TOKEN_EXPECTED } from '../bearer-token.ts';
import { ConfigurationError } from '../errors.ts';
import { printable } from './printable.ts';
import { readPrivateFile } from './private-file.ts';

/**
 * Reads the token of whoever may give orders to the breaker: the first line of a file that its owner alone can read.
 *
 * @throws ConfigurationError with the remedy; no message repeats what the file holds
 */
export async function readControlTokenFile(path: string): Promise<string> {
  const file = { kind: 'control token file', flag: '--control-token-file', path };
  const [token = ''] = (await readPrivateFile(file)).split(/\r?\n/, 1);
  if (isToken(token)) return token;
  throw new ConfigurationError(
    `the control token file ${printable(path)} must hold the token in its first line, ${TOKEN_EXPECTED}`,
  );
}
