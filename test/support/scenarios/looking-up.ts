import assert from 'node:assert/strict';
import { REVERTING_CODE } from '../chain.ts';
import { scenario } from '../executor-scenario.ts';
import type { World } from '../executor-world.ts';

/** Rows that were sent by an executor that is gone before it could record it. */
const sentByTheDead = async (world: World): Promise<void> => {
  const executor = world.executor();
  world.taps.change.always(() => new Promise(() => {}));
  const ticking = executor.tick();
  ticking.catch(() => {});
  await world.within(world.taps.change.called(1), 'a row to be recorded');
  world.kill(executor);
  world.taps.change.always(undefined);
  world.clock.increment(60_000);
};

/** What the chain can say of a transaction, and what becomes of the row. */
export const lookingUp = [
  scenario('a staged row that waits in the pool is submitted', async (world) => {
    await world.queue('a');
    await sentByTheDead(world);
    await world.is('a', 'staged');
    const executor = world.executor();
    await world.tick(executor);
    await world.is('a', 'submitted');
    assert.equal(world.submitter.count, 1);
    await world.payAll(executor);
  }),

  scenario('a staged row that the chain does not know is sent, and staged until then', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    world.submitter.fail(new Error('down'));
    await world.tick(executor);
    world.breaker.isolate();
    await world.tick(executor);
    await world.is('a', 'staged');
    assert.equal(world.lookup.count, 1);
    assert.equal(executor.snapshot.error, 'circuit_breaker_open state=ISOLATED');
    world.breaker.reset();
    await world.tick(executor);
    await world.is('a', 'submitted');
  }),

  scenario('a mined row is executed until it is deep enough, and final from then on', async (world) => {
    await world.queue('a');
    const executor = world.executor({ confirmations: 3 });
    await world.tick(executor);
    await world.tick(executor);
    await world.is('a', 'submitted');
    for (let depth = 1; depth < 3; depth += 1) {
      await world.chain.mine();
      await world.tick(executor);
      await world.is('a', 'executed');
      assert.equal(executor.snapshot.unmined, 0);
    }
    await world.chain.mine();
    await world.tick(executor);
    await world.is('a', 'finalized');
    const { count } = world.lookup;
    await world.tick(executor);
    assert.equal(world.lookup.count, count);
    assert.equal(world.taps.change.count, 3);
  }),

  scenario(
    'a block that vanishes sends the row back to submitted, and the same bytes go out again',
    async (world) => {
      await world.queue('a');
      const executor = world.executor({ confirmations: 3 });
      const before = await world.chain.ask('evm_snapshot');
      await world.tick(executor);
      await world.chain.mine();
      await world.tick(executor);
      await world.is('a', 'executed');
      await world.chain.ask('evm_revert', before);
      assert.equal(await world.chain.transactionsOf(world.evm.address), 0);

      const sending = world.submitter.hold();
      const ticking = executor.tick();
      await world.within(sending.reached, 'the submission');
      await world.is('a', 'submitted');
      sending.open();
      await world.within(ticking, 'the tick');
      assert.equal(world.signer.count, 1);
      const [first, second] = world.submitter.calls.map(([{ rawTx }]) => rawTx);
      assert.equal(second, first);
      await world.payAll(executor);
      await world.is('a', 'finalized');
      assert.equal(await world.chain.transactionsOf(world.evm.address), 1);
    },
  ),

  scenario(
    'a block that vanishes into the pool sends the row back to submitted, and nothing goes out',
    async (world) => {
      await world.queue('a');
      const executor = world.executor({ confirmations: 3 });
      const before = await world.chain.ask('evm_snapshot');
      await world.tick(executor);
      await world.chain.mine();
      await world.tick(executor);
      await world.is('a', 'executed');
      await world.chain.ask('evm_revert', before);
      await world.chain.ask('eth_sendRawTransaction', world.submitter.calls[0]?.[0].rawTx);
      await world.tick(executor);
      await world.is('a', 'submitted');
      assert.equal(executor.snapshot.unmined, 1);
      assert.equal(world.submitter.count, 1);
      await world.payAll(executor);
    },
  ),

  scenario('a reorganisation that mines it again elsewhere changes nothing', async (world) => {
    await world.queue('a');
    const executor = world.executor({ confirmations: 4 });
    await world.tick(executor);
    await world.chain.mine(2);
    await world.tick(executor);
    await world.chain.ask('anvil_reorg', 1, []);
    await world.tick(executor);
    await world.is('a', 'executed');
    await world.payAll(executor);
    assert.equal(world.submitter.count, 1);
  }),

  scenario('a payment that the chain reverts is given up once that is deep enough', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor({ confirmations: 2 });
    await world.tick(executor);
    await world.chain.setCode(world.payeeOf('a'), REVERTING_CODE);
    await world.tick(executor);
    await world.areAll('submitted');
    await world.chain.mine();
    await world.tick(executor);
    assert.deepEqual(await world.statuses(), { a: 'submitted', b: 'executed' });
    await world.chain.mine();
    await world.tick(executor);
    assert.deepEqual(await world.statuses(), { a: 'deadLetter', b: 'finalized' });
    assert.equal((await world.row('a')).reason, 'the transaction was reverted by the chain');
    assert.deepEqual(world.toldTypes, ['SUCCESS', 'SUCCESS']);
    assert.equal(world.submitter.count, 2);
  }),

  scenario(
    'a payment whose nonce another transaction uses is given up once that is deep enough',
    async (world) => {
      await world.queue('a', 'b');
      const executor = world.executor({ confirmations: 3 });
      world.submitter.fail(new Error('down'));
      await world.tick(executor);
      // The key is used elsewhere.
      await world.sendForeign((await world.row('a')).nonce);
      await world.chain.mine();
      await world.tick(executor);
      await world.is('a', 'staged');
      await world.chain.mine();
      await world.tick(executor);
      await world.is('a', 'staged');
      await world.chain.mine();
      await world.tick(executor);
      await world.is('a', 'deadLetter');
      assert.equal((await world.row('a')).reason, 'another transaction used its nonce');
      assert.equal(await world.chain.balanceOf(world.payeeOf('a')), 0n);
      await world.chain.mine(3);
      await world.tick(executor);
      await world.is('b', 'finalized');
    },
  ),

  scenario('a payment whose block vanishes for another transaction is executed no more', async (world) => {
    await world.queue('a');
    const executor = world.executor({ confirmations: 3 });
    const before = await world.chain.ask('evm_snapshot');
    await world.tick(executor);
    await world.chain.mine();
    await world.tick(executor);
    await world.is('a', 'executed');
    await world.chain.ask('evm_revert', before);
    await world.sendForeign((await world.row('a')).nonce);
    await world.chain.mine();
    await world.tick(executor);
    await world.is('a', 'submitted');
    await world.chain.mine(2);
    await world.tick(executor);
    await world.is('a', 'deadLetter');
    assert.equal(await world.chain.balanceOf(world.payeeOf('a')), 0n);
  }),

  scenario(
    'a look-up that fails is told, and neither ends the tick nor counts at the breaker',
    async (world) => {
      await world.queue('a', 'b');
      const executor = world.executor();
      await world.tick(executor);
      await world.queue('c');
      await world.chain.mine();
      world.lookup.fail(new Error('no receipt today'));
      await world.tick(executor);
      assert.equal(executor.snapshot.error, 'no receipt today');
      assert.deepEqual(await world.statuses(), { a: 'submitted', b: 'finalized', c: 'submitted' });
      assert.deepEqual(world.toldTypes, ['SUCCESS', 'SUCCESS', 'SUCCESS']);
      assert.equal(executor.snapshot.unmined, 2);
      await world.payAll(executor);
      assert.equal(world.submitter.count, 3);
    },
  ),

  scenario('a look-up that does not answer in time is one that failed', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    await world.tick(executor);
    const looking = world.lookup.hold();
    const ticking = executor.tick();
    await world.within(looking.reached, 'the look-up');
    world.clock.increment(30_000);
    await world.within(ticking, 'the tick');
    assert.equal(executor.snapshot.error, 'the look-up got no answer in time');
    assert.equal(world.lookup.calls[0]?.[1].signal.aborted, true);
    assert.deepEqual(world.toldTypes, ['SUCCESS']);
  }),

  scenario(
    'nothing new is loaded before every look-up has ended, so that what they find counts',
    async (world) => {
      await world.queue('a', 'b', { id: 'c', dependsOn: ['a', 'b'] });
      const executor = world.executor();
      await world.tick(executor);
      await world.chain.mine();
      const looking = world.lookup.hold();
      const ticking = executor.tick();
      await world.within(looking.reached, 'the look-up');
      const loads = world.taps.due.count;
      await world.pause();
      assert.equal(world.taps.due.count, loads);
      looking.open();
      await world.within(ticking, 'the tick');
      assert.deepEqual(await world.statuses(), { a: 'finalized', b: 'finalized', c: 'submitted' });
    },
  ),

  scenario('a verdict that says nothing new changes nothing', async (world) => {
    await world.queue('a');
    const executor = world.executor({ confirmations: 2 });
    await world.tick(executor);
    await world.tick(executor);
    assert.equal(world.taps.change.count, 1);
    world.lookup.onNext(async () => ({ status: 'replaced', confirmations: 1 }));
    await world.tick(executor);
    await world.is('a', 'submitted');
    assert.equal(world.taps.change.count, 1);
    assert.equal(world.submitter.count, 1);
    await world.payAll(executor);
  }),
];
