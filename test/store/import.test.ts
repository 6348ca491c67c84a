import { describe, expect, it } from 'vitest';
import { ImportConflictError } from '../../src/store/store.ts';
import {
  contentOf,
  dueIds,
  enqueue,
  move,
  NOW,
  open,
  openLeased,
  openNew,
  payment,
  stage,
} from './support.ts';

const numbered = (count: number) =>
  Array.from({ length: count }, (_, at) => payment(`p${at}`, { memo: `${at}` }));

describe('an import', () => {
  it('adds new rows as queued', async () => {
    const { store } = await openNew();
    expect(await enqueue(store, 'a', 'b')).toEqual({ imported: 2, repeated: 0 });
    expect((await store.list()).map((row) => [row.id, row.status, row.intents])).toEqual([
      ['a', 'queued', []],
      ['b', 'queued', []],
    ]);
  });

  it('of nothing adds nothing', async () => {
    const { store } = await openNew();
    expect(await enqueue(store)).toEqual({ imported: 0, repeated: 0 });
  });

  it('keeps amounts to the last unit, and any text', async () => {
    const { store } = await openNew();
    const row = payment('a', { amount: 2n ** 256n - 1n, memo: 'größe;"\n\u{1f600}', dependsOn: ['x', 'y'] });
    await enqueue(store, row);
    expect(await store.find('a')).toMatchObject(row);
  });

  it('counts a row as repeated that is there with the same payload', async () => {
    const { store, path } = await openNew();
    await enqueue(store, 'a', 'b');
    const before = contentOf(path);
    expect(await enqueue(store, 'b', 'a')).toEqual({ imported: 0, repeated: 2 });
    expect(contentOf(path)).toEqual(before);
  });

  it('takes the same dependencies in another order for the same payload', async () => {
    const { store } = await openNew();
    await enqueue(store, payment('a', { dependsOn: ['y', 'x'] }));
    expect(await enqueue(store, payment('a', { dependsOn: ['x', 'y'] }))).toMatchObject({ repeated: 1 });
  });

  it('never queues a row again that has been paid, dropped or staged', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'paid', 'dropped', 'staged');
    await stage(store, lease, 'paid', 0);
    await stage(store, lease, 'staged', 1);
    await move(store, lease, 'paid', 'staged', 'executed', 'finalized');
    await move(store, lease, 'dropped', 'queued', 'cancelled');
    expect(await enqueue(store, 'paid', 'dropped', 'staged')).toEqual({ imported: 0, repeated: 3 });
    expect(await dueIds(store)).toEqual([]);
  });

  it.each([
    ['destination', { destination: `0x${'00'.repeat(20)}` }],
    ['amount', { amount: 2n }],
    ['memo', { memo: 'other' }],
    ['scheduledEpoch', { scheduledEpoch: 1 }],
    ['dependsOn', { dependsOn: ['b'] }],
  ])('refuses an id that is there with another %s', async (field, difference) => {
    const { store, path } = await openNew();
    await enqueue(store, 'a');
    const before = contentOf(path);
    const conflict = await enqueue(store, 'new', payment('a', difference)).catch((error) => error);
    expect(conflict).toBeInstanceOf(ImportConflictError);
    expect(conflict).toMatchObject({ id: 'a', fields: [field] });
    expect(contentOf(path)).toEqual(before);
  });

  it('counts a row as repeated that it holds twice', async () => {
    const { store } = await openNew();
    expect(await enqueue(store, 'a', 'a', 'b')).toEqual({ imported: 2, repeated: 1 });
  });

  it('refuses itself when it holds an id with two payloads', async () => {
    const { store, path } = await openNew();
    const before = contentOf(path);
    await expect(enqueue(store, 'a', payment('a', { amount: 2n }))).rejects.toThrow(ImportConflictError);
    expect(contentOf(path)).toEqual(before);
  });

  it('is all or none over many statements', async () => {
    const { store, path } = await openNew();
    await enqueue(store, payment('p999', { amount: 5n }));
    const before = contentOf(path);
    await expect(enqueue(store, ...numbered(1_000))).rejects.toThrow(ImportConflictError);
    expect(contentOf(path)).toEqual(before);
  });

  it('tells new rows from repeated ones wherever they stand', async () => {
    const { store } = await openNew();
    const rows = numbered(1_000);
    await enqueue(store, ...rows.filter((_, at) => at % 3 === 0));
    expect(await enqueue(store, ...rows)).toEqual({ imported: 666, repeated: 334 });
    expect(await store.list()).toHaveLength(1_000);
  });

  it('of a hundred thousand rows works beside another connection', async () => {
    const { store, path } = await openNew();
    const importer = await open(path);
    const [result, lease] = await Promise.all([
      enqueue(importer, ...numbered(100_000)),
      store.acquireLease({ owner: 'executor', ttlMs: 1, now: NOW }),
    ]);
    expect(result).toEqual({ imported: 100_000, repeated: 0 });
    expect(lease).toBeDefined();
    expect(await store.countByStatus()).toMatchObject({ queued: 100_000 });
  }, 30_000);
});
