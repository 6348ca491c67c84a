import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The command as the package brings it: see `test/support/built-package.ts`. From the sources where nobody built it. */
export const PROGRAM =
  process.env['TREASURY_COMMAND'] ?? fileURLToPath(new URL('../../../src/cli/treasury.ts', import.meta.url));

/** The command as a checkout runs it. */
export const CHECKOUT = fileURLToPath(new URL('../../../scripts/treasury.mjs', import.meta.url));

/** How a command ended, and what it said. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the real command in a folder. */
export const startTreasury = (
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  program: string = PROGRAM,
): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [program, ...args], { cwd: folder, env: { ...process.env, ...env } });

/** Runs the real command in a folder to its end. */
export async function treasury(
  folder: string,
  args: readonly string[],
  input = '',
  program: string = PROGRAM,
): Promise<Ending> {
  const child = startTreasury(folder, args, {}, program);
  // A command that refuses its arguments does not read.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

/** The lines of JSON output, parsed. */
export const objectsOf = (stdout: string): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
