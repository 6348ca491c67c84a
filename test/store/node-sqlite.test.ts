import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openNodeSqlite } from '../../src/store/node-sqlite.ts';
import { newPath } from './support.ts';

function openWatched() {
  const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare');
  const connection = openNodeSqlite(newPath(), 0);
  onTestFinished(() => {
    prepared.mockRestore();
    connection.close();
  });
  const ask = (number: number) => connection.prepare(`select ${number} as answer`).all([]);
  return { ask, preparations: () => prepared.mock.calls.length };
}

it('prepares a statement once for many uses', () => {
  const { ask, preparations } = openWatched();
  expect([ask(1), ask(1), ask(1)]).toEqual([[{ answer: 1 }], [{ answer: 1 }], [{ answer: 1 }]]);
  expect(preparations()).toBe(1);
});

it('forgets the statement that was unused for longest when there are too many', () => {
  const { ask, preparations } = openWatched();
  for (let number = 1; number <= 200; number += 1) ask(number);
  ask(1);
  ask(201);
  expect(preparations()).toBe(201);
  ask(1);
  expect(preparations()).toBe(201);
  ask(2);
  expect(preparations()).toBe(202);
});
