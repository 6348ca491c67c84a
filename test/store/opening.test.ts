import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConfigurationError, StorageError } from '../../src/errors.ts';
import { openSqliteStore, StoreNotFoundError } from '../../src/store/sqlite.ts';
import { lookAtSqliteStore } from '../../src/store/sqlite-look.ts';
import type { Store } from '../../src/store/store.ts';
import {
  EFFECT,
  enqueue,
  NOW,
  newDirectory,
  newPath,
  open,
  openNew,
  order,
  outsider,
  stage,
  stored,
  take,
} from './support.ts';

describe('opening', () => {
  it("makes the file and its directories, their owner's alone", async () => {
    const path = join(newDirectory(), 'a', 'b', 'treasury.db');
    const store = await open(path);
    await enqueue(store, 'a');
    for (const each of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(each).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  it('finds everything again', async () => {
    const { store, path } = await openNew();
    await enqueue(store, 'a');
    await stage(store, await take(store, 'x'), 'a', 3);
    await store.close();
    const again = await open(path);
    expect((await again.find('a'))?.intents).toEqual([stored('a', 3)]);
    expect(await again.nonceFloor()).toBe(3);
    expect(await again.acquireLease({ owner: 'y', ttlMs: 1, now: NOW })).toBeUndefined();
  });

  it('makes every commit survive a power cut', async () => {
    const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
    onTestFinished(() => prepare.mockRestore());
    await open(newPath());
    const pragmas = prepare.mock.calls.map(([text]) => text);
    expect(pragmas).toEqual(
      expect.arrayContaining([
        'pragma journal_mode = wal',
        'pragma synchronous = full',
        'pragma fullfsync = on',
      ]),
    );
  });

  it.each(['treasury.db', 'deep/treasury.db'])('to look makes nothing where there is no %s', async (name) => {
    const directory = newDirectory();
    const refused = openSqliteStore(join(directory, name), { create: false });
    await expect(refused).rejects.toThrow(StoreNotFoundError);
    await expect(refused).rejects.toThrow(ConfigurationError);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('to look refuses an empty file', async () => {
    const path = newPath();
    writeFileSync(path, '');
    await expect(openSqliteStore(path, { create: false })).rejects.toThrow(StoreNotFoundError);
    expect(readFileSync(path)).toHaveLength(0);
  });

  it('refuses a store of a newer version', async () => {
    const { store, path } = await openNew();
    await store.close();
    const newer = outsider(path);
    newer.exec("insert into kysely_migration values ('0999-later', '2030-01-01T00:00:00.000Z')");
    newer.close();
    const refused = openSqliteStore(path);
    await expect(refused).rejects.toThrow(ConfigurationError);
    await expect(refused).rejects.toThrow('newer version (schema 0999-later)');
  });

  it.skipIf(!existsSync('/proc/locks'))(
    'again leaves the locks that this process has (Linux tells)',
    async () => {
      const { path } = await openNew();
      const { ino } = statSync(path);
      const locks = () => readFileSync('/proc/locks', 'utf8').match(new RegExp(`:${ino} .*$`, 'gm'));
      const before = locks();
      expect(before).not.toBeNull();
      await (await openSqliteStore(path)).close();
      await (await lookAtSqliteStore(path)).close();
      expect(locks()).toEqual(before);
    },
  );

  it('refuses a directory', async () => {
    await expect(openSqliteStore(newDirectory())).rejects.toThrow(StorageError);
  });
});

describe('a file that is no store', () => {
  const foreign = (path: string) => {
    const other = new DatabaseSync(path);
    other.exec('create table bookmark (url text); insert into bookmark values (1)');
    other.close();
  };
  const truncated = async (path: string) => {
    await (await openSqliteStore(path)).close();
    truncateSync(path, 5_000);
  };
  const damaged = async (path: string) => {
    await (await openSqliteStore(path)).close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, 200, bytes.length));
  };
  it.each<[string, (path: string) => void | Promise<void>, string]>([
    ['a text', (path) => writeFileSync(path, 'id,destination\n'), 'not a SQLite database'],
    ['a long text', (path) => writeFileSync(path, 'x'.repeat(100_000)), 'not a SQLite database'],
    ['the database of another program', foreign, 'belongs to another program'],
    ['a truncated store', truncated, 'the file is damaged'],
    ['a damaged store', damaged, 'the file is damaged'],
  ])('(%s) is named and left as it was', async (_, make, message) => {
    const path = newPath();
    await make(path);
    const before = readFileSync(path);
    const refused = openSqliteStore(path);
    await expect(refused).rejects.toThrow(StorageError);
    await expect(refused).rejects.toThrow(path);
    await expect(refused).rejects.toThrow(message);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(['treasury.db']);
  });
});

describe('faults of the disk', () => {
  it('a full one is a StorageError that says so, with its cause', async () => {
    const { store, path } = await openNew();
    await enqueue(store, 'a');
    const full = await open(path, { pragmas: { max_page_count: 1 } });
    const refused = enqueue(full, ...Array.from({ length: 1_000 }, (_, at) => `p${at}`));
    await expect(refused).rejects.toThrow(StorageError);
    await expect(refused).rejects.toThrow('the disk is full');
    await expect(refused).rejects.toMatchObject({ cause: { errcode: 13 } });
    expect(await full.countByStatus()).toMatchObject({ queued: 1 });
  });

  it('one that is read-only is a StorageError, and can be read', async () => {
    const { store, path } = await openNew();
    await enqueue(store, 'a');
    const readOnly = await open(path, { pragmas: { query_only: 'on' } });
    await expect(enqueue(readOnly, 'b')).rejects.toThrow('it cannot be written');
    expect((await readOnly.find('a'))?.id).toBe('a');
  });
});

describe('closing', () => {
  it('may be done twice, and leaves one file', async () => {
    const { store, path } = await openNew();
    await Promise.all([store.close(), store.close()]);
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  it('waits for what was asked for before', async () => {
    const { store, path } = await openNew();
    const asked = [enqueue(store, 'a'), store.list(), enqueue(store, 'b'), store.progress()];
    await store.close();
    await Promise.all(asked);
    expect(await (await open(path)).list()).toHaveLength(2);
  });

  it('waits for more than one transaction holds', async () => {
    const { store, path } = await openNew();
    const asked = Array.from({ length: 300 }, (_, at) => enqueue(store, `p${at}`));
    await store.close();
    await Promise.all(asked);
    expect(await (await open(path)).list()).toHaveLength(300);
  });

  const lease = { owner: 'a', fence: 1 };
  const ORDER = { action: 'isolate', reason: undefined, by: 'test', requestedAt: NOW } as const;
  it.each<[string, (store: Store) => Promise<unknown>]>([
    ['acquireLease', (store) => take(store, 'a')],
    ['releaseLease', (store) => store.releaseLease(lease)],
    ['bindChain', (store) => store.bindChain({ chainId: 1, genesisHash: '', signer: '' })],
    ['highestEpoch', (store) => store.highestEpoch()],
    ['raiseEpoch', (store) => store.raiseEpoch(lease, 1, { now: NOW })],
    ['nonceFloor', (store) => store.nonceFloor()],
    ['importDisbursements', (store) => enqueue(store, 'a')],
    ['inFlight', (store) => store.inFlight()],
    ['due', (store) => store.due({ now: NOW, limit: 1 })],
    ['areSettled', (store) => store.areSettled([])],
    ['stage', (store) => stage(store, lease, 'a', 1)],
    ['change', (store) => store.change(lease, 'a', { from: ['queued'], to: 'cancelled' }, { now: NOW })],
    ['loadBreaker', (store) => store.loadBreaker()],
    ['saveBreaker', (store) => store.saveBreaker(lease, {})],
    ['requestControl', (store) => order(store)],
    ['pendingControl', (store) => store.pendingControl()],
    ['applyControl', (store) => store.applyControl(lease, { ...ORDER, id: 1 }, EFFECT)],
    ['controlAudit', (store) => store.controlAudit({ limit: 1 })],
    ['find', (store) => store.find('a')],
    ['list', (store) => store.list()],
    ['countByStatus', (store) => store.countByStatus()],
    ['backlog', (store) => store.backlog()],
    ['progress', (store) => store.progress()],
  ])('makes %s a StorageError', async (_, ask) => {
    const { store } = await openNew();
    await store.close();
    await expect(ask(store)).rejects.toThrow(StorageError);
  });
});
