import assert from 'node:assert/strict';
import type { SignedIntent } from '../../../machines/index.ts';
import { CancelledError } from '../../../src/index.ts';
import { ETHER } from '../chain.ts';
import { scenario } from '../executor-scenario.ts';
import type { World } from '../executor-world.ts';
import { signWithTooLittleGas } from './too-little-gas.ts';

const BY = { now: 0, by: 'cli:ada' };
const POOR = new CancelledError('insufficient funds for gas * price + value', { insufficientFunds: true });
const WAIT = 180_000;

/** What was signed for a row: `pay` or `fill`, in their order. */
const purposesOf = async (world: World, id: string): Promise<readonly string[]> =>
  (await world.row(id)).intents.map(({ purpose = 'pay' }) => purpose);

const hashesSent = (world: World): readonly string[] => world.submitter.calls.map(([{ txHash }]) => txHash);

/** `a` is cancelled with nonce 0, and nothing fills that yet. */
const cancelledWithNonce = async (world: World, settings = {}) => {
  await world.queue('a');
  const executor = world.executor(settings);
  world.submitter.fail(POOR);
  world.signer.fail(new Error('no fill yet'), 2);
  await world.tick(executor);
  await world.is('a', 'cancelled');
  return executor;
};

/** Nothing was paid to `a`, and its nonce was used. */
const isFilled = async (world: World, id = 'a'): Promise<void> => {
  assert.equal(await world.chain.balanceOf(world.payeeOf(id)), 0n);
  const { intents } = await world.row(id);
  const fill = intents.at(-1) as SignedIntent;
  const mined = await world.chain.ask<Record<string, string> | null>('eth_getTransactionByHash', fill.txHash);
  assert.ok(mined?.['blockNumber'], 'the fill is mined');
  assert.deepEqual([mined['to'], mined['value']], [world.evm.address, '0x0']);
};

