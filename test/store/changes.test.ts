import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/errors.ts';
import { alter, contentOf, enqueue, move, NOW, open, openLeased, payment, stage, stored } from './support.ts';

/** The largest amount that a disbursement can have. */
const MAX_UINT256 = 2n ** 256n - 1n;

describe('staging', () => {
  it('keeps nonce, hash, bytes and cost with the row', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a');
    const fee = { maxFeePerGas: MAX_UINT256, maxPriorityFeePerGas: 0n };
    await stage(store, lease, 'a', 7, { maxCost: MAX_UINT256, fee });
    expect(await store.find('a')).toEqual({
      ...payment('a'),
      status: 'staged',
      nonce: 7,
      intents: [stored('a', 7, { maxCost: MAX_UINT256, fee })],
      attempts: 0,
      reason: undefined,
      notBefore: undefined,
      isGap: false,
    });
  });

  it('leaves the cost out when the signer did not say', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a');
    await stage(store, lease, 'a', 0);
    expect((await store.find('a'))?.intents).toEqual([stored('a', 0)]);
  });

  it('is seen by another connection as soon as it resolves', async () => {
    const { store, path, lease } = await openLeased();
    await enqueue(store, 'a');
    const other = await open(path);
    await stage(store, lease, 'a', 7);
    expect((await other.find('a'))?.nonce).toBe(7);
  });

  it.each(['staged', 'cancelled'] as const)('refuses a row that is %s', async (status) => {
    const { store, path, lease } = await openLeased();
    await enqueue(store, 'a');
    if (status === 'staged') await stage(store, lease, 'a', 1);
    else await move(store, lease, 'a', 'queued', status);
    const before = contentOf(path);
    await expect(stage(store, lease, 'a', 2)).rejects.toThrow(StorageError);
    expect(contentOf(path)).toEqual(before);
  });

  it('refuses a row that does not exist', async () => {
    const { store, lease } = await openLeased();
    await expect(stage(store, lease, 'nobody', 2)).rejects.toThrow('"nobody" is not in the store');
  });

  it('refuses a nonce that another row holds, and names it', async () => {
    const { store, path, lease } = await openLeased();
    await enqueue(store, 'a', 'b');
    await stage(store, lease, 'a', 7);
    const before = contentOf(path);
    await expect(stage(store, lease, 'b', 7)).rejects.toThrow('nonce 7 belongs to disbursement "a"');
    expect(contentOf(path)).toEqual(before);
  });

  it('refuses the nonce of a row that was cancelled after it was staged', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a', 'b');
    await stage(store, lease, 'a', 7);
    await move(store, lease, 'a', 'staged', 'cancelled');
    await expect(stage(store, lease, 'b', 7)).rejects.toThrow(StorageError);
  });

  it('refuses a transaction that is stored already', async () => {
    const { store, path, lease } = await openLeased();
    await enqueue(store, 'a', 'b');
    await stage(store, lease, 'a', 7, { txHash: '0xsame' });
    const before = contentOf(path);
    await expect(stage(store, lease, 'b', 8, { txHash: '0xsame' })).rejects.toThrow(StorageError);
    expect(contentOf(path)).toEqual(before);
  });
});

describe('the nonce floor', () => {
  it('is undefined before the first staging, and then the highest that was', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a', 'b');
    expect(await store.nonceFloor()).toBeUndefined();
    await stage(store, lease, 'a', 12);
    await stage(store, lease, 'b', 3);
    expect(await store.nonceFloor()).toBe(12);
  });

  it('is 0 when nonce 0 is the only one', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a');
    await stage(store, lease, 'a', 0);
    expect(await store.nonceFloor()).toBe(0);
  });
});

