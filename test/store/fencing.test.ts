import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import type { Lease, Store } from '../../src/store/store.ts';
import {
  alter,
  contentOf,
  EFFECT,
  enqueue,
  NOW,
  open,
  openNew,
  order,
  payment,
  stage,
  TTL,
  take,
} from './support.ts';

/** Every method that takes a lease, with a write that would be right under a good one. */
const LEASED_WRITES: Record<string, (store: Store, lease: Lease) => Promise<unknown>> = {
  raiseEpoch: (store, lease) => store.raiseEpoch(lease, 9, { now: NOW }),
  stage: (store, lease) => stage(store, lease, 'queued', 7),
  change: (store, lease) => alter(store, lease, 'queued', { from: ['queued'], to: 'cancelled' }),
  saveBreaker: (store, lease) => store.saveBreaker(lease, { state: 'OPEN' }),
  async applyControl(store, lease) {
    const [request] = await store.pendingControl();
    if (request === undefined) throw new Error('no order waits');
    await store.applyControl(lease, request, EFFECT);
  },
};

async function storeWithWork() {
  const { store, path } = await openNew();
  await enqueue(store, 'queued', payment('later', { scheduledEpoch: 9 }));
  await order(store);
  return { store, path };
}

describe.each(Object.entries(LEASED_WRITES))('%s', (_, write) => {
  it('is done under the newest fence', async () => {
    const { store, path } = await storeWithWork();
    const lease = await take(store, 'a');
    const before = contentOf(path);
    await write(store, lease);
    expect(contentOf(path)).not.toEqual(before);
  });

  it('changes nothing once another has taken the lease over', async () => {
    const { store, path } = await storeWithWork();
    const lost = await take(store, 'a');
    const successor = await open(path);
    await take(successor, 'b', NOW + TTL);
    const before = contentOf(path);
    await expect(write(store, lost)).rejects.toThrow(LeaseLostError);
    expect(contentOf(path)).toEqual(before);
  });

  it('changes nothing under an earlier fence of the same owner', async () => {
    const { store, path } = await storeWithWork();
    const lost = await take(store, 'a');
    await store.releaseLease(lost);
    await take(store, 'a');
    const before = contentOf(path);
    await expect(write(store, lost)).rejects.toThrow(LeaseLostError);
    expect(contentOf(path)).toEqual(before);
  });

  it('changes nothing with the right fence in the name of another', async () => {
    const { store, path } = await storeWithWork();
    const { fence } = await take(store, 'a');
    const before = contentOf(path);
    await expect(write(store, { owner: 'b', fence })).rejects.toThrow(LeaseLostError);
    expect(contentOf(path)).toEqual(before);
  });
});

it('a lost lease is told apart from a fault of storage, also when the row is missing', async () => {
  const { store } = await storeWithWork();
  const lost = await take(store, 'a');
  await take(store, 'b', NOW + TTL);
  await expect(alter(store, lost, 'nobody', { from: ['queued'], to: 'cancelled' })).rejects.toThrow(
    LeaseLostError,
  );
});
