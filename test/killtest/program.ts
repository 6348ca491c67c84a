import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { type Ending, treasury } from '../system/cli/treasury.ts';

const SOURCE = fileURLToPath(new URL('../../src/cli/treasury.ts', import.meta.url));
const CURVE = new URL('../../node_modules/tiny-secp256k1/lib/secp256k1.wasm', import.meta.url);

/**
 * The command in one file, as the package brings it, made of the sources as they are now: it starts in a third of the
 * time, and is started some hundred times.
 */
export async function bundleProgram(folder: string): Promise<string> {
  const file = join(folder, 'treasury.mjs');
  const bundled = await rolldown({ input: SOURCE, platform: 'node' });
  await bundled.write({ file, format: 'esm', codeSplitting: false });
  await bundled.close();
  // What is in the bundle looks for this beside itself.
  await copyFile(CURVE, join(folder, 'secp256k1.wasm'));
  return file;
}

/** Runs one command of that program to its end. */
export const runProgram = (program: string, folder: string, args: readonly string[]): Promise<Ending> =>
  treasury(folder, args, '', program);
