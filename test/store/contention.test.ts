import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/errors.ts';
import { contentOf, enqueue, NOW, open, openLeased, openNew, outsider, stage } from './support.ts';

/** Another program that holds the write lock, and a way to wait which lets it go after so many times. */
function lockUntil(path: string, waits: number) {
  const holder = outsider(path);
  holder.exec('begin immediate');
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    if (slept.length === waits) holder.exec('commit');
  };
  return { slept, sleep };
}

describe('while another connection writes', () => {
  it('a write waits without blocking, and is done when the lock is free', async () => {
    const { path } = await openNew();
    let lock = { slept: [] as number[], sleep: async (_: number) => {} };
    const store = await open(path, { sleep: (ms) => lock.sleep(ms) });
    lock = lockUntil(path, 8);
    expect(await enqueue(store, 'a')).toEqual({ imported: 1, repeated: 0 });
    expect(lock.slept).toEqual([1, 2, 4, 8, 16, 32, 50, 50]);
  });

  it('a write gives up at the limit with a clear error, and writes nothing', async () => {
    const { path } = await openNew();
    const slept: number[] = [];
    const sleep = async (ms: number) => void slept.push(ms);
    const store = await open(path, { sleep, busyLimitMs: 1_000 });
    const before = contentOf(path);
    lockUntil(path, Number.POSITIVE_INFINITY);
    const refused = enqueue(store, 'a');
    await expect(refused).rejects.toThrow(StorageError);
    await expect(refused).rejects.toThrow('another process keeps it locked');
    expect(slept.reduce((sum, ms) => sum + ms)).toBeGreaterThanOrEqual(1_000);
    expect(slept.reduce((sum, ms) => sum + ms)).toBeLessThan(1_050);
    expect(contentOf(path)).toEqual(before);
  });

  it('the next write succeeds after one gave up', async () => {
    const { path } = await openNew();
    const store = await open(path, { sleep: async () => {}, busyLimitMs: 0 });
    const holder = outsider(path);
    holder.exec('begin immediate');
    await expect(enqueue(store, 'a')).rejects.toThrow(StorageError);
    holder.exec('commit');
    expect(await enqueue(store, 'a')).toEqual({ imported: 1, repeated: 0 });
  });

  it('reads go on', async () => {
    const { store, path } = await openNew();
    await enqueue(store, 'a');
    outsider(path).exec('begin immediate');
    expect((await store.find('a'))?.id).toBe('a');
    expect(await store.progress()).toMatchObject({ outstanding: 1 });
  });

  it('an open store can be opened for reading', async () => {
    const { path } = await openNew();
    outsider(path).exec('begin immediate');
    const reader = await open(path, { create: false, busyLimitMs: 0 });
    expect(await reader.list()).toEqual([]);
  });

  it('what waits is done together, in order', async () => {
    const { path } = await openLeased();
    let lock = { sleep: async (_: number) => {} };
    const store = await open(path, { sleep: (ms) => lock.sleep(ms) });
    lock = lockUntil(path, 3);
    const lease = { owner: 'owner', fence: 1 };
    await Promise.all([enqueue(store, 'a'), stage(store, lease, 'a', 0), enqueue(store, 'a')]);
    expect((await store.find('a'))?.status).toBe('staged');
  });
});

describe('two connections that write at once', () => {
  it('lose nothing', async () => {
    const { store, path, lease } = await openLeased();
    const importer = await open(path);
    await enqueue(store, ...Array.from({ length: 50 }, (_, at) => `s${at}`));
    await Promise.all([
      ...Array.from({ length: 50 }, (_, at) => stage(store, lease, `s${at}`, at)),
      ...Array.from({ length: 50 }, (_, at) => enqueue(importer, `i${at}`)),
    ]);
    expect(await store.countByStatus()).toMatchObject({ queued: 50, staged: 50 });
    expect(await importer.countByStatus()).toMatchObject({ queued: 50, staged: 50 });
  });

  it('import the same rows once', async () => {
    const { store, path } = await openNew();
    const other = await open(path);
    const ids = Array.from({ length: 300 }, (_, at) => `p${at}`);
    const [one, two] = await Promise.all([enqueue(store, ...ids), enqueue(other, ...ids)]);
    expect(one.imported + two.imported).toBe(300);
    expect(one.repeated + two.repeated).toBe(300);
  });

  it('open a new file together', async () => {
    const { path } = await openNew();
    const fresh = `${path}-fresh`;
    const stores = await Promise.all([1, 2, 3, 4].map(() => open(fresh)));
    const leases = await Promise.all(
      stores.map((store, at) => store.acquireLease({ owner: `${at}`, ttlMs: 1, now: NOW })),
    );
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
  });
});
