import assert from 'node:assert/strict';
import type { TreasuryExecutor } from '../../../src/index.ts';
import { scenario } from '../executor-scenario.ts';
import type { World } from '../executor-world.ts';

const GWEI = 10n ** 9n;
const WAIT = 180_000;

/** From now on the chain asks for more than the double base fee and the tip that were offered; anvil drops from its pool what offers less. */
const askMore = async (world: World): Promise<void> => {
  const { baseFeePerGas } = await world.chain.ask<{ baseFeePerGas: string }>(
    'eth_getBlockByNumber',
    'latest',
    false,
  );
  await setBaseFee(world, 10n * (BigInt(baseFeePerGas) + GWEI));
};

/** As it was, for the scenarios that share the chain. */
const askLittle = (world: World) => setBaseFee(world, GWEI);

const setBaseFee = async (world: World, fee: bigint): Promise<void> => {
  await world.chain.ask('anvil_setNextBlockBaseFeePerGas', `0x${fee.toString(16)}`);
  await world.chain.mine();
};

/** Lets all wait for too long, again and again, until everything is final. */
const outwait = async (world: World, executor: TreasuryExecutor): Promise<void> => {
  for (let round = 0; round < 12; round += 1) {
    world.clock.increment(WAIT);
    await world.tick(executor);
    await world.chain.mine();
    if ((await world.rows()).every(({ status }) => status === 'finalized')) return;
  }
};

const transactionsOf = async (world: World): Promise<Record<string, number>> =>
  Object.fromEntries((await world.rows()).map(({ id, intents }) => [id, intents.length]));

