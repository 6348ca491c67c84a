import { spawnSync } from 'node:child_process';
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
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PRESETS } from '../../../visualizations/playground/src/presets.ts';
import type { Scenario } from '../../../visualizations/playground/src/scenario.ts';
import { mutate } from '../../mutants/trial.ts';
import { anyScenario } from '../../playground/scenarios.ts';
import { runVitest, type VitestReport } from '../../support/run-vitest.ts';
import { useBrowser } from '../inspect/browser.ts';
import { followLink, linkTo, PAGE, testIn } from './open-page.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const open = useBrowser();

const SEED = 20_261_124;
const RANDOM = 24;

/** What is copied from the page, by the name of its file. */
const SCENARIOS: ReadonlyMap<string, Scenario> = new Map([
  ...PRESETS.map(({ name, scenario }) => [name.replaceAll(' ', '-'), scenario] as const),
  ...fc
    .sample(anyScenario, { seed: SEED, numRuns: RANDOM })
    .map((scenario, i) => [`random-${i}`, scenario] as const),
]);

/** The machine broken in one place, and the sequences whose tests have to notice. */
const BROKEN = {
  'a failure too many': {
    file: 'machines/breaker-setup.ts',
    find: 'context.failures + 1 >= context.policy.failureThreshold',
    replace: 'context.failures >= context.policy.failureThreshold',
    noticedBy: ['five-failures-open-it', 'a-probe-fails', 'recovery', 'backoff'],
  },
  'a late outcome counts': {
    file: 'machines/breaker-setup.ts',
    find: "'generation' in event && event.generation !== undefined && event.generation !== context.generation",
    replace: 'false',
    noticedBy: ['a-stale-outcome-changes-nothing'],
  },
  'a failure never ages': {
    file: 'machines/circuit-breaker.ts',
    find: "FAILURE_AGED: { actions: 'forgetOldestFailure' },",
    replace: 'FAILURE_AGED: {},',
    noticedBy: ['failures-age'],
  },
  'the backoff does not grow': {
    file: 'machines/breaker-context.ts',
    find: 'openTimeoutMs * openBackoff.factor ** openings',
    replace: 'openTimeoutMs',
    noticedBy: ['backoff'],
  },
  'OPEN ends a millisecond early': {
    file: 'machines/breaker-setup.ts',
    find: 'openTimeout: ({ context }) => context.openDelayMs,',
    replace: 'openTimeout: ({ context }) => context.openDelayMs - 1,',
    noticedBy: ['recovery'],
  },
  'a refusal lasts for ever': {
    file: 'machines/breaker-setup.ts',
    find: "return state === 'OPEN' ? openDelayMs : policy.probeTimeoutMs;",
    replace: 'return Number.POSITIVE_INFINITY;',
    noticedBy: ['five-failures-open-it', 'recovery'],
  },
} as const;

let folder: string;
let report: VitestReport;

/** A folder with every copied test, to be run against the machines of another folder. */
function project(name: string, texts: ReadonlyMap<string, string>, machines: string): object {
  mkdirSync(join(folder, name));
  for (const [file, text] of texts) writeFileSync(join(folder, name, `${file}.test.ts`), text);
  return {
    resolve: { alias: { 'treasury-breaker/machines': join(machines, 'index.ts') } },
    // To make them a process of their own is what takes their time.
    test: { name, include: [`${name}/*.test.ts`], isolate: false },
  };
}

/** A copy of the machines that is broken in one place. */
function brokenMachines(name: string, { file, find, replace }: (typeof BROKEN)[keyof typeof BROKEN]): string {
  const copy = join(folder, `${name}-sources`);
  cpSync(join(ROOT, 'machines'), join(copy, 'machines'), { recursive: true });
  const path = join(copy, file);
  const mutant = { title: name, harm: '', file, find, replace, tests: [] };
  writeFileSync(path, mutate(readFileSync(path, 'utf8'), mutant));
  return join(copy, 'machines');
}

/** Names of the copied tests that ended so in a project. */
const endedIn = (project: string, status: string): readonly string[] =>
  report.testResults
    .filter(({ name }) => relative(folder, name).startsWith(`${project}/`))
    .filter(({ assertionResults }) => assertionResults.some((result) => result.status === status))
    .map(({ name }) => relative(join(folder, project), name).replace('.test.ts', ''));

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'copied-tests-')));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the tests that the page writes', () => {
  test(`run as they are: every preset, and ${RANDOM} sequences at random`, async () => {
    const { page } = await open(PAGE);
    const texts = new Map<string, string>();
    for (const [name, scenario] of SCENARIOS) {
      await followLink(page, linkTo(scenario));
      texts.set(name, await testIn(page));
    }
    expect(new Set(texts.values()).size).toBeGreaterThan(SCENARIOS.size - 3);
    report = await runVitest(folder, {
      projects: [
        project('copied', texts, join(ROOT, 'machines')),
        ...Object.values(BROKEN).map((broken, i) => {
          const watching = new Map(broken.noticedBy.map((name) => [name, texts.get(name) ?? '']));
          return project(`broken-${i}`, watching, brokenMachines(`broken-${i}`, broken));
        }),
      ],
    });
    expect(endedIn('copied', 'passed').toSorted()).toEqual([...SCENARIOS.keys()].toSorted());
  });

  test.each(
    Object.entries(BROKEN).map(([title, { noticedBy }], i) => ({ title, noticedBy, name: `broken-${i}` })),
  )('fail where $title', ({ name, noticedBy }) => {
    expect(endedIn(name, 'failed').toSorted()).toEqual(noticedBy.toSorted());
  });

  test('are of sound types', () => {
    const settings = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        paths: { 'treasury-breaker/machines': [join(ROOT, 'machines/index.ts')] },
        typeRoots: [join(ROOT, 'node_modules/@types')],
      },
      include: ['copied'],
      exclude: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });
});
