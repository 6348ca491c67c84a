import { copyFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCommand } from '../../scripts/build-command.ts';
import { buildPages } from '../../scripts/build-pages.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the command looks for in its package, besides what is built. */
const BROUGHT = ['examples', 'monitoring'];

/**
 * Builds the command and its pages as the package brings them, of the sources as they are now, before the tests that start
 * it some two hundred times: it needs half of the time then. In a folder that is a package of the same name, so that
 * nothing is read of a `dist` that another test builds anew, that is older, or that is not there.
 *
 * @returns what removes it
 */
export async function setup(): Promise<() => void> {
  const dir = join(ROOT, `reports/package-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(dir, 'package.json'));
  for (const name of BROUGHT) symlinkSync(join(ROOT, name), join(dir, name));
  const cli = join(dir, 'dist/cli');
  await buildCommand(cli);
  buildPages(join(dir, 'dist'));
  process.env['TREASURY_COMMAND'] = join(cli, 'treasury.js');
  return () => rmSync(dir, { recursive: true });
}