/** Payments that nobody mines because too little is offered. */
export const bumping = [
  scenario(
    'a payment that waits for too long is outbid with the same nonce, and paid once',
    async (world) => {
      await world.queue('a');
      const executor = world.executor({ confirmations: 2 });
      await world.tick(executor);
      world.clock.increment(WAIT - 1);
      await world.tick(executor);
      assert.deepEqual(await transactionsOf(world), { a: 1 });
      await askMore(world);
      world.clock.increment(1);
      await world.tick(executor);
      await world.is('a', 'submitted');
      const { intents, nonce, amount } = await world.row('a');
      assert.deepEqual([nonce, intents.map((intent) => intent.nonce)], [0, [0, 0]]);
      const [first, second] = intents.map(({ fee }) => fee?.maxFeePerGas ?? 0n);
      assert.ok((second ?? 0n) * 8n >= (first ?? 0n) * 9n);
      assert.deepEqual(
        world.submitter.calls.map(([{ txHash }]) => txHash),
        intents.map(({ txHash }) => txHash),
      );
      assert.deepEqual(world.toldTypes, ['SUCCESS', 'SUCCESS']);
      assert.equal(executor.snapshot.unmined, 1);
      await world.payAll(executor);
      await world.is('a', 'finalized');
      assert.equal(await world.chain.balanceOf(world.payeeOf('a')), amount);
      assert.equal(await world.chain.transactionsOf(world.evm.address), 1);
      await askLittle(world);
    },
  ),

  scenario(
    'stop() waits for one look-up of a payment, not for one of each of its transactions',
    async (world) => {
      await world.queue('a');
      const executor = world.executor();
      await world.tick(executor);
      await askMore(world);
      world.clock.increment(WAIT);
      await world.tick(executor);
      assert.deepEqual(await transactionsOf(world), { a: 2 });
      const looking = world.lookup.hold();
      const ticking = executor.tick();
      await world.within(looking.reached, 'the look-up');
      const before = world.lookup.count;
      const stopping = executor.stop();
      looking.open();
      await world.within(Promise.all([ticking, stopping]), 'stop()');
      assert.equal(world.lookup.count, before);
      await world.payAll(world.executor());
      await world.areAll('finalized');
      await askLittle(world);
    },
  ),

  scenario('only the one with the lowest nonce is outbid, since all others wait for it', async (world) => {
    await world.queue('a', 'b', 'c');
    const executor = world.executor();
    await world.tick(executor);
    await askMore(world);
    world.clock.increment(WAIT);
    await world.tick(executor);
    assert.deepEqual(await transactionsOf(world), { a: 2, b: 1, c: 1 });
    // Its own wait begins anew, and nobody is outbid in its stead.
    await world.tick(executor);
    assert.deepEqual(await transactionsOf(world), { a: 2, b: 1, c: 1 });
    await world.chain.mine();
    world.clock.increment(WAIT);
    await world.tick(executor);
    await world.is('a', 'finalized');
    assert.deepEqual(await transactionsOf(world), { a: 2, b: 2, c: 1 });
    await outwait(world, executor);
    await world.areAll('finalized');
    assert.equal(await world.chain.transactionsOf(world.evm.address), 3);
    await askLittle(world);
  }),

  scenario('what the pool has dropped is outbid, not sent again, once it is overdue', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    await world.tick(executor);
    const [first] = (await world.row('a')).intents;
    await world.chain.drop(first?.txHash ?? '');
    world.clock.increment(WAIT);
    await world.tick(executor);
    const [, second] = (await world.row('a')).intents;
    assert.deepEqual(
      world.submitter.calls.map(([{ txHash }]) => txHash),
      [first?.txHash, second?.txHash],
    );
    await world.payAll(executor);
  }),

  scenario('what the pool has dropped and cannot be outbid is sent again as it is', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    await world.tick(executor);
    const [{ txHash } = { txHash: '' }] = (await world.row('a')).intents;
    await world.chain.drop(txHash);
    world.clock.increment(WAIT);
    world.signer.fail(new Error('not again'));
    await world.tick(executor);
    assert.deepEqual(
      world.submitter.calls.map(([intent]) => intent.txHash),
      [txHash, txHash],
    );
    assert.deepEqual(await transactionsOf(world), { a: 1 });
    assert.deepEqual(world.toldTypes, ['SUCCESS', 'SUCCESS']);
    assert.equal(executor.snapshot.error, 'not again');
    await world.payAll(executor);
    await world.is('a', 'finalized');
    assert.equal(await world.chain.transactionsOf(world.evm.address), 1);
  }),

  scenario('nothing more is offered than the ceiling allows', async (world) => {
    await world.queue('a');
    const first = world.executor();
    await world.tick(first);
    const { fee } = (await world.row('a')).intents[0] ?? {};
    world.kill(first);
    world.clock.increment(60_000);
    const executor = world.executor({ maxFeePerGas: fee?.maxFeePerGas ?? 1n });
    await askMore(world);
    world.clock.increment(WAIT);
    await world.tick(executor);
    assert.equal(world.signer.count, 1);
    world.kill(executor);
    world.clock.increment(60_000);

    // An eighth more would be allowed, and what the chain asks for is not.
    const other = world.executor({ maxFeePerGas: 2n * (fee?.maxFeePerGas ?? 1n) });
    await world.tick(other);
    assert.equal(world.signer.count, 2);
    assert.deepEqual(await transactionsOf(world), { a: 1 });
    // The bytes that anvil had dropped were refused by it, both times; no signature counts.
    assert.match(other.snapshot.error ?? '', /max fee per gas less than block base fee/);
    assert.deepEqual(world.toldTypes, ['SUCCESS', 'CANCELLED', 'CANCELLED']);
    await askLittle(world);
    world.clock.increment(60_000);
    await world.payAll(other);
  }),

  scenario('a payment that is mined while it is outbid is paid once', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    await world.tick(executor);
    world.clock.increment(WAIT);
    const sending = world.submitter.hold();
    const ticking = executor.tick();
    await world.within(sending.reached, 'the submission');
    await world.chain.mine();
    sending.open();
    await world.within(ticking, 'the tick');
    await world.is('a', 'finalized');
    assert.deepEqual(await transactionsOf(world), { a: 2 });
    assert.deepEqual(world.toldTypes, ['SUCCESS', 'SUCCESS']);
    assert.equal(await world.chain.balanceOf(world.payeeOf('a')), (await world.row('a')).amount);
    await world.chain.mine();
    assert.equal(await world.chain.transactionsOf(world.evm.address), 1);
  }),

  scenario('an executor that dies between the two leaves what is durable to the next one', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    await world.tick(executor);
    await askMore(world);
    world.clock.increment(WAIT);
    world.submitter.always(() => new Promise(() => {}));
    const ticking = executor.tick();
    ticking.catch(() => {});
    await world.within(world.submitter.called(2), 'the submission');
    world.kill(executor);
    world.submitter.always(undefined);
    world.clock.increment(60_000);
    const next = world.executor();
    await world.tick(next);
    assert.deepEqual(await transactionsOf(world), { a: 2 });
    // The first one is still in the pool; the second is outbid in its turn.
    world.clock.increment(WAIT);
    await world.tick(next);
    assert.deepEqual(await transactionsOf(world), { a: 3 });
    await world.payAll(next);
    await world.is('a', 'finalized');
    assert.equal(await world.chain.transactionsOf(world.evm.address), 1);
    await askLittle(world);
  }),

  scenario(
    'a replacement that is not signed changes nothing, and what cannot be paid is not cancelled',
    async (world) => {
      await world.queue('a');
      const executor = world.executor({ maxAttempts: 1 });
      await world.tick(executor);
      world.clock.increment(WAIT);
      for (const reason of ['not again', 'nor now']) {
        world.signer.fail(new Error(reason));
        await world.tick(executor);
        assert.equal(executor.snapshot.error, reason);
      }
      const balance = await world.chain.balanceOf(world.evm.address);
      await world.chain.setBalance(world.evm.address, 1n);
      await world.tick(executor);
      assert.match(executor.snapshot.error ?? '', /^insufficient balance/);
      const { status, attempts, reason, notBefore } = await world.row('a');
      assert.deepEqual([status, attempts, reason, notBefore], ['submitted', 0, undefined, undefined]);
      await world.chain.setBalance(world.evm.address, balance);
      await world.payAll(executor);
      await world.is('a', 'finalized');
    },
  ),

  scenario('nothing is outbid while the breaker is open', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    await world.tick(executor);
    await askMore(world);
    world.clock.increment(WAIT);
    world.breaker.isolate();
    await world.tick(executor);
    assert.equal(world.signer.count, 1);
    assert.equal(executor.snapshot.error, 'circuit_breaker_open state=ISOLATED');
    world.breaker.reset();
    await world.payAll(executor);
    await askLittle(world);
  }),
];
