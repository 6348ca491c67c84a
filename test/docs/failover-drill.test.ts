import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { METRIC } from '../../src/cli/drill/reading.ts';
import { createProgram } from '../../src/cli/program.ts';
import { codeIn, readDoc, tableOf } from './markdown.ts';

const page = readDoc('monitoring/runbooks/failover-drill.md');
const metrics = tableOf(readDoc('docs/metrics.md'), 'metric').map(([name = '']) => codeIn(name)[0] ?? '');

/** Commands of ours, on lines of their own or within text, and flags that stand alone. */
const ours = [...codeIn(page), ...page.split('\n').map((line) => line.trim())].filter((code) =>
  /^(treasury |--)[a-z]/.test(code),
);

test('the drill by hand names commands and flags that exist', () => {
  const program = createProgram(COMMANDS);
  const all = program.commands.flatMap((command) => [command, ...command.commands]);
  const names = all.map((command) => command.name());
  const commands = ours.flatMap((code) => /^treasury ([a-z]+)/.exec(code)?.[1] ?? []);
  expect(new Set(commands)).toEqual(
    new Set(['drill', 'dev', 'run', 'import', 'list', 'show', 'audit', 'breaker']),
  );
  expect(commands.filter((name) => !names.includes(name))).toEqual([]);
  const flags = all.flatMap(({ options }) => options.map(({ long }) => long));
  const flagsNamed = ours.flatMap((code) => code.match(/--[a-z][a-z-]*/g) ?? []);
  expect(flagsNamed).toContain('--target');
  expect(flagsNamed.filter((flag) => !flags.includes(flag))).toEqual([]);
});

test('the drill by hand, and the one by command, name metrics that exist', () => {
  const named = page.match(/\btreasury_[a-z_]+[a-z]\b(?!\()/g) ?? [];
  expect(named).toContain('treasury_circuit_breaker_state');
  for (const name of [...named, ...Object.values(METRIC)]) expect(metrics).toContain(name);
});
