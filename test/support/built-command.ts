import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCommand } from '../../scripts/build-command.ts';

/**
 * Builds the command as the package brings it, of the sources as they are now, before the tests that start it some two
 * hundred times: it needs half of the time then. Within the package, since it looks for files of it.
 *
 * @returns what removes it
 */
export async function setup(): Promise<() => void> {
  const dir = fileURLToPath(new URL(`../../reports/command-${process.pid}`, import.meta.url));
  await buildCommand(dir);
  process.env['TREASURY_COMMAND'] = join(dir, 'treasury.js');
  return () => rmSync(dir, { recursive: true });
}
