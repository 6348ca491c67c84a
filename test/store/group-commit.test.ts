import { Kysely } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LeaseLostError, StorageError } from '../../src/errors.ts';
import { GroupCommit, type WriteWork } from '../../src/store/group-commit.ts';
import { openNodeSqlite } from '../../src/store/node-sqlite.ts';
import type { StoreSchema } from '../../src/store/schema.ts';
import { storeDialect } from '../../src/store/sqlite-dialect.ts';
import {
  alter,
  commitsIn,
  contentOf,
  enqueue,
  NOW,
  newPath,
  open,
  openLeased,
  outsider,
  stage,
  take,
} from './support.ts';

const IDS = Array.from({ length: 16 }, (_, at) => `p${String(at).padStart(2, '0')}`);

async function storeWithQueue() {
  const { store, lease, path } = await openLeased();
  await enqueue(store, ...IDS);
  const commits = commitsIn(path);
  return { store, lease, path, commitsSince: () => commitsIn(path) - commits };
}

describe('writes that are asked for together', () => {
  it('share one transaction', async () => {
    const { store, lease, commitsSince } = await storeWithQueue();
    await Promise.all(IDS.map((id, nonce) => stage(store, lease, id, nonce)));
    expect(commitsSince()).toBe(1);
    expect(await store.inFlight()).toHaveLength(16);
  });

  it('have one each when each waits for the one before', async () => {
    const { store, lease, commitsSince } = await storeWithQueue();
    for (const [nonce, id] of IDS.entries()) await stage(store, lease, id, nonce);
    expect(commitsSince()).toBe(16);
  });

  it('are split where one transaction would keep others waiting for long', async () => {
    const { store, lease, commitsSince } = await storeWithQueue();
    const renewals = Array.from({ length: 300 }, (_, at) => store.saveBreaker(lease, at));
    await Promise.all(renewals);
    expect(commitsSince()).toBe(3);
    expect(await store.loadBreaker()).toBe(299);
  });

  it('are done in the order of asking', async () => {
    const { store, lease } = await storeWithQueue();
    await Promise.all([
      stage(store, lease, 'p00', 0),
      alter(store, lease, 'p00', { from: ['staged'], to: 'submitted' }),
      alter(store, lease, 'p00', { from: ['submitted'], to: 'executed' }),
    ]);
    expect((await store.find('p00'))?.status).toBe('executed');
  });

  it('are durable when they resolve, and not resolved before', async () => {
    const { store, lease, path } = await storeWithQueue();
    const observer = outsider(path);
    const stagedRows = () =>
      observer.prepare("select count(*) as count from disbursement where status = 'staged'").get()?.['count'];
    const seen = await Promise.all(IDS.map((id, nonce) => stage(store, lease, id, nonce).then(stagedRows)));
    expect(seen).toEqual(IDS.map(() => 16));
  });

  it('leave the event loop to others, one after another too', async () => {
    const { store, lease } = await storeWithQueue();
    let turns = 0;
    let counting = setImmediate(function count() {
      turns += 1;
      counting = setImmediate(count);
    });
    onTestFinished(() => clearImmediate(counting));
    for (const [nonce, id] of IDS.entries()) await stage(store, lease, id, nonce);
    expect(turns).toBeGreaterThanOrEqual(IDS.length);
  });

  it('are seen by a read that is asked for once they resolved', async () => {
    const { store, lease } = await storeWithQueue();
    const others = IDS.slice(1).map((id, at) => stage(store, lease, id, at + 1));
    await stage(store, lease, 'p00', 0);
    expect((await store.find('p00'))?.status).toBe('staged');
    await Promise.all(others);
  });
});

