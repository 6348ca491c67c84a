import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import { NOW, open, openNew, TTL, take } from './support.ts';

describe('the lease', () => {
  it('is free in a new store, and its first fence is 1', async () => {
    const { store } = await openNew();
    expect(await take(store, 'a')).toEqual({ owner: 'a', fence: 1 });
  });

  it('is refused to another as long as it has not expired', async () => {
    const { store } = await openNew();
    await take(store, 'a');
    expect(await store.acquireLease({ owner: 'b', ttlMs: TTL, now: NOW + TTL - 1 })).toBeUndefined();
  });

  it('goes to another from the instant of its expiry, with a higher fence', async () => {
    const { store } = await openNew();
    await take(store, 'a');
    expect(await take(store, 'b', NOW + TTL)).toEqual({ owner: 'b', fence: 2 });
  });

  it('is renewed by its owner with the same fence, for a full time from then', async () => {
    const { store } = await openNew();
    await take(store, 'a');
    expect(await take(store, 'a', NOW + TTL - 1)).toEqual({ owner: 'a', fence: 1 });
    expect(await store.acquireLease({ owner: 'b', ttlMs: TTL, now: NOW + 2 * TTL - 2 })).toBeUndefined();
  });

  it('is renewed with the same fence long after it expired, if nobody took it', async () => {
    const { store } = await openNew();
    await take(store, 'a');
    expect(await take(store, 'a', NOW + 100 * TTL)).toEqual({ owner: 'a', fence: 1 });
  });

  it('raises the fence when it comes back to an earlier owner', async () => {
    const { store } = await openNew();
    await take(store, 'a');
    await take(store, 'b', NOW + TTL);
    expect(await take(store, 'a', NOW + 2 * TTL)).toEqual({ owner: 'a', fence: 3 });
  });

  it('is free at once after a release, for another', async () => {
    const { store } = await openNew();
    await store.releaseLease(await take(store, 'a'));
    expect(await take(store, 'b')).toEqual({ owner: 'b', fence: 2 });
  });

  it('has a higher fence for the owner that released it, too', async () => {
    const { store } = await openNew();
    await store.releaseLease(await take(store, 'a'));
    expect(await take(store, 'a')).toEqual({ owner: 'a', fence: 2 });
  });

  it('gives no right to write any more once it is released', async () => {
    const { store } = await openNew();
    const lease = await take(store, 'a');
    await store.releaseLease(lease);
    await expect(store.raiseEpoch(lease, 1, { now: NOW })).rejects.toThrow(LeaseLostError);
  });

  it('still gives the right to write when it has expired and nobody took it', async () => {
    const { store } = await openNew();
    const lease = await take(store, 'a', 0);
    expect(await store.raiseEpoch(lease, 1, { now: NOW })).toBe(1);
  });

  it('is not released by whoever lost it', async () => {
    const { store } = await openNew();
    const lost = await take(store, 'a');
    await take(store, 'b', NOW + TTL);
    await store.releaseLease(lost);
    expect(await store.acquireLease({ owner: 'c', ttlMs: TTL, now: NOW + TTL })).toBeUndefined();
  });

  it('goes to one of many connections that want it at once', async () => {
    const { store, path } = await openNew();
    const stores = [store, ...(await Promise.all(Array.from({ length: 4 }, () => open(path))))];
    const answers = await Promise.all(
      stores.flatMap((each, at) =>
        ['x', 'y', 'z'].map((who) => each.acquireLease({ owner: `${who}${at}`, ttlMs: TTL, now: NOW })),
      ),
    );
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
  });
});
