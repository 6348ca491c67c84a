import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { createProgram } from '../../src/cli/program.ts';
import { createCircuitBreaker, DEFAULT_POLICY } from '../../src/index.ts';
import { brokenLinksIn, codeIn, linksIn, readDoc, tableOf } from './markdown.ts';

const PAGES = [
  'README.md',
  'docs/breaker-cost.md',
  'docs/deployment.md',
  'docs/embedding.md',
  'docs/inspector.md',
  'docs/killtest.md',
  'docs/metrics.md',
  'docs/threads.md',
  'docs/throughput.md',
  'docs/xstate-inspect.md',
  'monitoring/runbooks/failover-drill.md',
  'visualizations/README.md',
];
const readme = readDoc('README.md');

describe.each(PAGES)('%s', (page) => {
  const text = readDoc(page);

  test('links to what is there', () => {
    expect(linksIn(page)).not.toEqual([]);
    expect(brokenLinksIn(page)).toEqual([]);
  });

  test('names scripts and subpaths of the package that exist', () => {
    const scripts = [...text.matchAll(/npm (?:run ([\w:]+)|(start|test)\b)/g)].map(
      ([, script, own]) => script ?? own ?? '',
    );
    expect(scripts.filter((script) => !(script in packageJson.scripts))).toEqual([]);
    const subpaths = [...text.matchAll(/treasury-breaker\/([\w/-]+)/g)].map(([, path]) => `./${path}`);
    expect(subpaths.filter((path) => !(path in packageJson.exports))).toEqual([]);
  });
});

describe('README.md', () => {
  test('tells the policy as it is', () => {
    const rows = tableOf(readme, 'field').map(([field = '', value = '']) => [codeIn(field)[0], value]);
    const defaults = Object.entries(DEFAULT_POLICY).map(([field, value]) => [
      field,
      typeof value === 'object'
        ? '`{ factor: 1, maxMs: 600_000, jitter: 0 }`'
        : value.toLocaleString('en').replaceAll(',', '_'),
    ]);
    expect(rows).toEqual(defaults);
    expect(DEFAULT_POLICY.openBackoff).toEqual({ factor: 1, maxMs: 600_000, jitter: 0 });
  });

  test('tells the bounds of the policy as they are', () => {
    const make = (policy: object) => () => createCircuitBreaker({ policy }).stop();
    const [highest, tooHigh] = [2 ** 31 - 1, 2 ** 31];
    for (const policy of [
      { failureThreshold: 1 },
      { openTimeoutMs: 1 },
      { openTimeoutMs: highest },
      { openBackoff: { factor: 1, jitter: 0.99 } },
    ]) {
      expect(make(policy), JSON.stringify(policy)).not.toThrow();
    }
    for (const policy of [
      { failureThreshold: 0 },
      { failureThreshold: 1.5 },
      { openTimeoutMs: 0 },
      { openTimeoutMs: tooHigh },
      { openBackoff: { factor: 0.9 } },
      { openBackoff: { jitter: 1 } },
    ]) {
      expect(make(policy), JSON.stringify(policy)).toThrow(RangeError);
    }
    expect(make({ threshold: 5 })).toThrow(TypeError);
  });

  test('names commands and flags that exist', () => {
    const program = createProgram(COMMANDS);
    const commands = program.commands.map((command) => command.name());
    const named = [...readme.matchAll(/(?:^ {4}|`)treasury ([a-z]+)/gm)].map(([, name = '']) => name);
    expect(named).not.toEqual([]);
    expect(named.filter((name) => !commands.includes(name))).toEqual([]);

    const all = program.commands.flatMap((command) => [command, ...command.commands]);
    const flags = all.flatMap(({ options }) => options.map(({ long }) => long));
    const flagsNamed = [...readme.matchAll(/(?<=[\s`])--[a-z][a-z-]*/g)].map(([flag]) => flag);
    expect(flagsNamed.filter((flag) => ![...flags, '--help'].includes(flag))).toEqual([]);
  });

  test('tells every exit code', () => {
    const sentence = /\*\*Exit codes\*\*: ([^.]*)\./.exec(readme)?.[1] ?? '';
    const codes = [...sentence.matchAll(/(?:^|, |,\n\s*)(\d+) /g)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });
});
