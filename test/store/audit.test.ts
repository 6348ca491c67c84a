import { describe, expect, it } from 'vitest';
import {
  alter,
  contentOf,
  enqueue,
  move,
  NOW,
  openLeased,
  outsider,
  PAYEE,
  payment,
  stage,
  TTL,
  take,
} from './support.ts';

type Values = Record<string, unknown>;

/** Replays the trail, by what it says and nothing else. */
function rebuiltFromAudit(path: string): Map<unknown, Values> {
  const rows = new Map<unknown, Values>();
  for (const entry of contentOf(path)['audit'] as Values[]) {
    const { disbursement_id: id, at, nonce, attempts, reason, not_before, gap, to_status } = entry;
    const before = rows.get(id) ?? { id, created_at: at, ...JSON.parse(String(entry['payload'])) };
    const changed = { status: to_status, nonce, attempts, reason, not_before, gap, updated_at: at };
    rows.set(id, { ...before, ...changed });
  }
  return rows;
}

async function storeWithHistory() {
  const { store, lease, path } = await openLeased();
  await enqueue(store, 'a', payment('b', { memo: 'rent', dependsOn: ['a'], scheduledEpoch: 2 }), 'c', 'd');
  await stage(store, lease, 'd', 5);
  await move(store, lease, 'd', 'staged', 'cancelled');
  await stage(store, lease, 'a', 4);
  await move(store, lease, 'a', 'staged', 'submitted', 'executed');
  await alter(
    store,
    lease,
    'c',
    { from: ['queued'], to: 'queued', attempts: 1, notBefore: NOW + 9 },
    NOW + 1,
  );
  await alter(store, lease, 'c', { from: ['queued'], to: 'deadLetter', reason: 'no key' }, NOW + 2);
  const everything = { attempts: 4, reason: 'again', notBefore: NOW + 99 };
  await alter(store, lease, 'b', { from: ['queued'], to: 'cancelled', ...everything }, NOW + 3);
  return { store, path };
}

describe('the audit trail', () => {
  it('says who did what to which row, and with which transaction', async () => {
    const { store, path, lease } = await openLeased();
    await enqueue(store, 'a');
    await stage(store, lease, 'a', 4);
    expect(contentOf(path)['audit']).toMatchObject([
      { seq: 1, at: NOW, owner: null, fence: null, from_status: null, to_status: 'queued' },
      {
        seq: 2,
        at: NOW,
        owner: 'owner',
        fence: 1,
        from_status: 'queued',
        to_status: 'staged',
        nonce: 4,
        tx_hash: '0xa4',
      },
    ]);
    expect(contentOf(path)['intent']).toMatchObject([
      { tx_hash: '0xa4', raw_tx: '0x02a4', purpose: 'pay', fence: 1 },
    ]);
  });

  it('carries the fence of whoever held the lease', async () => {
    const { store, path } = await openLeased();
    await enqueue(store, 'a');
    await move(store, await take(store, 'b', NOW + TTL), 'a', 'queued', 'cancelled');
    expect(contentOf(path)['audit']?.at(-1)).toMatchObject({ owner: 'b', fence: 2 });
  });

  it('keeps what was imported', async () => {
    const { store, path } = await openLeased();
    await enqueue(store, payment('a', { amount: 2n ** 255n, memo: 'm', dependsOn: ['z', 'b'] }));
    const [entry] = contentOf(path)['audit'] as Values[];
    expect(JSON.parse(String(entry?.['payload']))).toEqual({
      destination: PAYEE,
      amount: String(2n ** 255n),
      memo: 'm',
      scheduled_epoch: 0,
      depends_on: '["b","z"]',
    });
  });

  it('is enough to rebuild every row', async () => {
    const { path } = await storeWithHistory();
    // Whether and since when a row is due follows from the epoch.
    const rows = (contentOf(path)['disbursement'] as Values[]).map(
      ({ due: _, due_since: __, ...row }) => row,
    );
    expect([...rebuiltFromAudit(path).values()]).toEqual(rows);
  });

  it.each([
    "update audit set reason = 'nothing happened'",
    'delete from audit where seq = 1',
    "update intent set raw_tx = '0x'",
    'delete from intent',
  ])('cannot be changed: %s', async (forgery) => {
    const { path } = await storeWithHistory();
    const before = contentOf(path);
    expect(() => outsider(path).exec(forgery)).toThrow('append-only');
    expect(contentOf(path)).toEqual(before);
  });
});
