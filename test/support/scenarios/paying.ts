import assert from 'node:assert/strict';
import { scenario } from '../executor-scenario.ts';

const fails = (message: string) => async () => {
  throw new Error(message);
};

/** What a tick pays, in which order, and how much of it. */
export const paying = [
  scenario('pays what is queued, in the order of nonces, and finalizes it after a look-up', async (world) => {
    await world.queue('a', 'b', 'c');
    const executor = world.executor();

    await world.tick(executor);
    await world.areAll('submitted');
    assert.deepEqual(world.sent, ['a', 'b', 'c']);
    assert.deepEqual(
      (await world.rows()).map(({ nonce }) => nonce),
      [0, 1, 2],
    );
    assert.deepEqual(executor.snapshot.tally, { settled: 0, staged: 3, submitted: 3, failed: 0, refused: 0 });
    assert.equal(executor.snapshot.unmined, 3);
    assert.equal(executor.snapshot.error, undefined);
    assert.equal(executor.snapshot.state, 'idle');

    await world.chain.mine();
    await world.tick(executor);
    await world.areAll('finalized');
    assert.equal(world.submitter.count, 3);
    assert.deepEqual(executor.snapshot.tally, { settled: 3, staged: 0, submitted: 0, failed: 0, refused: 0 });
    assert.equal(executor.snapshot.unmined, 0);
    assert.deepEqual(world.toldTypes, ['SUCCESS', 'SUCCESS', 'SUCCESS']);
  }),

  scenario('keeps no payment that has nothing left to do', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor({ maxInFlight: 1 });
    const payments = () =>
      Object.keys(executor.actor.getSnapshot().children).filter((id) => id.startsWith('payment:'));
    const sending = world.submitter.hold(2);
    const ticking = executor.tick();
    await world.within(sending.reached, 'the second submission');
    assert.deepEqual(payments(), ['payment:b']);
    sending.open();
    await world.within(ticking, 'the tick');
    assert.deepEqual(payments(), []);
  }),

  scenario('submits a row only when its bytes are durable', async (world) => {
    await world.queue('a', 'b');
    const staging = world.taps.stage.hold();
    const ticking = world.executor({ maxInFlight: 1 }).tick();
    await world.within(staging.reached, 'the first row to be staged');
    await world.pause();
    assert.equal(world.signer.count, 1, 'one at a time is one at a time');
    assert.equal(world.submitter.count, 0);
    staging.open();
    await world.within(ticking, 'the tick');
    assert.deepEqual(world.sent, ['a', 'b']);
    await world.areAll('submitted');
  }),

  scenario('signs on while bytes become durable, so that many share a commit', async (world) => {
    await world.queue('a', 'b', 'c', 'd');
    const held = [1, 2, 3].map((number) => world.taps.stage.hold(number));
    const ticking = world.executor({ maxInFlight: 2 }).tick();
    await world.within(world.taps.stage.called(3), 'as many as may be out, and half as many behind them');
    await world.pause();
    assert.equal(world.signer.count, 3);
    assert.equal(world.submitter.count, 0);
    for (const staging of held) staging.open();
    await world.within(ticking, 'the tick');
    assert.deepEqual(world.sent, ['a', 'b', 'c', 'd']);
    assert.equal(world.submitter.mostOut, 2);
    await world.areAll('submitted');
  }),

  scenario('never makes a nonce durable whose predecessor is not', async (world) => {
    await world.queue('a', 'b', 'c');
    const first = world.taps.stage.hold(1);
    const executor = world.executor();
    const fault = world.faultOf(executor.tick());
    await world.within(world.taps.stage.called(3), 'all three to be staged');
    // A store that takes them out of turn.
    await world.pause();
    first.open();
    assert.match(String(await fault), /nonce 1 is not taken: 0, which goes before it, is not stored/);
    assert.deepEqual(await world.statuses(), { a: 'staged', b: 'queued', c: 'queued' });
    await world.stop(executor);
    await world.payAll(world.executor());
    assert.deepEqual(
      (await world.rows()).map(({ nonce }) => nonce),
      [0, 1, 2],
    );
  }),

  scenario('signs the next row while the one before is on its way', async (world) => {
    await world.queue('a', 'b');
    const sending = world.submitter.hold();
    const ticking = world.executor().tick();
    await world.within(world.submitter.called(2), 'the second submission');
    assert.deepEqual(world.sent, ['a', 'b']);
    sending.open();
    await world.within(ticking, 'the tick');
    await world.areAll('submitted');
  }),

  scenario('pays at most batchSize new rows in a tick', async (world) => {
    await world.queue('a', 'b', 'c', 'd', 'e');
    const executor = world.executor({ batchSize: 2 });
    await world.tick(executor);
    assert.deepEqual(world.sent, ['a', 'b']);
    await world.tick(executor);
    assert.deepEqual(world.sent, ['a', 'b', 'c', 'd']);
    await world.payAll(executor);
    assert.equal(world.submitter.count, 5);
  }),

  scenario('never has more than maxInFlight submissions out, nor look-ups', async (world) => {
    await world.queue('a', 'b', 'c', 'd', 'e');
    const executor = world.executor({ maxInFlight: 2 });
    const [first, second] = [world.submitter.hold(1), world.submitter.hold(2)];
    const ticking = executor.tick();
    await world.within(second.reached, 'the second submission');
    await world.pause();
    assert.equal(world.submitter.count, 2);
    first.open();
    await world.within(world.submitter.called(3), 'the third submission');
    second.open();
    await world.within(ticking, 'the tick');
    assert.equal(world.submitter.mostOut, 2);

    const looking = [world.lookup.hold(1), world.lookup.hold(2)];
    const settling = executor.tick();
    await world.within(world.lookup.called(2), 'the second look-up');
    await world.pause();
    assert.equal(world.lookup.count, 2);
    for (const gate of looking) gate.open();
    await world.within(settling, 'the tick');
    assert.equal(world.lookup.mostOut, 2);
    assert.equal(world.lookup.count, 5);
  }),

  scenario('takes no new nonce while maxUnmined are out', async (world) => {
    await world.queue('a', 'b', 'c');
    const executor = world.executor({ maxUnmined: 2 });
    await world.tick(executor);
    assert.deepEqual(world.sent, ['a', 'b']);
    await world.tick(executor);
    assert.equal(world.signer.count, 2);
    assert.equal(executor.snapshot.unmined, 2);
    assert.equal(executor.snapshot.error, undefined);
    await world.chain.mine();
    await world.tick(executor);
    assert.deepEqual(world.sent, ['a', 'b', 'c']);
  }),

  scenario('does not pay before the epoch has come', async (world) => {
    await world.queue('now', { id: 'later', scheduledEpoch: 7 });
    const executor = world.executor();
    world.epochSource.always(async () => 6);
    await world.tick(executor);
    assert.deepEqual(world.sent, ['now']);
    world.epochSource.always(async () => 7);
    await world.tick(executor);
    assert.deepEqual(world.sent, ['now', 'later']);
    assert.equal(executor.snapshot.epoch, 7);
    assert.equal(executor.snapshot.epochKnown, true);
  }),

  scenario('keeps the highest epoch, and goes by it when the source fails', async (world) => {
    await world.queue({ id: 'row', scheduledEpoch: 7 });
    const executor = world.executor();
    world.signer.always(fails('not yet'));
    world.epochSource.always(async () => 7);
    await world.tick(executor);
    world.signer.always(undefined);
    world.clock.increment(1_000);

    world.epochSource.always(async () => 3);
    await world.tick(executor);
    assert.equal(executor.snapshot.epoch, 7);
    assert.deepEqual(world.sent, ['row']);

    await world.queue({ id: 'other', scheduledEpoch: 7 });
    world.epochSource.always(fails('no epoch today'));
    await world.tick(executor);
    assert.equal(executor.snapshot.epoch, 7);
    assert.equal(executor.snapshot.epochKnown, false);
    assert.equal(executor.snapshot.error, 'no epoch today');
    assert.deepEqual(world.sent, ['row', 'other']);
    assert.deepEqual(world.toldTypes, ['SUCCESS', 'SUCCESS']);
  }),

  scenario('takes an epoch that is no whole number, or none in time, for a failure', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    world.epochSource.onNext(async () => 1.5);
    await world.tick(executor);
    assert.equal(executor.snapshot.error, 'the epoch source gave 1.5');
    await world.is('a', 'submitted');

    const asking = world.epochSource.hold();
    const ticking = executor.tick();
    await world.within(asking.reached, 'the epoch source');
    world.clock.increment(30_000);
    await world.within(ticking, 'the tick');
    assert.equal(executor.snapshot.error, 'the epoch source did not answer in time');
  }),

  scenario('begins with the nonce that the chain tells', async (world) => {
    await world.queue('a', 'b');
    world.nextNonce.always(async () => 5);
    await world.tick(world.executor());
    assert.deepEqual(
      (await world.rows()).map(({ nonce }) => nonce),
      [5, 6],
    );
  }),

  scenario('stages nothing in an empty store while the chain does not tell its next nonce', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor();
    world.nextNonce.always(fails('no nonce today'));
    await world.tick(executor);
    await world.areAll('queued');
    assert.equal(world.signer.count, 0);
    assert.equal(executor.snapshot.error, 'no nonce today');
    assert.deepEqual(world.told, []);
    world.nextNonce.always(undefined);
    await world.payAll(executor);
  }),

  scenario('goes on behind its own highest nonce while the chain does not tell the next', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    await world.tick(executor);
    world.nextNonce.always(fails('no nonce today'));
    await world.queue('b');
    await world.tick(executor);
    assert.equal((await world.row('b')).nonce, 1);
    assert.equal(executor.snapshot.error, 'no nonce today');
    await world.payAll(executor);
  }),

  scenario('counts nonces from 0 without a chain that tells them', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor({ nextNonce: undefined });
    await world.payAll(executor);
  }),
];
