import assert from 'node:assert/strict';
import { SimulatedClock } from 'xstate';
import { scenario } from '../executor-scenario.ts';

const STOPPED = { message: 'the executor was stopped' };

/** start, tick and stop, in every state. */
export const polling = [
  scenario('start() ticks now and after each pause, until stop()', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    executor.start();
    await world.isIn(executor, 'waiting');
    await world.is('a', 'submitted');
    await world.chain.mine();

    world.clock.increment(999);
    assert.equal(executor.snapshot.state, 'waiting');
    world.clock.increment(1);
    await world.ticked(executor, 2);
    await world.is('a', 'finalized');
    await world.isIn(executor, 'waiting');
    executor.start();
    assert.equal(executor.snapshot.state, 'waiting');
    world.clock.increment(1_000);
    await world.ticked(executor, 3);

    await world.isIn(executor, 'waiting');
    await world.stop(executor);
    assert.equal(executor.snapshot.state, 'stopped');
    world.clock.increment(10_000);
    assert.equal(executor.snapshot.ticks, 3);
  }),

  scenario('stop() while waiting gives the lease to whoever comes next, at once', async (world) => {
    const executor = world.executor();
    executor.start();
    await world.isIn(executor, 'waiting');
    assert.equal(executor.snapshot.leaseHeld, true);
    await world.stop(executor);
    assert.equal(executor.actor.getSnapshot().status, 'done');
    assert.equal(executor.snapshot.leaseHeld, false);
    const other = world.executor();
    await world.tick(other);
    assert.equal(other.snapshot.leaseHeld, true);
  }),

  scenario('stop() after a tick gives the lease back, too', async (world) => {
    const executor = world.executor();
    await world.tick(executor);
    await world.stop(executor);
    assert.equal(world.taps.releaseLease.count, 1);
    const other = world.executor();
    await world.tick(other);
    assert.equal(other.snapshot.leaseHeld, true);
  }),

  scenario('stop() before anything else ends it, and may be called again', async (world) => {
    const executor = world.executor();
    await world.stop(executor);
    assert.equal(executor.snapshot.state, 'stopped');
    await world.stop(executor);
    await assert.rejects(world.tick(executor), STOPPED);
    assert.deepEqual(world.timeline, []);
  }),

  scenario('a tick alone is followed by no other', async (world) => {
    const executor = world.executor();
    await world.tick(executor);
    assert.equal(executor.snapshot.state, 'idle');
    world.clock.increment(10_000);
    assert.equal(executor.snapshot.state, 'idle');
    assert.equal(executor.snapshot.ticks, 1);
    await world.tick(executor);
    assert.equal(executor.snapshot.ticks, 2);
  }),

  scenario('tick() joins the tick that runs', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    const asking = world.epochSource.hold();
    const first = executor.tick();
    await world.within(asking.reached, 'the epoch source');
    const second = executor.tick();
    asking.open();
    await world.within(Promise.all([first, second]), 'both ticks');
    assert.equal(executor.snapshot.ticks, 1);
    assert.equal(world.submitter.count, 1);
  }),

  scenario('start() during a tick makes it the first of many', async (world) => {
    const executor = world.executor();
    const asking = world.epochSource.hold();
    const ticking = executor.tick();
    await world.within(asking.reached, 'the epoch source');
    executor.start();
    asking.open();
    await world.within(ticking, 'the tick');
    assert.equal(executor.snapshot.state, 'waiting');
    world.clock.increment(1_000);
    await world.ticked(executor, 2);
  }),

  scenario('tick() between two polls does not wait for the next one', async (world) => {
    const executor = world.executor();
    executor.start();
    await world.isIn(executor, 'waiting');
    await world.queue('a');
    await world.tick(executor);
    await world.is('a', 'submitted');
    assert.equal(executor.snapshot.state, 'waiting');
  }),

  scenario('stop() in mid-batch awaits and records what is out, and signs nothing more', async (world) => {
    await world.queue('a', 'b', 'c');
    const executor = world.executor({ maxInFlight: 1 });
    const sending = world.submitter.holdReply();
    const ticking = executor.tick();
    await world.within(sending.reached, 'the submission');
    const stopping = executor.stop();
    await assert.rejects(world.tick(executor), STOPPED);
    await world.pause();
    assert.equal(executor.snapshot.state, 'ticking');
    sending.open();
    await world.within(ticking, 'the tick');
    await world.within(stopping, 'stop()');
    assert.deepEqual(await world.statuses(), { a: 'submitted', b: 'queued', c: 'queued' });
    assert.equal(world.signer.count, 1);
    assert.equal(executor.snapshot.state, 'stopped');
    assert.equal(world.taps.releaseLease.count, 1);
  }),

  scenario('stop() while a row is being signed lets it become durable, and sends it not', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor();
    const signing = world.signer.hold();
    const ticking = executor.tick();
    await world.within(signing.reached, 'the signer');
    const stopping = executor.stop();
    signing.open();
    await world.within(Promise.all([ticking, stopping]), 'stop()');
    assert.deepEqual(await world.statuses(), { a: 'staged', b: 'queued' });
    assert.equal(world.submitter.count, 0);
    await world.payAll(world.executor());
  }),

  scenario('stop() while settling asks the chain no more', async (world) => {
    await world.queue('a', 'b', 'c');
    const executor = world.executor({ maxInFlight: 1 });
    await world.tick(executor);
    await world.queue('d');
    const looking = world.lookup.hold();
    const ticking = executor.tick();
    await world.within(looking.reached, 'a look-up');
    const stopping = executor.stop();
    looking.open();
    await world.within(Promise.all([ticking, stopping]), 'stop()');
    assert.equal(world.lookup.count, 1);
    await world.is('d', 'queued');
    assert.equal(executor.snapshot.state, 'stopped');
  }),

  scenario('a lease that cannot be given back does not hinder the stop', async (world) => {
    const executor = world.executor();
    await world.tick(executor);
    world.taps.releaseLease.fail(new Error('disk gone'));
    await world.stop(executor);
    assert.equal(executor.snapshot.state, 'stopped');
    assert.equal(executor.actor.getSnapshot().status, 'done');
  }),

  scenario('nothing is heard while the lease is given back', async (world) => {
    const executor = world.executor();
    await world.tick(executor);
    const releasing = world.taps.releaseLease.hold();
    const stopping = executor.stop();
    await world.within(releasing.reached, 'the release');
    assert.equal(executor.snapshot.state, 'releasing');
    executor.start();
    const ticking = assert.rejects(executor.tick(), STOPPED);
    releasing.open();
    await world.within(Promise.all([stopping, ticking]), 'stop()');
    assert.equal(executor.snapshot.ticks, 1);
  }),

  scenario("runs on xstate's own simulated clock, which has no wall", async (world) => {
    await world.queue('a');
    const clock = new SimulatedClock();
    const executor = world.executor({ clock });
    executor.start();
    await world.isIn(executor, 'waiting');
    await world.chain.mine();
    clock.increment(1_000);
    await world.ticked(executor, 2);
    await world.is('a', 'finalized');
    assert.equal(executor.snapshot.lastTickAt, 1_000);
  }),

  scenario('a tick tells what is due now, in its snapshot', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    assert.equal(executor.snapshot.state, 'idle');
    assert.equal(executor.snapshot.lastTickAt, undefined);
    await world.tick(executor);
    const { ticks, lastTickAt, leaseHeld, fence, circuitState } = executor.snapshot;
    assert.deepEqual(
      { ticks, lastTickAt, leaseHeld, fence, circuitState },
      { ticks: 1, lastTickAt: world.clock.wallNow(), leaseHeld: true, fence: 1, circuitState: 'CLOSED' },
    );
  }),
];
