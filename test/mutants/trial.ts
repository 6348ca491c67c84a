import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Mutant } from './breaker.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const COPIED = ['machines', 'src', 'test/breaker', 'test/support', 'package.json'];
const LIMIT_MS = 100_000;

/** How the tests of one copy ended. */
export interface Verdict {
  readonly passed: number;
  /** Names of the tests that failed. */
  readonly failed: readonly string[];
  /** Files that could not even be run: what was broken is then not what the tests look at. */
  readonly unusable: readonly string[];
}

/** Vitest's JSON report, as far as it is used. */
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

/** @throws Error when the text is not there exactly once: the list has to be brought up to date. */
export function mutate(source: string, { file, find, replace, title }: Mutant): string {
  const occurrences = source.split(find).length - 1;
  if (occurrences !== 1) {
    throw new Error(
      `mutant "${title}" is out of date: its text occurs ${occurrences} times in ${file}, not once:\n${find}`,
    );
  }
  return source.replace(find, () => replace);
}

/**
 * Runs the tests of every mutant, each on a copy of the sources of its own in the folder for temporary files, and those
 * of all of them on a copy that is as it should be. It is one run of vitest, since starting is what takes its time.
 *
 * @returns the verdicts on the untouched copy and on each mutant, in their order
 */
export async function tryMutants(
  mutants: readonly Mutant[],
): Promise<{ readonly untouched: Verdict; readonly mutated: readonly Verdict[] }> {
  // Its real path: where the folder for temporary files is a link, the report names what is behind it.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'treasury-mutants-')));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
    const include = mutants.flatMap((mutant, i) => {
      const copy = makeCopy(folder, `mutant-${i}`);
      const path = join(copy, mutant.file);
      writeFileSync(path, mutate(readFileSync(path, 'utf8'), mutant));
      return mutant.tests.map((test) => `mutant-${i}/test/${test}.test.ts`);
    });
    makeCopy(folder, 'untouched');
    for (const test of new Set(mutants.flatMap(({ tests }) => tests))) {
      include.push(`untouched/test/${test}.test.ts`);
    }
    const report = await runTests(folder, include);
    const verdicts = mutants.map((_, i) => verdictOn(report, folder, `mutant-${i}`));
    return { untouched: verdictOn(report, folder, 'untouched'), mutated: verdicts };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeCopy(folder: string, name: string): string {
  const copy = join(folder, name);
  mkdirSync(join(copy, 'test'), { recursive: true });
  for (const part of COPIED) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  return copy;
}

async function runTests(folder: string, include: readonly string[]): Promise<z.infer<typeof Report>> {
  const config = join(folder, 'vitest.config.mjs');
  const outputFile = join(folder, 'report.json');
  const test = { include, reporters: ['json'], outputFile };
  // A cache of its own: the usual place is in the linked node_modules.
  const cacheDir = join(folder, 'cache');
  writeFileSync(config, `export default ${JSON.stringify({ cacheDir, test })};\n`);
  // It is run from within vitest, and is not to take itself for one of that one's workers.
  const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'));
  const child = spawn(process.execPath, [VITEST, 'run', '--root', folder, '--config', config], {
    cwd: folder,
    env: Object.fromEntries(outside),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  try {
    return Report.parse(JSON.parse(readFileSync(outputFile, 'utf8')));
  } catch (cause) {
    throw new Error(`the tests of the mutants did not run to their end:\n${said}`, { cause });
  }
}

function verdictOn({ testResults }: z.infer<typeof Report>, folder: string, copy: string): Verdict {
  const files = testResults.filter(({ name }) => relative(folder, name).startsWith(`${copy}/`));
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    unusable: files
      .filter(({ assertionResults }) => assertionResults.length === 0)
      .map(({ name, message }) => `${relative(folder, name)}: ${message}`),
  };
}
