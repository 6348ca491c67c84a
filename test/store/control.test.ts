import { describe, expect, it } from 'vitest';
import { ControlQueueFullError, MAX_PENDING_CONTROLS } from '../../src/breaker-control.ts';
import { StorageError } from '../../src/errors.ts';
import { contentOf, EFFECT, NOW, open, openLeased, openNew, order, outsider } from './support.ts';

describe('an order to the breaker', () => {
  it('waits, with everything that was said', async () => {
    const { store, path } = await openNew();
    const given = await order(store, { action: 'isolate', reason: 'RPC replays', by: 'cli:alice' });
    expect(given).toEqual({
      id: 1,
      action: 'isolate',
      reason: 'RPC replays',
      by: 'cli:alice',
      requestedAt: NOW,
    });
    expect(await (await open(path)).pendingControl()).toEqual([given]);
    expect(await store.controlAudit({ limit: 9 })).toEqual([]);
    expect(await store.loadBreaker()).toBeUndefined();
  });

  it('needs no reason', async () => {
    const { store } = await openNew();
    await order(store, { action: 'reset' });
    expect(await store.pendingControl()).toMatchObject([{ action: 'reset', reason: undefined }]);
  });

  it('waits behind the earlier ones, whoever gave them', async () => {
    const { store, path } = await openNew();
    const other = await open(path);
    await order(store, { action: 'isolate' });
    await order(other, { action: 'reset' });
    await order(store, { action: 'isolate' });
    const waiting = (await other.pendingControl()).map(({ id, action }) => [id, action]);
    expect(waiting).toEqual([
      [1, 'isolate'],
      [2, 'reset'],
      [3, 'isolate'],
    ]);
  });

  it('is refused while too many wait, also when they are given at once', async () => {
    const { store, lease } = await openLeased();
    const outcomes = await Promise.allSettled(
      Array.from({ length: MAX_PENDING_CONTROLS + 5 }, () => order(store)),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(5);
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(ControlQueueFullError);
      expect(reason.message).toMatch(/^100 orders to the breaker wait already .*"treasury run"/);
    }
    const [first, ...others] = await store.pendingControl();
    expect(others).toHaveLength(MAX_PENDING_CONTROLS - 1);
    if (first === undefined) throw new Error('none waits');
    await store.applyControl(lease, first, EFFECT);
    await order(store);
    await expect(order(store)).rejects.toThrow(ControlQueueFullError);
  });
});

describe('an order that is applied', () => {
  it('waits no more, and leaves the audit row and the snapshot', async () => {
    const { store, lease } = await openLeased();
    const first = await order(store, { reason: 'drill', by: 'http' });
    const second = await order(store, { action: 'reset' });
    await store.applyControl(lease, first, EFFECT);
    expect(await store.pendingControl()).toEqual([second]);
    const applied = {
      ...first,
      appliedAt: NOW + 1,
      owner: 'owner',
      fence: 1,
      from: 'CLOSED',
      to: 'ISOLATED',
    };
    expect(await store.controlAudit({ limit: 9 })).toEqual([applied]);
    expect(await store.loadBreaker()).toEqual({ state: 'ISOLATED' });

    await store.applyControl(lease, second, { ...EFFECT, from: 'ISOLATED', to: 'CLOSED', snapshot: {} });
    const actions = async (limit: number) =>
      (await store.controlAudit({ limit })).map(({ action, from, to }) => [action, from, to]);
    expect(await actions(9)).toEqual([
      ['reset', 'ISOLATED', 'CLOSED'],
      ['isolate', 'CLOSED', 'ISOLATED'],
    ]);
    expect(await actions(1)).toHaveLength(1);
    expect(await store.loadBreaker()).toEqual({});
  });

  it.each([
    ['was applied before', 1],
    ['is not there', 7],
  ])('changes nothing when it %s', async (_, id) => {
    const { store, lease, path } = await openLeased();
    const request = await order(store);
    await store.applyControl(lease, request, EFFECT);
    const before = contentOf(path);
    const again = store.applyControl(lease, { ...request, id }, { ...EFFECT, snapshot: { state: 'CLOSED' } });
    await expect(again).rejects.toThrow(StorageError);
    await expect(again).rejects.toThrow(`order ${id} to the breaker does not wait`);
    expect(contentOf(path)).toEqual(before);
  });

  it('is marked, audited and saved together or not at all', async () => {
    const { store, lease, path } = await openLeased();
    const request = await order(store);
    const before = contentOf(path);
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    await expect(store.applyControl(lease, request, { ...EFFECT, snapshot: circular })).rejects.toThrow();
    expect(contentOf(path)).toEqual(before);
  });

  it.each(["update control_audit set reason = 'nothing happened'", 'delete from control_audit'])(
    'cannot be denied: %s',
    async (forgery) => {
      const { store, lease, path } = await openLeased();
      await store.applyControl(lease, await order(store), EFFECT);
      expect(() => outsider(path).exec(forgery)).toThrow('append-only');
    },
  );

  it('does not show in the trail of the disbursements', async () => {
    const { store, lease, path } = await openLeased();
    await store.applyControl(lease, await order(store), EFFECT);
    expect(contentOf(path)['audit']).toEqual([]);
  });
});