describe('one of them that fails', () => {
  it('is undone alone and fails alone', async () => {
    const { store, lease, commitsSince } = await storeWithQueue();
    const outcomes = await Promise.allSettled([
      stage(store, lease, 'p00', 0),
      stage(store, lease, 'p01', 0),
      stage(store, { owner: 'owner', fence: 0 }, 'p02', 2),
      stage(store, lease, 'p03', 3),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { message: 'nonce 0 belongs to disbursement "p00"' } },
      { status: 'rejected', reason: expect.any(LeaseLostError) },
      { status: 'fulfilled' },
    ]);
    expect((await store.inFlight()).map((row) => row.id)).toEqual(['p00', 'p03']);
    expect(commitsSince()).toBe(1);
    // The sums are those of what was written, not of what was tried.
    expect(await store.countByStatus()).toMatchObject({ queued: 14, staged: 2 });
    expect((await store.checkAudit()).faults).toEqual([]);
  });

  it('is fenced off by who takes the lease over in the same transaction', async () => {
    const { store, lease } = await storeWithQueue();
    const outcomes = await Promise.allSettled([
      stage(store, lease, 'p00', 0),
      store.releaseLease(lease),
      take(store, 'other'),
      stage(store, lease, 'p01', 1),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect((await store.inFlight()).map((row) => row.id)).toEqual(['p00']);
  });

  it('leaves nothing of itself behind, when its last statement is the one that fails', async () => {
    const { store, lease, path } = await storeWithQueue();
    const before = contentOf(path);
    outsider(path).exec(`create trigger refuse before insert on audit when new.disbursement_id = 'p01'
      begin select raise(abort, 'refused'); end`);
    const outcomes = await Promise.allSettled([stage(store, lease, 'p01', 1), store.saveBreaker(lease, 1)]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: expect.any(StorageError) },
      { status: 'fulfilled' },
    ]);
    const after = contentOf(path);
    expect({ ...after, meta: before['meta'] }).toEqual(before);
    expect(after['meta']).not.toEqual(before['meta']);
  });
});

describe('a transaction that fails', () => {
  it('fails all that are in it, and leaves the store as it was', async () => {
    const { store, path } = await openLeased();
    await enqueue(store, ...IDS);
    const full = await open(path, { pragmas: { max_page_count: 1 } });
    const lease = { owner: 'owner', fence: 1 };
    const before = contentOf(path);
    const long = { rawTx: `0x${'00'.repeat(100_000)}` };
    const outcomes = await Promise.allSettled([
      full.saveBreaker(lease, 'small'),
      stage(full, lease, 'p00', 0, long),
      full.acquireLease({ owner: 'owner', ttlMs: 1, now: NOW }),
    ]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StorageError) });
      expect(outcome).toMatchObject({ reason: { cause: { errcode: 13 } } });
    }
    expect(contentOf(path)).toEqual(before);
  });

  it('fails all with the cause when SQLite has rolled it back by itself', async () => {
    const { store, lease, path } = await storeWithQueue();
    outsider(path).exec(
      `create trigger refuse before insert on intent begin select raise(rollback, 'gone'); end`,
    );
    const before = contentOf(path);
    const outcomes = await Promise.allSettled([store.saveBreaker(lease, 1), stage(store, lease, 'p00', 0)]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { cause: { message: 'gone' } } });
    }
    expect(contentOf(path)).toEqual(before);
    expect(await store.raiseEpoch(lease, 1, { now: NOW })).toBe(1);
  });

  it('fails all when one finds the database itself in doubt', async () => {
    const { store, lease, path } = await storeWithQueue();
    outsider(path).exec('drop table intent');
    const before = contentOf(path);
    const outcomes = await Promise.allSettled([store.saveBreaker(lease, 1), stage(store, lease, 'p00', 0)]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StorageError) });
    }
    expect(contentOf(path)).toEqual(before);
  });

  it('and is begun again tells each caller what came of the last attempt', async () => {
    const db = new Kysely<StoreSchema>({ dialect: storeDialect(openNodeSqlite(newPath(), 0)) });
    onTestFinished(() => db.destroy());
    const failFirst = async (body: WriteWork<void>) => {
      const failing = db.transaction().execute(async (transaction) => {
        await body(transaction);
        throw new Error('not committed');
      });
      await expect(failing).rejects.toThrow('not committed');
      await db.transaction().execute(body);
    };
    const group = new GroupCommit({
      transact: failFirst,
      isContained: () => true,
      settle: async () => {},
      forget: () => {},
    });
    let attempts = 0;
    const attempt = () => group.run(async () => ++attempts);
    expect(await Promise.all([attempt(), attempt()])).toEqual([3, 4]);
  });
});
