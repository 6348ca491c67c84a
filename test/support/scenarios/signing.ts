import assert from 'node:assert/strict';
import { CancelledError, SigningError } from '../../../src/index.ts';
import { ETHER, REVERTING_CODE } from '../chain.ts';
import { scenario } from '../executor-scenario.ts';

/** What a signer can answer, and what becomes of the row. */
export const signing = [
  scenario('a signer that cannot be reached counts at the breaker; the row stays queued', async (world) => {
    await world.queue('a', 'b');
    world.signer.fail(new SigningError('no signer', { transient: true }));
    const executor = world.executor();
    await world.tick(executor);
    assert.deepEqual(await world.statuses(), { a: 'queued', b: 'submitted' });
    const { attempts, notBefore } = await world.row('a');
    assert.deepEqual({ attempts, notBefore }, { attempts: 0, notBefore: undefined });
    assert.deepEqual(world.told[0], { type: 'FAILURE', generation: 0 });
    assert.deepEqual(world.toldTypes, ['FAILURE', 'SUCCESS']);
    assert.equal((await world.row('b')).nonce, 0);
    await world.payAll(executor);
  }),

  scenario(
    'the signer is told beforehand which rows are to be signed, and may fail to hear it',
    async (world) => {
      await world.queue('a', 'b', { id: 'c', dependsOn: ['nobody'] });
      const told: (readonly string[])[] = [];
      const prepare = async (rows: readonly { readonly id: string }[]) => {
        told.push(rows.map(({ id }) => id));
        assert.equal(world.signer.count, 0);
        throw new Error('it could not learn a thing');
      };
      const executor = world.executor({ signer: Object.assign(world.signer.call.bind(world), { prepare }) });
      await world.tick(executor);
      assert.deepEqual(told, [['a', 'b']]);
      assert.equal(executor.snapshot.error, undefined);
      assert.deepEqual(await world.statuses(), { a: 'submitted', b: 'submitted', c: 'queued' });
      await world.chain.mine();
      await world.tick(executor);
      assert.equal(told.length, 1, 'nothing to sign, nothing to prepare');
    },
  ),

  scenario(
    'the signer is told only of rows that may be signed, and of none while the breaker refuses',
    async (world) => {
      await world.queue('a', 'b', 'c');
      const told: (readonly string[])[] = [];
      const prepare = async (rows: readonly { readonly id: string }[]) => {
        told.push(rows.map(({ id }) => id));
      };
      const signer = Object.assign(world.signer.call.bind(world), { prepare });
      const executor = world.executor({ signer, maxUnmined: 2 });
      await world.tick(executor);
      assert.deepEqual(told, [['a', 'b']]);
      await world.tick(executor);
      assert.deepEqual(told, [['a', 'b']], 'both are still to be mined');
      await world.chain.mine();
      world.breaker.isolate();
      await world.tick(executor);
      assert.deepEqual(told, [['a', 'b']], 'it refuses');
      world.breaker.reset();
      await world.tick(executor);
      assert.deepEqual(told, [['a', 'b'], ['c']]);
    },
  ),

  scenario(
    'a signer that never ends its preparations is waited for no longer than for an answer',
    async (world) => {
      await world.queue('a');
      const hears = Promise.withResolvers<AbortSignal>();
      const prepare = (_: unknown, { signal }: { readonly signal: AbortSignal }) => {
        hears.resolve(signal);
        return new Promise<void>(() => {});
      };
      const executor = world.executor({ signer: Object.assign(world.signer.call.bind(world), { prepare }) });
      const ticking = executor.tick();
      const signal = await world.within(hears.promise, 'the preparations');
      await world.within(world.taps.nonceFloor.called(1), 'the next nonce');
      assert.equal(world.signer.count, 0);
      world.clock.increment(30_000);
      await world.within(ticking, 'the tick');
      assert.equal(signal.aborted, true);
      await world.is('a', 'submitted');
    },
  ),

  scenario('a signer that does not answer in time is one that cannot be reached', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    const signer = world.signer.hold();
    const ticking = executor.tick();
    await world.within(signer.reached, 'the signer');
    world.clock.increment(30_000);
    await world.within(ticking, 'the tick');
    assert.equal(executor.snapshot.error, 'the signer did not answer in time');
    assert.deepEqual(world.toldTypes, ['FAILURE']);
    assert.equal(world.signer.calls[0]?.[2].signal.aborted, true);
    await world.is('a', 'queued');
    await world.payAll(executor);
  }),

  scenario(
    'a row that cannot be signed backs off alone, and the breaker hears nothing of it',
    async (world) => {
      await world.queue('a', 'b');
      await world.chain.setCode(world.payeeOf('a'), REVERTING_CODE);
      const executor = world.executor();
      await world.tick(executor);
      assert.deepEqual(await world.statuses(), { a: 'queued', b: 'submitted' });
      assert.deepEqual(world.toldTypes, ['SUCCESS']);
      const { attempts, reason, notBefore } = await world.row('a');
      assert.equal(attempts, 1);
      assert.match(reason ?? '', /does not accept the payment/);
      assert.equal(notBefore, world.clock.wallNow() + 1_000);
      assert.match(executor.snapshot.error ?? '', /does not accept the payment/);

      world.clock.increment(999);
      await world.tick(executor);
      assert.equal(world.signer.count, 2);
      world.clock.increment(1);
      await world.tick(executor);
      assert.equal((await world.row('a')).notBefore, world.clock.wallNow() + 2_000);

      await world.chain.setCode(world.payeeOf('a'), '0x');
      world.clock.increment(2_000);
      await world.payAll(executor);
      assert.equal((await world.row('a')).attempts, 2);
    },
  ),

  scenario('a row that cannot be signed maxAttempts times is given up', async (world) => {
    await world.queue('a', 'b');
    world.signer.always((real, row) => {
      if (row.id === 'a') throw new Error('not this one');
      return real();
    });
    const executor = world.executor({ maxAttempts: 2 });
    await world.tick(executor);
    await world.is('a', 'queued');
    world.clock.increment(1_000);
    await world.tick(executor);
    const { status, attempts, reason, notBefore } = await world.row('a');
    assert.deepEqual(
      { status, attempts, reason, notBefore },
      { status: 'deadLetter', attempts: 2, reason: 'not this one', notBefore: undefined },
    );
    assert.equal(executor.snapshot.error, 'not this one');
    await world.payAll(executor);
    world.clock.increment(600_000);
    await world.tick(executor);
    assert.deepEqual(await world.statuses(), { a: 'deadLetter', b: 'finalized' });
    assert.equal(world.signer.count, 3);
  }),

  scenario(
    'a row that the treasury cannot pay is cancelled, and others are paid',
    async (world) => {
      await world.queue({ id: 'a', amount: 2n * ETHER }, 'b');
      const executor = world.executor();
      await world.tick(executor);
      assert.deepEqual(await world.statuses(), { a: 'cancelled', b: 'submitted' });
      assert.match((await world.row('a')).reason ?? '', /^insufficient balance/);
      assert.deepEqual(world.told[0], { type: 'CANCELLED', generation: 0 });
      assert.deepEqual(world.toldTypes, ['CANCELLED', 'SUCCESS']);
      assert.equal((await world.row('b')).nonce, 0);
      await world.payAll(executor);
      assert.deepEqual(await world.statuses(), { a: 'cancelled', b: 'finalized' });
    },
    { balance: ETHER },
  ),

  scenario(
    'a row that the treasury cannot pay is held where that is asked for, and paid once there is money',
    async (world) => {
      await world.queue({ id: 'a', amount: 2n * ETHER }, 'b');
      const executor = world.executor({ onInsufficientFunds: 'hold' });
      await world.tick(executor);
      assert.deepEqual(await world.statuses(), { a: 'queued', b: 'submitted' });
      const { reason, attempts, nonce, notBefore } = await world.row('a');
      assert.match(reason ?? '', /^insufficient balance/);
      assert.deepEqual([attempts, nonce, notBefore], [0, undefined, world.clock.wallNow() + 30_000]);
      assert.match(executor.snapshot.error ?? '', /^insufficient balance/);
      assert.deepEqual(world.toldTypes, ['CANCELLED', 'SUCCESS']);
      await world.chain.mine();
      // However often: it is no fault of the row.
      for (let again = 0; again < 12; again += 1) {
        world.clock.increment(29_999);
        await world.tick(executor);
        const { count } = world.signer;
        world.clock.increment(1);
        await world.tick(executor);
        assert.equal(world.signer.count, count + 1);
      }
      assert.deepEqual([(await world.row('a')).status, (await world.row('a')).attempts], ['queued', 0]);
      await world.chain.setBalance(world.evm.address, 5n * ETHER);
      world.clock.increment(30_000);
      await world.payAll(executor);
      await world.areAll('finalized');
      assert.equal((await world.row('a')).reason, undefined);
    },
    { balance: ETHER },
  ),

  scenario('a row that a signer cancels for another reason is not held', async (world) => {
    await world.queue('a');
    world.signer.fail(new CancelledError('not approved'));
    await world.tick(world.executor({ onInsufficientFunds: 'hold' }));
    await world.is('a', 'cancelled');
  }),

  scenario(
    'what rows in flight can cost is promised, and not spent twice',
    async (world) => {
      const amount = (6n * ETHER) / 10n;
      await world.queue({ id: 'a', amount }, { id: 'b', amount });
      const executor = world.executor();
      await world.tick(executor);
      assert.deepEqual(await world.statuses(), { a: 'submitted', b: 'cancelled' });
      await world.queue({ id: 'c', amount });
      await world.tick(executor);
      await world.is('c', 'cancelled');
      await world.payAll(executor);
    },
    { balance: ETHER },
  ),

  scenario('the last refusal of a signer that cancels is a cancellation', async (world) => {
    await world.queue('a');
    world.signer.fail(new CancelledError('not approved'));
    await world.tick(world.executor({ maxAttempts: 1 }));
    const { status, reason, attempts } = await world.row('a');
    assert.deepEqual(
      { status, reason, attempts },
      { status: 'cancelled', reason: 'not approved', attempts: 0 },
    );
  }),

  scenario('a signature for another row or nonce is refused', async (world) => {
    await world.queue('a', 'b');
    world.signer.onNext(async (real) => ({ ...(await real()), disbursementId: 'b' }));
    const executor = world.executor();
    await world.tick(executor);
    const { status, reason } = await world.row('a');
    assert.equal(status, 'queued');
    assert.equal(reason, 'the signer signed disbursement b with nonce 0, asked for a with 0');
    assert.deepEqual(world.sent, ['b']);
    world.signer.onNext(async (real) => ({ ...(await real()), nonce: 7 }));
    world.clock.increment(1_000);
    await world.tick(executor);
    assert.match((await world.row('a')).reason ?? '', /with nonce 7, asked for a with 1$/);
  }),
];