/** Payments that are given up, and the nonces that they leave. */
export const filling = [
  scenario(
    'a payment that the first node refuses for want of money is cancelled; its nonce is filled in the same tick',
    async (world) => {
      await world.queue('a', 'b');
      const executor = world.executor({ confirmations: 2 });
      world.submitter.fail(POOR);
      await world.tick(executor);
      const { status, nonce, reason, attempts } = await world.row('a');
      assert.deepEqual([status, nonce, reason, attempts], ['cancelled', 0, POOR.message, 0]);
      assert.deepEqual(await purposesOf(world, 'a'), ['pay', 'fill']);
      assert.deepEqual(world.toldTypes, ['CANCELLED', 'SUCCESS', 'SUCCESS']);
      assert.equal(executor.snapshot.unmined, 2);
      await world.payAll(executor);
      await world.is('a', 'cancelled');
      await world.is('b', 'finalized');
      await isFilled(world);
      assert.equal((await world.row('a')).reason, POOR.message);
      assert.equal(await world.chain.balanceOf(world.payeeOf('b')), (await world.row('b')).amount);
      assert.equal(await world.chain.transactionsOf(world.evm.address), 2);
    },
  ),

  scenario('a gap is in flight until its fill is deep enough, and is not put back before', async (world) => {
    const executor = await cancelledWithNonce(world, { confirmations: 2 });
    await world.tick(executor);
    for (const depth of [0, 1]) {
      assert.equal((await world.row('a')).isGap, true, `${depth} deep`);
      await assert.rejects(world.store.requeue(['a'], BY), /its transaction may still be mined/);
      assert.equal(executor.snapshot.unmined, 1);
      await world.chain.mine();
      await world.tick(executor);
    }
    const { status, isGap, reason } = await world.row('a');
    assert.deepEqual([status, isGap, reason], ['cancelled', false, POOR.message]);
    assert.equal(executor.snapshot.unmined, 0);
    const asked = world.lookup.count;
    await world.tick(executor);
    assert.equal(world.lookup.count, asked);

    await world.store.requeue(['a'], BY);
    await world.payAll(executor);
    await world.is('a', 'finalized');
    const { nonce, amount } = await world.row('a');
    assert.equal(nonce, 1);
    assert.equal(await world.chain.balanceOf(world.payeeOf('a')), amount);
    assert.deepEqual((await world.store.checkAudit()).faults, []);
  }),

  scenario('what was refused is cancelled in a later tick, too, while no node can have it', async (world) => {
    await world.queue('a');
    signWithTooLittleGas(world);
    const executor = world.executor();
    await world.tick(executor);
    await world.is('a', 'staged');
    world.clock.increment(1_000);
    world.submitter.fail(new CancelledError('the payee is on a list'));
    await world.tick(executor);
    await world.is('a', 'cancelled');
    await world.chain.mine();
    await world.tick(executor);
    assert.equal((await world.row('a')).isGap, false);
    await isFilled(world);
  }),

  scenario('bytes whose outcome is unknown are not cancelled, whatever a node says later', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    world.submitter.fail(new Error('no answer'));
    await world.tick(executor);
    world.submitter.fail(POOR);
    await world.tick(executor);
    const { status, attempts, reason } = await world.row('a');
    assert.deepEqual([status, attempts, reason], ['staged', 1, POOR.message]);
    world.clock.increment(1_000);
    await world.payAll(executor);
    assert.equal(world.signer.count, 1);
    assert.equal((await world.row('a')).reason, undefined);
  }),

  scenario('bytes that a node took and the pool lost are not cancelled', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    await world.tick(executor);
    await world.chain.drop(hashesSent(world)[0] ?? '');
    world.submitter.fail(POOR);
    await world.tick(executor);
    await world.is('a', 'submitted');
    world.clock.increment(1_000);
    await world.payAll(executor);
  }),

  scenario('bytes that another executor staged are not cancelled', async (world) => {
    await world.queue('a');
    const before = world.executor();
    // The breaker refuses after the row was staged: nothing was sent.
    const staging = world.taps.stage.holdReply();
    const ticking = before.tick();
    await world.within(staging.reached, 'the staged row');
    world.breaker.isolate();
    staging.open();
    await world.within(ticking, 'the tick');
    await before.stop();
    world.breaker.reset();
    await world.is('a', 'staged');
    const executor = world.executor();
    world.submitter.fail(POOR);
    await world.tick(executor);
    await world.is('a', 'staged');
    assert.equal((await world.row('a')).attempts, 1);
    world.clock.increment(1_000);
    await world.payAll(executor);
    await world.is('a', 'finalized');
  }),

  scenario('bytes that waited for the breaker, and were never sent, are cancelled', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    const staging = world.taps.stage.holdReply();
    const ticking = executor.tick();
    await world.within(staging.reached, 'the staged row');
    world.breaker.isolate();
    staging.open();
    await world.within(ticking, 'the tick');
    world.breaker.reset();
    world.submitter.fail(POOR);
    await world.tick(executor);
    await world.is('a', 'cancelled');
  }),

  scenario(
    'a payment that waits for money keeps its bytes, and is tried again every half minute',
    async (world) => {
      await world.queue('a');
      const executor = world.executor({ onInsufficientFunds: 'hold' });
      world.submitter.fail(POOR);
      await world.tick(executor);
      const { status, attempts, reason, notBefore } = await world.row('a');
      assert.deepEqual([status, attempts, reason], ['staged', 0, POOR.message]);
      assert.equal(notBefore, world.clock.wallNow() + 30_000);
      assert.deepEqual(world.toldTypes, ['CANCELLED']);
      await world.tick(executor);
      assert.equal(world.submitter.count, 1);
      world.clock.increment(30_000);
      await world.payAll(executor);
      await world.is('a', 'finalized');
      assert.equal(world.signer.count, 1);
    },
  ),

  scenario(
    'a payment that no node takes is given up after its attempts: its nonce is filled, and those behind it are paid',
    async (world) => {
      await world.queue('a', 'b');
      signWithTooLittleGas(world);
      const executor = world.executor({ maxAttempts: 2, confirmations: 2 });
      await world.tick(executor);
      await world.is('b', 'submitted');
      assert.deepEqual(await purposesOf(world, 'a'), ['pay']);
      world.clock.increment(1_000);
      await world.tick(executor);
      const { status, attempts, notBefore, reason } = await world.row('a');
      assert.deepEqual([status, attempts, notBefore], ['submitted', 2, undefined]);
      assert.match(reason ?? '', /intrinsic gas/);
      assert.deepEqual(await purposesOf(world, 'a'), ['pay', 'fill']);
      await world.chain.mine();
      await world.tick(executor);
      await world.is('a', 'submitted');
      await world.payAll(executor);
      await world.is('a', 'deadLetter');
      await world.is('b', 'finalized');
      assert.match((await world.row('a')).reason ?? '', /intrinsic gas/);
      await isFilled(world);
      await world.store.requeue(['a'], BY);
      await world.payAll(executor);
      assert.equal(await world.chain.balanceOf(world.payeeOf('a')), (await world.row('a')).amount);
    },
  ),

  scenario('what the pool took and lost for want of money is filled in the end', async (world) => {
    await world.queue({ id: 'a', amount: 5n * ETHER }, 'b');
    const executor = world.executor({ maxAttempts: 2 });
    await world.tick(executor);
    await world.areAll('submitted');
    // Now that they are out the money goes: anvil drops the first when it mines, and the second waits behind it.
    await world.chain.setBalance(world.evm.address, ETHER);
    await world.chain.mine();
    await world.tick(executor);
    const { status, reason, attempts } = await world.row('a');
    assert.deepEqual([status, attempts], ['submitted', 1]);
    assert.match(reason ?? '', /[Ii]nsufficient funds/);
    await world.is('b', 'submitted');
    world.clock.increment(1_000);
    await world.payAll(executor);
    await world.is('a', 'deadLetter');
    await world.is('b', 'finalized');
    assert.match((await world.row('a')).reason ?? '', /[Ii]nsufficient funds/);
    await isFilled(world);
    assert.equal(await world.chain.balanceOf(world.payeeOf('b')), (await world.row('b')).amount);
  }),

  scenario('the fill of a payment that is given up waits for no backoff', async (world) => {
    await world.queue('a');
    signWithTooLittleGas(world);
    const executor = world.executor({ maxAttempts: 1 });
    world.signer.fail(new Error('no fill yet'), 2);
    await world.tick(executor);
    assert.deepEqual(world.toldTypes, ['CANCELLED']);
    const { status, attempts, notBefore } = await world.row('a');
    assert.deepEqual([status, attempts, notBefore], ['staged', 1, undefined]);
    await world.tick(executor);
    assert.deepEqual(await purposesOf(world, 'a'), ['pay', 'fill']);
    await world.payAll(executor);
    await world.is('a', 'deadLetter');
    await isFilled(world);
  }),

  scenario(
    'a cancelled payment that is mined after all is paid, and its nonce is not filled',
    async (world) => {
      await world.queue('a');
      const executor = world.executor({ confirmations: 2 });
      world.submitter.onNext(async (real) => {
        await real();
        throw POOR;
      });
      world.signer.fail(new Error('no fill yet'), 2);
      await world.tick(executor);
      await world.is('a', 'cancelled');
      await world.chain.mine();
      await world.tick(executor);
      const { status, isGap, reason } = await world.row('a');
      assert.deepEqual([status, isGap, reason], ['executed', false, undefined]);
      await world.payAll(executor);
      await world.is('a', 'finalized');
      assert.equal(await world.chain.balanceOf(world.payeeOf('a')), (await world.row('a')).amount);
      assert.deepEqual(await purposesOf(world, 'a'), ['pay']);
      assert.deepEqual((await world.store.checkAudit()).faults, []);
    },
  ),

  scenario('a cancelled payment that is found deep enough at once is final', async (world) => {
    await world.queue('a');
    const executor = world.executor({ confirmations: 2 });
    world.submitter.onNext(async (real) => {
      await real();
      throw POOR;
    });
    world.signer.fail(new Error('no fill yet'), 2);
    await world.tick(executor);
    await world.chain.mine(2);
    await world.tick(executor);
    await world.is('a', 'finalized');
    assert.deepEqual((await world.store.checkAudit()).faults, []);
  }),

  scenario('the nonce of a cancelled payment that somebody else has used needs no fill', async (world) => {
    const executor = await cancelledWithNonce(world, { confirmations: 2 });
    await world.sendForeign();
    await world.chain.mine();
    await world.tick(executor);
    assert.equal((await world.row('a')).isGap, true);
    await world.chain.mine();
    await world.tick(executor);
    const { status, isGap } = await world.row('a');
    assert.deepEqual([status, isGap], ['cancelled', false]);
    assert.deepEqual(await purposesOf(world, 'a'), ['pay']);
  }),

  scenario('a fill that the pool lost is sent again, with the same bytes', async (world) => {
    const executor = await cancelledWithNonce(world);
    await world.tick(executor);
    const fill = (await world.row('a')).intents.at(-1)?.txHash ?? '';
    await world.chain.drop(fill);
    await world.tick(executor);
    assert.deepEqual(hashesSent(world).slice(1), [fill, fill]);
    assert.equal(world.signer.count, 3);
    await world.chain.mine();
    await world.tick(executor);
    await isFilled(world);
  }),

  scenario('a fill that waits for too long is outbid by a fill', async (world) => {
    const executor = await cancelledWithNonce(world);
    await world.tick(executor);
    world.clock.increment(WAIT);
    await world.tick(executor);
    assert.deepEqual(await purposesOf(world, 'a'), ['pay', 'fill', 'fill']);
    const offers = (await world.row('a')).intents.map(({ fee }) => fee?.maxFeePerGas ?? 0n);
    assert.ok((offers[2] ?? 0n) * 8n >= (offers[1] ?? 0n) * 9n);
    await world.chain.mine();
    await world.tick(executor);
    await isFilled(world);
    assert.equal((await world.row('a')).isGap, false);
  }),

  scenario('a fill that the node refuses backs off, and the payment keeps its reason', async (world) => {
    const executor = await cancelledWithNonce(world, { maxAttempts: 2 });
    signWithTooLittleGas(world);
    await world.tick(executor);
    const { status, reason, notBefore, isGap, attempts } = await world.row('a');
    assert.deepEqual([status, reason, isGap, attempts], ['cancelled', POOR.message, true, 1]);
    assert.equal(notBefore, world.clock.wallNow() + 1_000);
    world.clock.increment(1_000);
    await world.tick(executor);
    assert.equal((await world.row('a')).notBefore, world.clock.wallNow() + 2_000);
    assert.equal(new Set(hashesSent(world).slice(1)).size, 1);
    world.clock.increment(WAIT);
    await world.tick(executor);
    await world.chain.mine();
    await world.tick(executor);
    await isFilled(world);
  }),

  scenario('a fill is signed for its own cost, beside what others may cost', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor();
    world.submitter.fail(POOR);
    await world.tick(executor);
    const [fill, b] = await Promise.all(
      ['a', 'b'].map(async (id) => (await world.row(id)).intents.at(-1)?.maxCost ?? 0n),
    );
    const asked = world.signer.calls.map(([, request]) => request);
    const filling = asked.find(({ purpose }) => purpose === 'fill') ?? assert.fail('no fill was signed');
    assert.deepEqual([filling.nonce, filling.committed], [0, b]);
    await world.queue('c');
    await world.tick(executor);
    assert.equal(world.signer.calls.at(-1)?.[1].committed, (fill ?? 0n) + (b ?? 0n));
    await world.payAll(executor);
  }),

  scenario('a fill waits for the breaker like any other submission', async (world) => {
    const executor = await cancelledWithNonce(world);
    world.breaker.isolate();
    await world.tick(executor);
    assert.match(executor.snapshot.error ?? '', /circuit_breaker_open state=ISOLATED/);
    assert.deepEqual(await purposesOf(world, 'a'), ['pay']);
    world.breaker.reset();
    await world.tick(executor);
    assert.deepEqual(await purposesOf(world, 'a'), ['pay', 'fill']);
  }),

  scenario('an executor that dies before the fill leaves it to the next', async (world) => {
    const executor = await cancelledWithNonce(world);
    world.kill(executor);
    world.clock.increment(60_000);
    const next = world.executor();
    await world.tick(next);
    await world.chain.mine();
    await world.tick(next);
    await isFilled(world);
    assert.equal((await world.row('a')).isGap, false);
  }),
];
