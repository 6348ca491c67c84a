import { copyFileSync, readFileSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigurationError, StorageError } from '../../src/errors.ts';
import { StoreNotFoundError } from '../../src/store/sqlite-file.ts';
import { lookAtSqliteStore } from '../../src/store/sqlite-look.ts';
import { makeOldStore } from '../support/old-store.ts';
import {
  enqueue,
  NOW,
  newDirectory,
  newPath,
  open,
  openLeased,
  outsider,
  payment,
  stage,
} from './support.ts';

const BINDING = { chainId: 31_337, genesisHash: `0x${'11'.repeat(32)}`, signer: `0x${'ab'.repeat(20)}` };

/** SQLite's default. */
const PAGE_BYTES = 4096;

async function look(path: string) {
  const looking = await lookAtSqliteStore(path);
  onTestFinished(() => looking.close());
  return looking;
}

describe('looking at a store', () => {
  it('tells what is in it, beside an executor that writes', async () => {
    const { store, path, lease } = await openLeased();
    await store.bindChain(BINDING);
    await enqueue(store, payment('a', { amount: 5n }), payment('b', { amount: 2n ** 70n }));
    const looking = await look(path);
    expect(await looking.store.nonceFloor()).toBeUndefined();
    await stage(store, lease, 'a', 3);
    expect(await looking.store.boundChain()).toEqual(BINDING);
    expect(await looking.store.nonceFloor()).toBe(3);
    expect(await looking.tallies()).toMatchObject({
      queued: { rows: 1, amount: 2n ** 70n },
      staged: { rows: 1, amount: 5n },
    });
    expect(await looking.lastChangeAt()).toBe(NOW);
    expect([looking.missingMigrations, await looking.quickCheck()]).toEqual([[], []]);
  });

  it('leaves the file, what it lacks and the log of an executor that was killed as they are', async () => {
    const live = newPath();
    await makeOldStore(live, NOW);
    const writer = outsider(live);
    writer.exec('pragma wal_autocheckpoint = 0; pragma journal_mode = wal');
    writer.exec(`insert into meta values ('epoch', '7')`);
    const path = newPath();
    for (const suffix of ['', '-wal']) copyFileSync(`${live}${suffix}`, `${path}${suffix}`);
    const files = () => [path, `${path}-wal`].map((file) => readFileSync(file).toString('base64'));
    const before = files();
    const looking = await lookAtSqliteStore(path);
    expect(looking.missingMigrations).toEqual(['0002-control', '0003-fees', '0004-gaps', '0005-due-since']);
    expect((await looking.tallies()).queued).toEqual({ rows: 0, amount: 0n });
    expect(await looking.lastChangeAt()).toBeUndefined();
    await looking.quickCheck();
    await looking.close();
    expect(files()).toEqual(before);
  });

  it('follows a link to the file', async () => {
    const { path } = await openLeased();
    const link = join(newDirectory(), 'link.db');
    symlinkSync(path, link);
    expect((await look(link)).file).toBe(path);
  });

  it('finds what is damaged', async () => {
    const { store, path } = await openLeased();
    await store.close();
    const root = "select rootpage from sqlite_schema where name = 'disbursement_pending'";
    const reader = outsider(path);
    const { rootpage } = reader.prepare(root).get() as { rootpage: number };
    reader.close();
    const start = (rootpage - 1) * PAGE_BYTES;
    writeFileSync(path, readFileSync(path).fill(0x5a, start, start + 8));
    expect(await (await look(path)).quickCheck()).toEqual([
      `Tree ${rootpage} page ${rootpage}: btreeInitPage() returns error code 11`,
    ]);
  });

  it.each([
    [
      'is missing',
      (path: string) => renameSync(path, `${path}.old`),
      StoreNotFoundError,
      /there is no store at/,
    ],
    ['is empty', (path: string) => truncateSync(path), StoreNotFoundError, /there is no store at/],
    [
      'is no database',
      (path: string) => writeFileSync(path, 'x'.repeat(4_096)),
      StorageError,
      /not a SQLite/,
    ],
    ['is cut short', (path: string) => truncateSync(path, 20_000), StorageError, /damaged/],
  ])('that %s throws', async (_what, spoil, type, message) => {
    const { store, path } = await openLeased();
    await store.close();
    spoil(path);
    const looking = lookAtSqliteStore(path);
    await expect(looking).rejects.toThrow(type);
    await expect(looking).rejects.toThrow(message);
  });

  it('of another program, or of a newer version, throws', async () => {
    const foreign = newPath();
    outsider(foreign).exec('create table t (a)');
    await expect(lookAtSqliteStore(foreign)).rejects.toThrow(/belongs to another program/);
    const newer = newPath();
    await open(newer);
    outsider(newer).exec(`insert into kysely_migration (name, timestamp) values ('9999-later', '')`);
    await expect(lookAtSqliteStore(newer)).rejects.toThrow(ConfigurationError);
    await expect(lookAtSqliteStore(newer)).rejects.toThrow(/newer version \(schema 9999-later\)/);
  });
});
