import { globSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { createProgram } from '../../src/cli/program.ts';
import { brokenLinksIn, codeIn, readDoc } from '../docs/markdown.ts';
import { ALERT_RULES, ALERTS, MONITORING } from '../support/alert-rules.ts';
import { knownSeries } from '../support/known-series.ts';

const SECTIONS = ['What it means', 'What to look at', 'What to do', 'When it is over'];

const runbooks = globSync('runbooks/Treasury*.md', { cwd: MONITORING }).toSorted();
const known = knownSeries();

/** The texts of the sections, by their headings. */
const sectionsOf = (text: string): readonly (readonly [string, string])[] =>
  text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), section.slice(end).trim()];
    });

/** Of blocks and of running text: each is one line. */
const codeOf = (text: string): readonly string[] => {
  const block = /^```\w*\n([\s\S]*?)^```$/gm;
  const lines = [...text.matchAll(block)].flatMap(([, code = '']) => code.split('\n'));
  // A line of running text may end within code.
  return [...lines, ...codeIn(text.replaceAll(block, '').replaceAll(/\n\s*(?!\n)/g, ' '))];
};

/** The arguments of a command of ours, as a shell passes them on. */
const argumentsOf = (line: string): readonly string[] =>
  [...(line.split(' | ')[0] ?? '').matchAll(/"([^"]*)"|(\S+)/g)]
    .slice(1)
    .map(([, quoted, bare]) => quoted ?? bare ?? '');

const allCommands = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap(allCommands),
];

/** The real command line, whose commands do nothing. A page may name one without all that it needs. */
function program(): Command {
  const made = createProgram(COMMANDS);
  for (const command of allCommands(made)) {
    if (command.commands.length === 0) command.action(() => {});
    for (const option of command.options) option.makeOptionMandatory(false);
  }
  return made;
}

const OPTIONS = allCommands(program()).flatMap(({ options }) => options);

test('every alert has a runbook, and every runbook an alert', () => {
  expect(runbooks.map((path) => basename(path, '.md'))).toEqual(ALERTS.toSorted());
});

describe.each(runbooks)('%s', (path) => {
  const page = `monitoring/${path}`;
  const text = readDoc(page);
  const alert = basename(path, '.md');

  test('says how urgent it is, and has its four sections', () => {
    expect(text).toMatch(new RegExp(`^# ${alert}\n\n`));
    const severities = text.split('\n')[2]?.match(/critical|warning/g);
    const rules = ALERT_RULES.filter((rule) => rule.alert === alert);
    expect(severities).toEqual(rules.map(({ labels }) => labels['severity']));
    const sections = sectionsOf(text);
    expect(sections.map(([heading]) => heading)).toEqual(SECTIONS);
    expect(sections.filter(([, body]) => body === '')).toEqual([]);
  });

  test('shows something to look at', () => {
    expect(text).toMatch(/^```(sh|promql)$/m);
  });
});

describe.each(['README.md', ...runbooks])('%s', (path) => {
  const page = `monitoring/${path}`;
  const text = readDoc(page);
  const code = codeOf(text);

  test('names commands and flags that the command line takes', async () => {
    for (const line of code.filter((each) => each.startsWith('treasury '))) {
      const parsing = program().parseAsync([...argumentsOf(line)], { from: 'user' });
      await expect(parsing, line).resolves.toBeDefined();
    }
    for (const [flag = '', value] of code
      .filter((each) => each.startsWith('--'))
      .map((each) => each.split(' '))) {
      const option = OPTIONS.find(({ long }) => long === flag);
      expect(option, flag).toBeDefined();
      if (value !== undefined && !/^[A-Z]+$/.test(value)) {
        expect(() => option?.parseArg?.(value, undefined), `${flag} ${value}`).not.toThrow();
      }
    }
  });

  test('names metrics that exist', () => {
    const named = text.match(/\btreasury_\w+/g) ?? [];
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test('links to what is there', () => {
    expect(brokenLinksIn(page)).toEqual([]);
  });
});
