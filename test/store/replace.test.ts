import { describe, expect, test } from 'vitest';
import { LeaseLostError, StorageError } from '../../src/errors.ts';
import { contentOf, enqueue, intent, move, NOW, openLeased, stage, stored, TTL, take } from './support.ts';

const LATER = { now: NOW + 5 };
const FEE = { maxFeePerGas: 9n, maxPriorityFeePerGas: 2n };
const outbid = (id: string, nonce: number) =>
  intent(id, nonce, { txHash: `0x${id}${nonce}+`, maxCost: 8n, fee: FEE });

/** `a` is staged, `b` submitted, `c` queued, `d` executed. */
async function aStore() {
  const opened = await openLeased();
  const { store, lease } = opened;
  await enqueue(store, 'a', 'b', 'c', 'd');
  await stage(store, lease, 'a', 1);
  await stage(store, lease, 'b', 2);
  await stage(store, lease, 'd', 3);
  await move(store, lease, 'b', 'staged', 'submitted');
  await move(store, lease, 'd', 'staged', 'executed');
  return opened;
}

describe('a transaction that outbids another one', () => {
  test.each([
    ['a', 1, 'staged'],
    ['b', 2, 'submitted'],
  ] as const)('stands beside it, and %s stays what it was', async (id, nonce, status) => {
    const { store, lease } = await aStore();
    await store.replace(lease, outbid(id, nonce), LATER);
    expect(await store.find(id)).toMatchObject({
      ...{ status, nonce, attempts: 0 },
      intents: [stored(id, nonce), { ...outbid(id, nonce), storedAt: NOW + 5 }],
    });
    expect((await store.inFlight()).find((row) => row.id === id)?.intents).toHaveLength(2);
    expect(await store.nonceFloor()).toBe(3);
    expect((await store.auditTrail({ id, limit: 9 })).at(-1)).toMatchObject({
      ...{ from: status, to: status, nonce, txHash: `0x${id}${nonce}+`, owner: 'owner', fence: 1 },
    });
    expect(await store.checkAudit()).toMatchObject({ faults: [] });
  });

  test.each([
    ['c', 1, 'is queued in the store and was taken for staged or submitted'],
    ['d', 3, 'is executed in the store and was taken for staged or submitted'],
    ['a', 2, 'has nonce 1, not 2'],
    ['a', 9, 'has nonce 1, not 9'],
  ] as const)('is refused for %s with nonce %i', async (id, nonce, why) => {
    const { store, lease, path } = await aStore();
    const before = contentOf(path);
    const refused = store.replace(lease, outbid(id, nonce), LATER);
    await expect(refused).rejects.toBeInstanceOf(StorageError);
    await expect(refused).rejects.toThrow(why);
    expect(contentOf(path)).toEqual(before);
  });

  test('is refused to whoever lost the lease', async () => {
    const { store, lease, path } = await aStore();
    await take(store, 'other', NOW + TTL);
    const before = contentOf(path);
    await expect(store.replace(lease, outbid('a', 1), LATER)).rejects.toBeInstanceOf(LeaseLostError);
    expect(contentOf(path)).toEqual(before);
  });
});

describe('a fill', () => {
  const fillOf = (id: string, nonce: number) =>
    intent(id, nonce, { txHash: `0xfill${nonce}`, maxCost: 8n, fee: FEE, purpose: 'fill' });

  test.each([
    ['a', 1, 'staged'],
    ['b', 2, 'submitted'],
  ] as const)('stands beside the payment %s, which stays what it was', async (id, nonce, status) => {
    const { store, lease, path } = await aStore();
    await store.replace(lease, fillOf(id, nonce), LATER);
    expect(await store.find(id)).toMatchObject({
      status,
      intents: [stored(id, nonce), { ...fillOf(id, nonce), storedAt: NOW + 5 }],
    });
    expect(contentOf(path)['intent']).toContainEqual(
      expect.objectContaining({ tx_hash: `0xfill${nonce}`, purpose: 'fill', ordinal: 2 }),
    );
  });

  test('is taken for a cancelled payment, which stays a gap', async () => {
    const { store, lease } = await aStore();
    await move(store, lease, 'a', 'staged', 'cancelled');
    await expect(store.replace(lease, outbid('a', 1), LATER)).rejects.toThrow('is cancelled in the store');
    await store.replace(lease, fillOf('a', 1), LATER);
    expect((await store.inFlight()).find(({ id }) => id === 'a')).toMatchObject({
      ...{ status: 'cancelled', isGap: true, intents: [{ nonce: 1 }, { purpose: 'fill' }] },
    });
    expect(await store.checkAudit()).toMatchObject({ faults: [] });
  });

  test.each([
    ['c', 1],
    ['d', 3],
  ] as const)('is refused for %s, which is queued or executed', async (id, nonce) => {
    const { store, lease, path } = await aStore();
    const before = contentOf(path);
    await expect(store.replace(lease, fillOf(id, nonce), LATER)).rejects.toBeInstanceOf(StorageError);
    expect(contentOf(path)).toEqual(before);
  });
});
