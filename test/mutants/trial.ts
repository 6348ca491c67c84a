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
import { runVitest, type VitestReport } from '../support/run-vitest.ts';
import type { Mutant } from './breaker.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = ['machines', 'src', 'test/breaker', 'test/support', 'package.json'];

/** How the tests of one copy ended. */
export interface Verdict {
  readonly passed: number;
  /** Names of the tests that failed. */
  readonly failed: readonly string[];
  /** Files that could not even be run: what was broken is then not what the tests look at. */
  readonly unusable: readonly string[];
}

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
 * of all of them on a copy that is as it should be. It is one run of vitest, and its files share processes, since starting
 * is what takes the time: the modules of a copy are its own.
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
    const report = await runVitest(folder, { include, isolate: false });
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

function verdictOn({ testResults }: VitestReport, folder: string, copy: string): Verdict {
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
