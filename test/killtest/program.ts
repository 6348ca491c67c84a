import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCommand } from '../../scripts/build-command.ts';
import { type Ending, treasury } from '../system/cli/treasury.ts';

/** Builds the command as the package brings it, of the sources as they are now: it is started some hundred times. */
export async function bundleProgram(folder: string): Promise<string> {
  const dir = join(folder, 'program');
  await buildCommand(dir);
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }');
  return join(dir, 'treasury.js');
}

/** Runs one command of that program to its end. */
export const runProgram = (program: string, folder: string, args: readonly string[]): Promise<Ending> =>
  treasury(folder, args, '', program);
