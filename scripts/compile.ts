import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** Compiles a project with the installed TypeScript, whatever PATH says. It throws where that finds a fault. */
export function compile(project: string, ...args: readonly string[]): void {
  execFileSync(process.execPath, [TSC, '-p', project, ...args], { stdio: 'inherit' });
}
