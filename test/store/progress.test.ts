import { describe, expect, it } from 'vitest';
import { DISBURSEMENT_STATUSES } from '../../machines/index.ts';
import { enqueue, move, NOW, openLeased, openNew, outsider, payment, stage } from './support.ts';

const NOTHING = {
  outstanding: 0,
  waiting: 0,
  later: 0,
  paid: 0,
  paidAmount: 0n,
  cancelled: 0,
  deadLetter: 0,
};

const behind = (id: string, ...dependsOn: string[]) => payment(id, { dependsOn });

describe('counts', () => {
  it('name every status, in a new store too', async () => {
    const { store } = await openNew();
    expect(await store.countByStatus()).toEqual(
      Object.fromEntries(DISBURSEMENT_STATUSES.map((status) => [status, 0])),
    );
  });

  it('are those of the rows after every kind of move', async () => {
    const { store, lease, path } = await openLeased();
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    await enqueue(store, ...ids.map((id, at) => payment(id, { amount: 10n ** BigInt(at) })));
    for (const [nonce, id] of ids.slice(0, 5).entries()) await stage(store, lease, id, nonce);
    await move(store, lease, 'b', 'staged', 'submitted');
    await move(store, lease, 'c', 'staged', 'submitted', 'executed', 'submitted', 'executed');
    await move(store, lease, 'd', 'staged', 'executed', 'finalized');
    await move(store, lease, 'e', 'staged', 'deadLetter');
    await move(store, lease, 'f', 'queued', 'queued', 'cancelled');
    const one = Object.fromEntries(DISBURSEMENT_STATUSES.map((status) => [status, 1]));
    expect(await store.countByStatus()).toEqual(one);
    const sums = outsider(path)
      .prepare('select status, sum(amount) as sum from disbursement group by status')
      .all();
    const tallies = outsider(path).prepare('select status, amount from tally').all();
    expect(new Map(tallies.map((row) => [row['status'], Number(row['amount'])]))).toEqual(
      new Map(sums.map((row) => [row['status'], Number(row['sum'])])),
    );
  });
});

describe('progress', () => {
  it('is nothing in a new store', async () => {
    const { store } = await openNew();
    expect(await store.progress()).toEqual(NOTHING);
  });

  it('counts what is queued and sent as outstanding, and later epochs apart', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'queued', 'staged', 'submitted', payment('later', { scheduledEpoch: 1 }));
    await stage(store, lease, 'staged', 0);
    await stage(store, lease, 'submitted', 1);
    await move(store, lease, 'submitted', 'staged', 'submitted');
    expect(await store.progress()).toEqual({ ...NOTHING, outstanding: 3, later: 1 });
    await store.raiseEpoch(lease, 1, { now: NOW });
    expect(await store.progress()).toEqual({ ...NOTHING, outstanding: 4 });
  });

  it('counts executed and finalized as paid, and adds up more than 64 bits', async () => {
    const { store, lease } = await openLeased();
    const amount = 2n ** 256n - 1n;
    await enqueue(store, payment('a', { amount }), payment('b', { amount }));
    await stage(store, lease, 'a', 0);
    await stage(store, lease, 'b', 1);
    await move(store, lease, 'a', 'staged', 'executed', 'finalized');
    await move(store, lease, 'b', 'staged', 'executed');
    expect(await store.progress()).toEqual({ ...NOTHING, paid: 2, paidAmount: 2n * amount });
  });

  it('takes back what a vanished block had paid', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, payment('a', { amount: 7n }));
    await stage(store, lease, 'a', 0);
    await move(store, lease, 'a', 'staged', 'executed', 'submitted');
    expect(await store.progress()).toEqual({ ...NOTHING, outstanding: 1 });
  });

  it('counts cancelled and dead ones', async () => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a', 'b', 'c');
    await move(store, lease, 'a', 'queued', 'cancelled');
    await move(store, lease, 'b', 'queued', 'deadLetter');
    await move(store, lease, 'c', 'queued', 'deadLetter');
    expect(await store.progress()).toEqual({ ...NOTHING, cancelled: 1, deadLetter: 2 });
  });

  it('counts a whole chain as outstanding when its first can come', async () => {
    const { store } = await openNew();
    await enqueue(store, behind('c', 'b', 'a'), behind('b', 'a'), 'a', behind('d', 'c', 'c'));
    expect(await store.progress()).toEqual({ ...NOTHING, outstanding: 4 });
  });

  it('counts dependants of what is sent or paid as outstanding', async () => {
    const { store, lease } = await openLeased();
    const ids = ['staged', 'submitted', 'executed', 'finalized'] as const;
    await enqueue(store, ...ids, behind('z', ...ids));
    for (const [nonce, id] of ids.entries()) await stage(store, lease, id, nonce);
    for (const id of ids) if (id !== 'staged') await move(store, lease, id, 'staged', id);
    expect(await store.progress()).toMatchObject({ outstanding: 3, waiting: 0, paid: 2 });
  });

  it.each(['cancelled', 'deadLetter'] as const)('lets all that is behind a %s row wait', async (status) => {
    const { store, lease } = await openLeased();
    await enqueue(store, 'a', 'free', behind('b', 'a'), behind('c', 'b', 'free'));
    await move(store, lease, 'a', 'queued', status);
    expect(await store.progress()).toMatchObject({ outstanding: 1, waiting: 2 });
  });

  it('lets what is behind a missing id wait until that is imported', async () => {
    const { store } = await openNew();
    await enqueue(store, behind('b', 'a'), behind('c', 'b'));
    expect(await store.progress()).toEqual({ ...NOTHING, waiting: 2 });
    await enqueue(store, 'a');
    expect(await store.progress()).toEqual({ ...NOTHING, outstanding: 3 });
  });

  it('lets what is behind a later epoch wait', async () => {
    const { store } = await openNew();
    await enqueue(store, payment('a', { scheduledEpoch: 1 }), behind('b', 'a'));
    expect(await store.progress()).toEqual({ ...NOTHING, waiting: 1, later: 1 });
  });

  it('lets cycles wait, and what is behind them', async () => {
    const { store } = await openNew();
    await enqueue(
      store,
      behind('a', 'b'),
      behind('b', 'a'),
      behind('c', 'a'),
      behind('self', 'self'),
      'free',
    );
    expect(await store.progress()).toEqual({ ...NOTHING, outstanding: 1, waiting: 4 });
  });
});
