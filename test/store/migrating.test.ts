import { Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import { openNodeSqlite } from '../../src/store/node-sqlite.ts';
import type { StoreSchema } from '../../src/store/schema.ts';
import { storeDialect } from '../../src/store/sqlite-dialect.ts';
import { makeOldStore } from '../support/old-store.ts';
import { contentOf, EFFECT, enqueue, NOW, newPath, open, order, TTL } from './support.ts';

async function oldFile(): Promise<string> {
  const path = newPath();
  await makeOldStore(path, NOW + TTL);
  return path;
}

it('a store of the version before keeps what it holds, its lease too, and takes orders', async () => {
  const path = await oldFile();
  const before = contentOf(path);
  expect(before).not.toHaveProperty('control');
  const store = await open(path, { create: false });
  const { kysely_migration: _, sqlite_sequence: __, ...kept } = before;
  expect(contentOf(path)).toMatchObject(kept);

  expect(await store.loadBreaker()).toEqual({ state: 'OPEN' });
  expect(await store.acquireLease({ owner: 'new', ttlMs: TTL, now: NOW })).toBeUndefined();
  await enqueue(store, 'a');
  await store.applyControl({ owner: 'old', fence: 7 }, await order(store), EFFECT);
  expect(await store.controlAudit({ limit: 1 })).toMatchObject([{ owner: 'old', fence: 7 }]);
});

it('a transaction that a version before has stored is there, without what it did not note', async () => {
  const path = await oldFile();
  const db = new Kysely<StoreSchema>({ dialect: storeDialect(openNodeSqlite(path, 5)) });
  await sql
    .raw(`insert into disbursement (id, destination, amount, memo, scheduled_epoch, depends_on, status, due, nonce,
    created_at, updated_at) values ('a', '0x', '5', '', 0, '[]', 'submitted', 1, 4, 1, 1)`)
    .execute(db);
  await sql.raw("insert into intent values ('0xa4', 'a', 1, 4, 'pay', '0x02', '9', 7, 77)").execute(db);
  await db.destroy();
  const store = await open(path);
  expect((await store.inFlight())[0]?.intents).toEqual([
    { disbursementId: 'a', nonce: 4, txHash: '0xa4', rawTx: '0x02', maxCost: 9n, storedAt: 77 },
  ]);
});

it('is migrated once, whoever opens it first', async () => {
  const path = await oldFile();
  const stores = await Promise.all(Array.from({ length: 3 }, () => open(path)));
  for (const store of stores) await order(store);
  expect(await stores[0]?.pendingControl()).toHaveLength(3);
});

it('what was due when it was migrated is due since its last change', async () => {
  const path = await oldFile();
  const db = new Kysely<StoreSchema>({ dialect: storeDialect(openNodeSqlite(path, 5)) });
  await sql
    .raw(`insert into disbursement (id, destination, amount, memo, scheduled_epoch, depends_on, due, created_at,
    updated_at) values ('a', '0x', '5', '', 0, '[]', 1, 1, 33), ('b', '0x', '5', '', 9, '[]', 0, 1, 22)`)
    .execute(db);
  await db.destroy();
  expect((await (await open(path)).backlog()).oldestPendingAt).toBe(33);
});
