import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IMPORT = /(?:from\s+|import\s*\(\s*|import\s+|require\(\s*)'([^']+)'/g;

interface Import {
  readonly file: string;
  /** A package or `node:` module by its name, a file of ours by its path from the root. */
  readonly target: string;
}

const filesOf = (folder: string): readonly string[] =>
  globSync(`${folder}/**/*.{ts,mjs}`, { cwd: ROOT, exclude: ['**/node_modules/**'] }).toSorted();

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(resolve(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, target = '']) => ({
    file,
    target: target.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), target)) : target,
  }));
}

const imports = ['machines', 'src', 'visualizations'].flatMap(filesOf).flatMap(importsOf);
const isOurs = (target: string): boolean => /^(machines|src|visualizations|treasury-breaker)\b/.test(target);
const packageOf = (target: string): string => /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target;

/** Files under `folder` that import the module, and those elsewhere that do. */
const importersOf = (module: string) => [
  ...new Set(imports.filter(({ target }) => packageOf(target) === module).map(({ file }) => file)),
];

describe('the direction of dependencies', () => {
  test('finds imports at all', () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  test('the charts import nothing but xstate and each other', () => {
    const strange = imports
      .filter(({ file }) => file.startsWith('machines/'))
      .filter(({ target }) => target !== 'xstate' && !target.startsWith('machines/'));
    expect(strange).toEqual([]);
  });

  test('the charts read no clock and draw no lots', () => {
    for (const file of filesOf('machines')) {
      const text = readFileSync(resolve(ROOT, file), 'utf8');
      expect(text, file).not.toMatch(/Date\.now\(|performance\.|Math\.random\(|setTimeout\(|process\./);
    }
  });

  test.each([
    ['node:sqlite', /^src\/store\/node-sqlite\.ts$/],
    ['kysely', /^src\/store\//],
    ['viem', /^src\/chain\//],
    ['tiny-secp256k1', /^src\/chain\/fast-signing\.ts$/],
    ['prom-client', /^src\/telemetry\//],
    ['fastify', /^src\/http\//],
    ['elkjs', /^src\/diagram\//],
    ['@xstate/graph', /^src\/testing\//],
    ['commander', /^src\/cli\//],
    ['cli-progress', /^src\/cli\//],
    ['pino', /^src\/cli\//],
    ['csv-parse', /^src\/cli\//],
    ['yaml', /^src\/cli\//],
    ['@xstate/inspect', /^visualizations\/xstate-inspect\//],
    ['ws', /^visualizations\/xstate-inspect\//],
  ])('%s is imported in its adapter only', (module, adapter) => {
    const importers = importersOf(module);
    expect(importers).not.toEqual([]);
    expect(importers.filter((file) => !adapter.test(file))).toEqual([]);
  });

  test('what is shown reads the machines, the feed and the charts, and nothing of the treasury', () => {
    const allowed =
      /^(machines|visualizations|src\/(inspect|diagram))\/|^src\/(bearer-token|call-safely|trusted-hosts)\.ts$|^treasury-breaker\/machines$/;
    const strange = imports
      .filter(({ file }) => file.startsWith('visualizations/'))
      .filter(({ target }) => isOurs(target) && !allowed.test(target));
    expect(strange).toEqual([]);
  });

  test('of the bridge to @xstate/inspect the command alone knows', () => {
    const users = imports
      .filter(({ target }) => target.startsWith('visualizations/'))
      .filter(({ file }) => !file.startsWith('visualizations/'))
      .map(({ file }) => file);
    expect(users).toEqual(['src/cli/live/xstate-inspect.ts']);
  });

  test('only the root and the command know of server, command and dev', () => {
    const strange = imports.filter(
      ({ file, target }) =>
        /^src\/(http|cli|dev)\//.test(target) && !/^src\/(http|cli|dev)\/|^src\/treasury\.ts$/.test(file),
    );
    expect(strange).toEqual([]);
  });

  test('the library imports no package beyond xstate and the peers of its subpaths', () => {
    const allowed = ['xstate', 'kysely', 'viem', 'tiny-secp256k1', 'prom-client', '@xstate/graph', 'elkjs'];
    const strange = imports
      .filter(({ file }) => !/^(visualizations|src\/(http|cli|dev))\/|^src\/treasury\.ts$/.test(file))
      .filter(({ target }) => !isOurs(target) && !target.startsWith('node:'))
      .filter(({ target }) => !allowed.includes(packageOf(target)));
    expect(strange).toEqual([]);
  });
});
