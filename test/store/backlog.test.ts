import { describe, expect, it } from 'vitest';
import { alter, enqueue, move, NOW, openLeased, openNew, payment, stage } from './support.ts';

const LATER = NOW + 5_000;

describe('the backlog', () => {
  it('names every status, with rows and sums', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, payment('a', { amount: 2n ** 200n }), payment('b', { amount: 5n }), 'c');
    await stage(store, lease, 'b', 0);
    await move(store, lease, 'c', 'queued', 'cancelled');
    expect((await store.backlog()).byStatus).toEqual({
      queued: { rows: 1, amount: 2n ** 200n },
      staged: { rows: 1, amount: 5n },
      submitted: { rows: 0, amount: 0n },
      executed: { rows: 0, amount: 0n },
      finalized: { rows: 0, amount: 0n },
      cancelled: { rows: 1, amount: 1n },
      deadLetter: { rows: 0, amount: 0n },
    });
  });
});

describe('the oldest pending disbursement', () => {
  const importAt = (store: Awaited<ReturnType<typeof openNew>>['store'], now: number, id: string) =>
    store.importDisbursements([payment(id)], { now });

  it('is none in an empty store, and the first that was imported when due', async () => {
    const { store } = await openNew();
    expect((await store.backlog()).oldestPendingAt).toBeUndefined();
    await importAt(store, LATER, 'a');
    await importAt(store, NOW, 'b');
    expect((await store.backlog()).oldestPendingAt).toBe(NOW);
  });

  it('waits since its epoch has come, not since its import', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, payment('a', { scheduledEpoch: 3 }), payment('b', { scheduledEpoch: 4 }));
    expect((await store.backlog()).oldestPendingAt).toBeUndefined();
    await store.raiseEpoch(lease, 3, { now: LATER });
    expect((await store.backlog()).oldestPendingAt).toBe(LATER);
  });

  it('goes on waiting, signed and submitted, until it is executed or given up', async () => {
    const { store, lease } = await openLeased();
    await importAt(store, NOW, 'a');
    await importAt(store, LATER, 'b');
    await stage(store, lease, 'a', 0);
    expect((await store.backlog()).oldestPendingAt).toBe(NOW);
    await move(store, lease, 'a', 'staged', 'submitted');
    expect((await store.backlog()).oldestPendingAt).toBe(NOW);
    await move(store, lease, 'a', 'submitted', 'executed');
    expect((await store.backlog()).oldestPendingAt).toBe(LATER);
    await move(store, lease, 'b', 'queued', 'cancelled');
    expect((await store.backlog()).oldestPendingAt).toBeUndefined();
    await move(store, lease, 'a', 'executed', 'submitted');
    expect((await store.backlog()).oldestPendingAt).toBe(NOW);
  });

  it('waits anew once it is put back', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a');
    await move(store, lease, 'a', 'queued', 'cancelled');
    await store.requeue(['a'], { now: LATER, by: 'test' });
    expect((await store.backlog()).oldestPendingAt).toBe(LATER);
  });

  it('is not one that waits for another, unless it is signed', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a', payment('b', { dependsOn: ['a'] }));
    await move(store, lease, 'a', 'queued', 'cancelled');
    expect((await store.backlog()).oldestPendingAt).toBeUndefined();
    await stage(store, lease, 'b', 0);
    expect((await store.backlog()).oldestPendingAt).toBe(NOW);
  });

  it('counts while it backs off', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a');
    await alter(store, lease, 'a', { from: ['queued'], to: 'queued', notBefore: LATER });
    expect((await store.backlog()).oldestPendingAt).toBe(NOW);
  });
});