describe('changing', () => {
  it('writes what is named and leaves the rest', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a');
    const backoff = { attempts: 2, reason: 'refused', notBefore: NOW + 5 };
    await alter(store, lease, 'a', { from: ['queued'], to: 'queued', ...backoff });
    await alter(store, lease, 'a', { from: ['queued'], to: 'queued', attempts: 3 });
    expect(await store.find('a')).toMatchObject({ status: 'queued', ...backoff, attempts: 3 });
  });

  it('clears with null', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a');
    await alter(store, lease, 'a', { from: ['queued'], to: 'queued', reason: 'x', notBefore: NOW });
    await alter(store, lease, 'a', { from: ['queued'], to: 'queued', reason: null, notBefore: null });
    expect(await store.find('a')).toMatchObject({ reason: undefined, notBefore: undefined });
  });

  it('accepts any of the statuses that it names', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a');
    await stage(store, lease, 'a', 0);
    await alter(store, lease, 'a', { from: ['submitted', 'staged'], to: 'executed' });
    expect((await store.find('a'))?.status).toBe('executed');
  });

  it('refuses a row that stands elsewhere, and changes nothing', async () => {
    const { store, path, lease } = await openLeased();
    await enqueue(store, 'a');
    const before = contentOf(path);
    await expect(alter(store, lease, 'a', { from: ['staged', 'submitted'], to: 'executed' })).rejects.toThrow(
      'disbursement "a" is queued in the store and was taken for staged or submitted',
    );
    expect(contentOf(path)).toEqual(before);
  });

  it('refuses a row that does not exist', async () => {
    const { store, lease } = await openLeased();
    await expect(alter(store, lease, 'a', { from: ['queued'], to: 'cancelled' })).rejects.toThrow(
      StorageError,
    );
  });

  it('cannot send a row without bytes', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a');
    await expect(move(store, lease, 'a', 'queued', 'submitted')).rejects.toThrow(StorageError);
  });

  it('cannot queue a row with bytes again', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a');
    await stage(store, lease, 'a', 0);
    await expect(move(store, lease, 'a', 'staged', 'queued')).rejects.toThrow(StorageError);
    expect((await store.find('a'))?.status).toBe('staged');
  });
});

describe('what is in flight', () => {
  it('is staged, submitted and executed rows and gaps by nonce, with their intents', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    for (const [id, nonce] of Object.entries({ a: 4, b: 3, c: 2, d: 1, e: 0, h: 5 })) {
      await stage(store, lease, id, nonce);
    }
    await move(store, lease, 'b', 'staged', 'submitted');
    await move(store, lease, 'c', 'staged', 'executed');
    await move(store, lease, 'd', 'staged', 'executed', 'finalized');
    await move(store, lease, 'e', 'staged', 'cancelled');
    await move(store, lease, 'g', 'queued', 'cancelled');
    await move(store, lease, 'h', 'staged', 'cancelled');
    await alter(store, lease, 'h', { from: ['cancelled'], to: 'cancelled', closesGap: true });
    const rows = await store.inFlight();
    expect(rows.map((row) => [row.id, row.status])).toEqual([
      ['e', 'cancelled'],
      ['c', 'executed'],
      ['b', 'submitted'],
      ['a', 'staged'],
    ]);
    const intents = [[stored('e', 0)], [stored('c', 2)], [stored('b', 3)], [stored('a', 4)]];
    expect(rows.map((row) => row.intents)).toEqual(intents);
  });
});

describe('settled', () => {
  it('are executed and finalized rows only, all of those that are named', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'executed', 'finalized', 'submitted');
    await stage(store, lease, 'executed', 0);
    await stage(store, lease, 'finalized', 1);
    await stage(store, lease, 'submitted', 2);
    await move(store, lease, 'executed', 'staged', 'executed');
    await move(store, lease, 'finalized', 'staged', 'finalized');
    await move(store, lease, 'submitted', 'staged', 'submitted');
    expect(await store.areSettled([])).toBe(true);
    expect(await store.areSettled(['executed', 'finalized', 'executed'])).toBe(true);
    expect(await store.areSettled(['executed', 'submitted'])).toBe(false);
    expect(await store.areSettled(['executed', 'missing'])).toBe(false);
  });

  it('can be asked of more ids than one statement takes', async () => {
    const { store, lease } = await openLeased();
    const ids = Array.from({ length: 1_201 }, (_, at) => `p${at}`);
    await enqueue(store, ...ids);
    await Promise.all(ids.map((id, nonce) => stage(store, lease, id, nonce)));
    await Promise.all(ids.map((id) => move(store, lease, id, 'staged', 'executed')));
    expect(await store.areSettled(ids)).toBe(true);
    expect(await store.areSettled([...ids, ...Array.from({ length: 40_000 }, (_, at) => `x${at}`)])).toBe(
      false,
    );
    await move(store, lease, 'p1200', 'executed', 'submitted');
    expect(await store.areSettled(ids)).toBe(false);
  });
});
