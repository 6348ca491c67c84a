import type { SQLInputValue } from 'node:sqlite';
import { type Compilable, Kysely } from 'kysely';
import { describe, expect, it } from 'vitest';
import { oldestPendingStatement } from '../../src/store/backlog.ts';
import { pendingStatement } from '../../src/store/control.ts';
import { openNodeSqlite } from '../../src/store/node-sqlite.ts';
import { dueStatement, inFlightStatement, listStatement } from '../../src/store/rows.ts';
import type { StoreReader, StoreSchema } from '../../src/store/schema.ts';
import { storeDialect } from '../../src/store/sqlite-dialect.ts';
import {
  alter,
  dueIds,
  enqueue,
  move,
  NOW,
  open,
  openLeased,
  openNew,
  outsider,
  payment,
  stage,
} from './support.ts';

describe('the queue', () => {
  it('is in order of id, whatever the order of import', async () => {
    const { store } = await openNew();
    await enqueue(store, 'b', 'c');
    await enqueue(store, 'a');
    expect(await dueIds(store)).toEqual(['a', 'b', 'c']);
  });

  it('comes in pages', async () => {
    const { store } = await openNew();
    await enqueue(store, 'a', 'b', 'c');
    expect(await dueIds(store, 2)).toEqual(['a', 'b']);
    expect((await store.due({ now: NOW, limit: 2, after: 'b' })).map((row) => row.id)).toEqual(['c']);
  });

  it('does not hold what left it', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a', 'b', 'c');
    await stage(store, lease, 'a', 0);
    await move(store, lease, 'b', 'queued', 'cancelled');
    expect(await dueIds(store)).toEqual(['c']);
  });

  it('leaves out rows in backoff until its instant, and searches on behind them', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a', 'b');
    await alter(store, lease, 'a', { from: ['queued'], to: 'queued', notBefore: NOW + 10 });
    expect(await dueIds(store, 1, NOW + 9)).toEqual(['b']);
    expect(await dueIds(store, 1, NOW + 10)).toEqual(['a']);
  });
});

describe('the epoch', () => {
  it('is 0 at first, and rows of epoch 0 are due from the start', async () => {
    const { store } = await openNew();
    await enqueue(store, 'now', payment('later', { scheduledEpoch: 1 }));
    expect(await store.highestEpoch()).toBe(0);
    expect(await dueIds(store)).toEqual(['now']);
  });

  it('makes rows due when it reaches theirs', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, payment('e3', { scheduledEpoch: 3 }), payment('e4', { scheduledEpoch: 4 }));
    expect(await store.raiseEpoch(lease, 2, { now: NOW })).toBe(2);
    expect(await dueIds(store)).toEqual([]);
    expect(await store.raiseEpoch(lease, 3, { now: NOW })).toBe(3);
    expect(await dueIds(store)).toEqual(['e3']);
  });

  it('never falls', async () => {
    const { store, lease, path } = await openLeased();
    await store.raiseEpoch(lease, 5, { now: NOW });
    expect(await store.raiseEpoch(lease, 3, { now: NOW })).toBe(5);
    expect(await (await open(path)).highestEpoch()).toBe(5);
  });

  it('that is stored already covers rows that are imported later', async () => {
    const { store, lease } = await openLeased();
    await store.raiseEpoch(lease, 5, { now: NOW });
    await enqueue(store, payment('e5', { scheduledEpoch: 5 }), payment('e6', { scheduledEpoch: 6 }));
    expect(await dueIds(store)).toEqual(['e5']);
  });

  it('survives closing and opening', async () => {
    const { store, lease, path } = await openLeased();
    await enqueue(store, payment('e3', { scheduledEpoch: 3 }));
    await store.raiseEpoch(lease, 3, { now: NOW });
    await store.close();
    const again = await open(path);
    expect(await again.highestEpoch()).toBe(3);
    expect(await dueIds(again)).toEqual(['e3']);
  });
});

describe('lists', () => {
  it('are by id, of one status or of all, in pages', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'c', 'a', 'b');
    await stage(store, lease, 'b', 0);
    const ids = async (query?: Parameters<typeof store.list>[0]) =>
      (await store.list(query)).map((row) => row.id);
    expect(await ids()).toEqual(['a', 'b', 'c']);
    expect(await ids({ status: 'queued' })).toEqual(['a', 'c']);
    expect(await ids({ after: 'a', limit: 1 })).toEqual(['b']);
    expect(await ids({ status: 'finalized' })).toEqual([]);
  });

  it('find one row by its id, or nothing', async () => {
    const { store } = await openNew();
    await enqueue(store, 'a', 'b');
    expect((await store.find('b'))?.id).toBe('b');
    expect(await store.find('c')).toBeUndefined();
  });
});

describe('the database looks nothing up by a scan', () => {
  const planOf = async (build: (db: StoreReader) => Compilable) => {
    const { path } = await openNew();
    const db = new Kysely<StoreSchema>({ dialect: storeDialect(openNodeSqlite(path, 0)) });
    const { sql, parameters } = build(db).compile();
    const plan = outsider(path)
      .prepare(`explain query plan ${sql}`)
      .all(...(parameters as SQLInputValue[]));
    await db.destroy();
    return plan.map((step) => step['detail']);
  };
  const ofRows = 'SEARCH disbursement USING INDEX';

  it.each([undefined, 'a'])('due rows behind %s are a range of the partial index', async (after) => {
    const query = { now: NOW, limit: 5, ...(after === undefined ? {} : { after }) };
    const plan = await planOf((db) => dueStatement(db, query));
    const range = after === undefined ? '' : ' AND id>?';
    expect(plan).toContain(`${ofRows} disbursement_queue (status=? AND due=?${range})`);
  });

  it('rows in flight are found by status', async () => {
    const plan = await planOf(inFlightStatement);
    expect(plan).toContain(`${ofRows} disbursement_by_status (status=?)`);
    expect(plan).toContain('SCAN disbursement USING INDEX disbursement_gap');
  });

  it('the oldest pending row is the first of an index', async () => {
    const plan = await planOf(oldestPendingStatement);
    expect(plan).toEqual(['SEARCH disbursement USING INDEX disbursement_pending (due=?)']);
  });

  it('a list of one status is a range', async () => {
    const plan = await planOf((db) => listStatement(db, { status: 'cancelled', after: 'a', limit: 5 }));
    expect(plan).toContain(`${ofRows} disbursement_by_status (status=? AND id>?)`);
  });

  it('orders that wait are the whole of an index', async () => {
    expect(await planOf(pendingStatement)).toEqual(['SCAN control USING INDEX control_pending']);
  });
});
