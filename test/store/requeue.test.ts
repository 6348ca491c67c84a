import { describe, expect, test } from 'vitest';
import { NotRequeueableError } from '../../src/store/store.ts';
import { alter, contentOf, dueIds, enqueue, move, NOW, openLeased, payment, stage } from './support.ts';

const BY = { now: NOW + 7, by: 'cli:ada' };

/** One row in each status; `paid` ones have bytes. */
async function aStore() {
  const opened = await openLeased();
  const { store, lease } = opened;
  await enqueue(store, 'queued', 'staged', 'cancelled', 'refused', 'reverted', 'executed');
  const reason = 'insufficient balance: have 0';
  await alter(store, lease, 'cancelled', {
    from: ['queued'],
    to: 'cancelled',
    reason,
    attempts: 2,
    notBefore: NOW,
  });
  await alter(store, lease, 'refused', {
    from: ['queued'],
    to: 'deadLetter',
    reason: 'no address',
    attempts: 10,
  });
  await stage(store, lease, 'staged', 1);
  await stage(store, lease, 'reverted', 2);
  await alter(store, lease, 'reverted', { from: ['staged'], to: 'deadLetter', reason: 'reverted' });
  await stage(store, lease, 'executed', 3);
  await move(store, lease, 'executed', 'staged', 'executed');
  return opened;
}

describe('a payment that was given up', () => {
  test('is queued again as if it were new, and due', async () => {
    const { store } = await aStore();
    expect(await store.requeue(['cancelled', 'refused'], BY)).toEqual([
      { id: 'cancelled', from: 'cancelled', reason: 'insufficient balance: have 0' },
      { id: 'refused', from: 'deadLetter', reason: 'no address' },
    ]);
    for (const id of ['cancelled', 'refused']) {
      expect(await store.find(id)).toMatchObject({
        ...{ status: 'queued', nonce: undefined, intents: [], attempts: 0 },
        ...{ reason: undefined, notBefore: undefined },
      });
    }
    expect(await dueIds(store)).toEqual(['cancelled', 'queued', 'refused']);
    expect(await store.countByStatus()).toMatchObject({ queued: 3, cancelled: 0, deadLetter: 1 });
  });

  test('keeps what was signed for it, and takes another nonce', async () => {
    const { store, lease, path } = await aStore();
    await store.requeue(['reverted'], BY);
    expect(await store.find('reverted')).toMatchObject({
      status: 'queued',
      nonce: undefined,
      intents: [{ nonce: 2 }],
    });
    expect(await store.nonceFloor()).toBe(3);
    await expect(stage(store, lease, 'reverted', 2)).rejects.toThrow(
      'nonce 2 belongs to disbursement "reverted"',
    );
    await stage(store, lease, 'reverted', 4);
    expect(await store.find('reverted')).toMatchObject({ nonce: 4, intents: [{ nonce: 2 }, { nonce: 4 }] });
    const ofIt = (contentOf(path)['intent'] as Record<string, unknown>[]).filter(
      (intent) => intent['disbursement_id'] === 'reverted',
    );
    expect(ofIt.map(({ nonce, ordinal }) => [nonce, ordinal]).toSorted()).toEqual([
      [2, 1],
      [4, 2],
    ]);
  });

  test('is put back by somebody, and the audit says by whom', async () => {
    const { store } = await aStore();
    await store.requeue(['refused'], BY);
    expect((await store.auditTrail({ id: 'refused', limit: 9 })).at(-1)).toMatchObject({
      ...{ at: NOW + 7, owner: 'cli:ada', fence: undefined, from: 'deadLetter', to: 'queued' },
      ...{ nonce: undefined, attempts: 0, reason: undefined },
    });
    expect(await store.checkAudit()).toMatchObject({ faults: [] });
  });

  test('waits for its epoch if that has not come', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, payment('later', { scheduledEpoch: 5 }));
    await alter(store, lease, 'later', { from: ['queued'], to: 'cancelled' });
    await store.requeue(['later'], BY);
    expect(await dueIds(store)).toEqual([]);
    await store.raiseEpoch(lease, 5, { now: NOW });
    expect(await dueIds(store)).toEqual(['later']);
  });
});

describe('a payment that is not given up', () => {
  test.each([
    ['queued', 'it is queued, and not given up'],
    ['staged', 'it is staged, and not given up'],
    ['executed', 'it is executed, and not given up'],
    ['nobody', 'it is not in the store'],
  ])('stays as it is, and so does everything that was asked for with it: %s', async (id, why) => {
    const { store, path } = await aStore();
    const before = contentOf(path);
    await expect(store.requeue(['cancelled', id], BY)).rejects.toThrow(new NotRequeueableError(id, why));
    expect(contentOf(path)).toEqual(before);
  });

  test('has bytes that may still be mined, although it was cancelled', async () => {
    const { store, lease } = await aStore();
    await move(store, lease, 'staged', 'staged', 'cancelled');
    expect((await store.inFlight()).map(({ id, isGap }) => [id, isGap])).toContainEqual(['staged', true]);
    await expect(store.requeue(['staged'], BY)).rejects.toThrow('its transaction may still be mined');
  });

  test('has bytes of which the chain has not shown yet what took their nonce', async () => {
    const { store, lease } = await aStore();
    await move(store, lease, 'staged', 'staged', 'cancelled');
    const retried = { from: ['cancelled'], to: 'cancelled', attempts: 1 } as const;
    await alter(store, lease, 'staged', retried);
    await expect(store.requeue(['staged'], BY)).rejects.toThrow('its transaction may still be mined');
    await alter(store, lease, 'staged', { ...retried, closesGap: true });
    expect((await store.inFlight()).map(({ id }) => id)).not.toContain('staged');
    expect(await store.find('staged')).toMatchObject({ nonce: 1, isGap: false });
    expect(await store.requeue(['staged'], BY)).toHaveLength(1);
    expect(await store.find('staged')).toMatchObject({ status: 'queued', nonce: undefined, isGap: false });
    expect(await store.checkAudit()).toMatchObject({ faults: [] });
  });

  test('was cancelled, put back, and cancelled before it had another nonce: that is no gap', async () => {
    const { store, lease } = await aStore();
    await store.requeue(['reverted'], BY);
    await move(store, lease, 'reverted', 'queued', 'cancelled');
    expect(await store.find('reverted')).toMatchObject({ isGap: false });
    expect(await store.requeue(['reverted'], BY)).toHaveLength(1);
  });

  test('was cancelled, and is executed after all: that is no gap', async () => {
    const { store, lease } = await aStore();
    await move(store, lease, 'staged', 'staged', 'cancelled', 'executed');
    expect(await store.find('staged')).toMatchObject({ status: 'executed', isGap: false });
    expect(await store.checkAudit()).toMatchObject({ faults: [] });
  });

  test('was put back a moment ago', async () => {
    const { store } = await aStore();
    expect(await store.requeue(['cancelled', 'cancelled'], BY)).toHaveLength(1);
    await expect(store.requeue(['cancelled'], BY)).rejects.toThrow('it is queued, and not given up');
  });
});
