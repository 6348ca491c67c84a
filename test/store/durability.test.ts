import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished, vi } from 'vitest';
import { StorageError } from '../../src/errors.ts';
import { probeDurability } from '../../src/store/durability.ts';
import { newDirectory, newPath } from './support.ts';

it('commits as the store does, as often without fsync, and leaves nothing behind', async () => {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
  onTestFinished(() => prepare.mockRestore());
  const folder = newDirectory();
  const probe = await probeDurability(folder);
  expect(probe).toMatchObject({ journalMode: 'wal', synchronous: 2, commits: 20 });
  expect(probe.durable.medianMs).toBeGreaterThan(0);
  expect(prepare.mock.calls.map(([text]) => text)).toEqual(
    expect.arrayContaining([
      'pragma synchronous = full',
      'pragma synchronous = 2',
      'pragma synchronous = off',
    ]),
  );
  expect(readdirSync(folder)).toEqual([]);
});

it('says what fails', async () => {
  await expect(probeDurability(join(newDirectory(), 'none'))).rejects.toThrow(StorageError);
  const file = newPath();
  writeFileSync(file, '');
  await expect(probeDurability(file)).rejects.toThrow(/ENOTDIR/);
});
