import assert from 'node:assert/strict';
import { scenario } from '../executor-scenario.ts';
import type { World } from '../executor-world.ts';
import { signWithTooLittleGas } from './too-little-gas.ts';

/** A row that the node has, while the store does not know that it was sent. */
const sentButUnrecorded = async (world: World): Promise<void> => {
  await world.queue('a');
  const executor = world.executor();
  const sending = world.submitter.holdReply();
  const ticking = executor.tick();
  ticking.catch(() => {});
  await world.within(sending.reached, 'the submission');
  world.kill(executor);
  world.clock.increment(60_000);
  await world.is('a', 'staged');
};

const UNKNOWN = { status: 'unknown', confirmations: 0 } as const;

/** What a node can answer to a submission, and what becomes of the row. */
export const submitting = [
  scenario(
    'a reply that is lost leaves the row staged; the next look-up finds it, and it is never sent twice',
    async (world) => {
      await world.queue('a');
      const executor = world.executor();
      await world.proxy.setOutage('dropReply');
      await world.tick(executor);
      await world.is('a', 'staged');
      assert.deepEqual(world.toldTypes, ['FAILURE']);
      assert.equal(world.lookup.count, 0);
      assert.equal((await world.row('a')).attempts, 0);
      await world.proxy.setOutage(undefined);
      await world.tick(executor);
      await world.is('a', 'submitted');
      await world.payAll(executor);
      assert.equal(world.submitter.count, 1);
      assert.equal(await world.chain.transactionsOf(world.evm.address), 1);
    },
    { proxied: 'submissions' },
  ),

  scenario(
    'what did not arrive is sent again, with the same bytes',
    async (world) => {
      await world.queue('a');
      const executor = world.executor();
      await world.proxy.setOutage('refuse');
      await world.tick(executor);
      await world.proxy.setOutage(undefined);
      await world.tick(executor);
      await world.is('a', 'submitted');
      const [first, second] = world.submitter.calls.map(([{ rawTx, txHash }]) => ({ rawTx, txHash }));
      assert.deepEqual(second, first);
      assert.equal(world.signer.count, 1);
      assert.equal((await world.row('a')).intents.length, 1);
      await world.payAll(executor);
    },
    { proxied: 'submissions' },
  ),

  scenario(
    'bytes that the node knows already count as a success, and are found in the same tick',
    async (world) => {
      await sentButUnrecorded(world);
      const executor = world.executor();
      world.lookup.onNext(async () => UNKNOWN);
      await world.tick(executor);
      await world.is('a', 'submitted');
      assert.equal(world.submitter.count, 2);
      assert.equal(world.lookup.count, 2);
      assert.deepEqual(world.toldTypes, ['SUCCESS']);
      assert.ok(world.told[0]?.permit !== undefined);
      await world.payAll(executor);
    },
  ),

  scenario('a nonce that is used already is looked up in the same tick, too', async (world) => {
    await sentButUnrecorded(world);
    await world.chain.mine();
    const executor = world.executor();
    world.lookup.onNext(async () => UNKNOWN);
    await world.tick(executor);
    await world.is('a', 'finalized');
    assert.deepEqual(world.toldTypes, ['SUCCESS']);
    assert.equal(await world.chain.transactionsOf(world.evm.address), 1);
  }),

  scenario('a transaction that the node refuses keeps its bytes and backs off alone', async (world) => {
    await world.queue('a');
    signWithTooLittleGas(world);
    const executor = world.executor();
    await world.tick(executor);
    const { status, attempts, reason, notBefore } = await world.row('a');
    assert.equal(status, 'staged');
    assert.equal(attempts, 1);
    assert.match(reason ?? '', /intrinsic gas/);
    assert.equal(notBefore, world.clock.wallNow() + 1_000);
    assert.deepEqual(world.toldTypes, ['CANCELLED']);
    assert.ok(world.told[0]?.permit !== undefined);

    await world.tick(executor);
    assert.equal(world.submitter.count, 1);
    world.clock.increment(1_000);
    await world.tick(executor);
    assert.equal(world.submitter.count, 2);
    assert.equal((await world.row('a')).attempts, 2);
    assert.equal(world.signer.count, 1);
  }),

  scenario('a submission that gets no answer in time is unknown, and is looked up', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor();
    const sending = world.submitter.holdReply(1);
    const ticking = executor.tick();
    await world.within(sending.reached, 'the first submission');
    await world.within(world.taps.change.called(1), 'the second to be recorded');
    await world.pause();
    world.clock.increment(30_000);
    await world.within(ticking, 'the tick');
    assert.deepEqual(await world.statuses(), { a: 'staged', b: 'submitted' });
    assert.equal(world.submitter.calls[0]?.[1].signal.aborted, true);
    assert.match(executor.snapshot.error ?? '', /its outcome is unknown/);
    assert.ok(world.toldTypes.includes('FAILURE'));
    sending.open();
    await world.payAll(executor);
    assert.equal(world.submitter.count, 2);
  }),

  scenario('rows that are sent again go before new ones, by nonce', async (world) => {
    await world.queue('z', 'y', 'x');
    const executor = world.executor();
    world.submitter.always(async () => {
      throw new Error('down');
    });
    await world.tick(executor);
    assert.deepEqual(world.sent, ['x', 'y', 'z']);
    world.submitter.always(undefined);
    const last = world.lookup.hold(1);
    await world.queue('a');
    const ticking = executor.tick();
    await world.within(world.lookup.called(3), 'all look-ups');
    await world.pause();
    last.open();
    await world.within(ticking, 'the tick');
    assert.deepEqual(world.sent.slice(3), ['x', 'y', 'z', 'a']);
    await world.payAll(executor);
  }),
];
