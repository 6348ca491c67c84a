import { existsSync, globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { CHECKS } from '../../src/cli/doctor/checks.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { StorageError } from '../../src/errors.ts';
import { toStorageError } from '../../src/store/sqlite-errors.ts';
import { codeIn, ROOT, readDoc, tableOf } from './markdown.ts';

/** What the store says of each of SQLite's and the system's errors that it knows. */
const FAULTS = [
  ...[3, 5, 6, 8, 10, 11, 13, 14, 26].map((errcode) => Object.assign(new Error('sqlite'), { errcode })),
  ...['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'].map((code) =>
    Object.assign(new Error('system'), { code, syscall: 'open' }),
  ),
].map((error) => toStorageError(error, '/tmp/treasury.db') as StorageError);

const page = readDoc('docs/deployment.md');

test('tells every line of the doctor, in its order', () => {
  const lines = tableOf(page, 'line').map(([line = '']) => codeIn(line)[0]);
  expect(lines).toEqual(CHECKS.map(({ name }) => name));
});

test('names flags of the doctor, and lines that it has', () => {
  const doctor = createProgram(COMMANDS).commands.find((command) => command.name() === 'doctor');
  const flags = doctor?.options.map(({ long }) => long);
  const named = [...page.matchAll(/(?<=[\s`])--[a-z][a-z-]*/g)].map(([flag]) => flag);
  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((flag) => !flags?.includes(flag))).toEqual([]);
  const lines = [...page.matchAll(/the line `([^`]+)`/g)].map(([, line]) => line);
  expect(lines).toHaveLength(3);
  expect(lines.filter((line) => !CHECKS.some(({ name }) => name === line))).toEqual([]);
});

test('has something to show for each of the twelve items of the original', () => {
  const items = tableOf(page, 'item');
  expect(items).toHaveLength(12);
  expect(items.filter(([, shown = '']) => shown === '')).toEqual([]);
});

test('tells every fault of the storage in the words of the store', () => {
  const store = globSync('src/store/sqlite*.ts', { cwd: ROOT }).map((file) =>
    readFileSync(resolve(ROOT, file), 'utf8'),
  );
  const told = tableOf(page, 'it says').map(([says = '']) => codeIn(says)[0] ?? '');
  expect(told.filter((words) => !store.some((source) => source.includes(words)))).toEqual([]);
  for (const { message } of FAULTS) {
    expect(
      told.filter((words) => message.includes(words)),
      message,
    ).not.toEqual([]);
  }
});

test('names files that are there', () => {
  const paths = codeIn(page).filter((code) => /^(test|src|docs|monitoring)\//.test(code));
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.filter((path) => !existsSync(resolve(ROOT, path)))).toEqual([]);
});
