import assert from 'node:assert/strict';
import type { CircuitBreaker } from '../../../src/index.ts';
import { scenario } from '../executor-scenario.ts';
import { Gate } from '../executor-tap.ts';
import type { World } from '../executor-world.ts';

/** Remembers the breakers that it makes, and from what. */
const factoryIn = (world: World) => {
  const made: { readonly snapshot: unknown; readonly breaker: CircuitBreaker }[] = [];
  const circuitBreaker = (snapshot?: unknown): CircuitBreaker => {
    const breaker = world.newBreaker(snapshot);
    made.push({ snapshot, breaker });
    return breaker;
  };
  return { made, circuitBreaker };
};

/** One executor at a time: standby, takeover, renewal, theft. */
export const leasing = [
  scenario('stands by while another holds the lease, and takes over when it expires', async (world) => {
    await world.queue('a');
    const { made, circuitBreaker } = factoryIn(world);
    const codes: number[] = [];
    const other = await world.takeLease('other');
    const executor = world.executor({
      circuitBreaker,
      circuitBreakerTelemetry: (stateCode) => void codes.push(stateCode),
    });

    await world.tick(executor);
    await world.tick(executor);
    await world.is('a', 'queued');
    assert.equal(executor.snapshot.leaseHeld, false);
    assert.equal(executor.snapshot.error, undefined);
    assert.equal(executor.snapshot.state, 'idle');
    assert.equal(world.epochSource.count, 0);
    assert.equal(made.length, 1);
    assert.deepEqual(codes, [0, 0]);

    world.breaker.recordFailure();
    const snapshot = world.breaker.toJSON();
    await world.store.saveBreaker(other, snapshot);
    world.clock.increment(60_000);
    await world.tick(executor);
    assert.equal(executor.snapshot.leaseHeld, true);
    assert.equal(executor.snapshot.fence, 2);
    assert.equal(made.length, 2);
    assert.deepEqual(made[1]?.snapshot, JSON.parse(JSON.stringify(snapshot)));
    assert.equal(made[0]?.breaker.admits, false);
    assert.equal(executor.circuitBreaker, made[1]?.breaker);
    assert.equal(made[1]?.breaker.failures, 0);
    assert.deepEqual(codes, [0, 0, 0]);
    await world.is('a', 'submitted');
  }),

  scenario('keeps its breaker as long as it keeps the lease', async (world) => {
    const { made, circuitBreaker } = factoryIn(world);
    const executor = world.executor({ circuitBreaker });
    for (let tick = 0; tick < 3; tick += 1) await world.tick(executor);
    assert.equal(made.length, 1);
    assert.equal(made[0]?.snapshot, undefined);
    await world.stop(executor);
    assert.equal(made[0]?.breaker.admits, false);
  }),

  scenario('makes its breaker anew after a lease that another had in between', async (world) => {
    const { made, circuitBreaker } = factoryIn(world);
    const executor = world.executor({ circuitBreaker });
    await world.tick(executor);
    await world.store.releaseLease(await world.stealLease());
    await world.tick(executor);
    assert.equal(executor.snapshot.fence, 3);
    assert.equal(made.length, 2);
  }),

  scenario('hands the lease over to standby and back', async (world) => {
    const first = world.executor();
    const second = world.executor({ circuitBreaker: world.newBreaker() });
    await world.tick(first);
    await world.tick(second);
    assert.equal(second.snapshot.leaseHeld, false);
    await world.stop(first);
    await world.queue('a');
    await world.payAll(second);
    await world.areAll('finalized');
  }),

  scenario('loses the lease between two ticks, and stands by', async (world) => {
    const executor = world.executor();
    await world.tick(executor);
    await world.stealLease();
    await world.queue('a');
    await world.tick(executor);
    assert.equal(executor.snapshot.leaseHeld, false);
    assert.equal(executor.snapshot.fence, undefined);
    await world.is('a', 'queued');
    await world.stop(executor);
  }),

  scenario('tells of a breaker that cannot be made, and tries again at the next tick', async (world) => {
    await world.queue('a');
    const { made, circuitBreaker } = factoryIn(world);
    let isBroken = true;
    const executor = world.executor({
      circuitBreaker: (snapshot) => {
        if (isBroken) throw new Error('no breaker today');
        return circuitBreaker(snapshot);
      },
    });
    await world.tick(executor);
    assert.equal(executor.snapshot.error, 'no breaker today');
    assert.equal(executor.snapshot.state, 'idle');
    assert.equal(world.epochSource.count, 0);
    isBroken = false;
    await world.tick(executor);
    assert.equal(made.length, 1);
    assert.equal(executor.snapshot.fence, 1);
    await world.is('a', 'submitted');
  }),

  scenario('does not go on with the breaker of an earlier lease when it cannot make one', async (world) => {
    await world.queue('a');
    const { made, circuitBreaker } = factoryIn(world);
    let isBroken = false;
    const executor = world.executor({
      maxUnmined: 1,
      circuitBreaker: (snapshot) => {
        if (isBroken) throw new Error('no breaker today');
        return circuitBreaker(snapshot);
      },
    });
    await world.tick(executor);
    await world.store.releaseLease(await world.stealLease());
    isBroken = true;
    await world.tick(executor);
    await world.tick(executor);
    assert.equal(executor.snapshot.error, 'no breaker today');
    assert.equal(world.epochSource.count, 1);
    isBroken = false;
    await world.payAll(executor);
    assert.equal(made.length, 2);
  }),

  scenario('gives the lease back at the end, although no breaker could be made', async (world) => {
    const executor = world.executor({
      circuitBreaker: () => {
        throw new Error('no breaker today');
      },
    });
    await world.tick(executor);
    await world.stop(executor);
    await world.takeLease('other');
  }),

  scenario('renews the lease within a long tick, so that no other can take it', async (world) => {
    await world.queue('a');
    const executor = world.executor({ submitTimeoutMs: 600_000 });
    const sending = world.submitter.hold();
    const ticking = executor.tick();
    await world.within(sending.reached, 'the submission');
    for (let third = 0; third < 4; third += 1) {
      world.clock.increment(19_999);
      await world.leaseIs(executor, 'kept');
      assert.equal(world.taps.acquireLease.count, 1 + third);
      world.clock.increment(1);
      await world.leaseIs(executor, 'kept');
      assert.equal(world.taps.acquireLease.count, 2 + third);
    }
    const other = world.executor({ circuitBreaker: world.newBreaker() });
    await world.tick(other);
    assert.equal(other.snapshot.leaseHeld, false);
    sending.open();
    await world.within(ticking, 'the tick');
    assert.equal(executor.snapshot.error, undefined);
    await world.is('a', 'submitted');
  }),

  scenario('a lease that is stolen while a row is signed leaves that row as it was', async (world) => {
    await world.queue('a', 'b', 'c');
    const executor = world.executor();
    const signing = world.signer.hold();
    const ticking = executor.tick();
    await world.within(signing.reached, 'the signer');
    await world.stealLease();
    world.clock.increment(20_000);
    await world.leaseIs(executor, 'lost');
    assert.equal(executor.actor.getSnapshot().context.error, 'lease_lost');
    signing.open();
    await world.within(ticking, 'the tick');
    assert.equal(executor.snapshot.error, 'the executor lease is held by another');
    assert.equal(executor.snapshot.leaseHeld, false);
    assert.equal(executor.snapshot.state, 'idle');
    assert.equal(world.signer.count, 1);
    assert.equal(world.submitter.count, 0);
    await world.areAll('queued');
  }),

  scenario('a lease that was stolen and given back is not kept by a stop in that tick', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    const signing = world.signer.hold();
    const ticking = executor.tick();
    await world.within(signing.reached, 'the signer');
    await world.store.releaseLease(await world.stealLease());
    world.clock.increment(20_000);
    await world.leaseIs(executor, 'lost');
    const stopping = executor.stop();
    signing.open();
    await world.within(Promise.all([ticking, stopping]), 'stop()');
    await world.takeLease('other');
  }),

  scenario('a lease that is stolen while the chain is asked ends the asking', async (world) => {
    await world.queue('a', 'b', 'c');
    const executor = world.executor({ maxInFlight: 1 });
    await world.tick(executor);
    const looking = world.lookup.hold();
    const ticking = executor.tick();
    await world.within(looking.reached, 'the look-up');
    await world.stealLease();
    world.clock.increment(20_000);
    await world.leaseIs(executor, 'lost');
    looking.open();
    await world.within(ticking, 'the tick');
    assert.equal(executor.snapshot.error, 'lease_lost');
    assert.equal(world.lookup.count, 1);
  }),

  scenario(
    'a theft that only a write notices ends the tick well, and what the breaker learnt counts',
    async (world) => {
      await world.queue('a', 'b');
      const executor = world.executor({ maxInFlight: 1 });
      const sending = world.submitter.holdReply();
      const ticking = executor.tick();
      await world.within(sending.reached, 'the submission');
      await world.stealLease();
      sending.open();
      await world.within(ticking, 'the tick');
      assert.equal(executor.snapshot.error, 'the executor lease is held by another');
      assert.equal(executor.snapshot.state, 'idle');
      assert.deepEqual(world.toldTypes, ['SUCCESS']);
      assert.deepEqual(await world.statuses(), { a: 'staged', b: 'queued' });
      assert.equal(world.signer.count, 1);
    },
  ),

  scenario('rows of a tick that lost its lease are paid once, by the other', async (world) => {
    await world.queue('a', 'b', 'c');
    const first = world.executor({ maxInFlight: 1, submitTimeoutMs: 600_000 });
    const sending = world.submitter.holdReply(1);
    const renewing = world.taps.acquireLease.hold(2);
    const ticking = first.tick();
    await world.within(sending.reached, 'the submission');
    world.clock.increment(20_000);
    await world.within(renewing.reached, 'the renewal');
    world.clock.increment(40_000);

    const second = world.executor({ circuitBreaker: world.newBreaker() });
    await world.tick(second);
    assert.equal(second.snapshot.leaseHeld, true);
    await world.areAll('submitted');
    renewing.open();
    await world.leaseIs(first, 'lost');
    sending.open();
    await world.within(ticking, 'the tick');
    assert.equal(first.snapshot.leaseHeld, false);
    assert.deepEqual([...world.sent].sort(), ['a', 'b', 'c']);
    await world.payAll(second);
    await world.areAll('finalized');
  }),

  scenario('a storage fault in a renewal ends the tick, and what is out is recorded', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor({ maxInFlight: 1, submitTimeoutMs: 600_000 });
    const sending = world.submitter.holdReply();
    const ticking = executor.tick();
    await world.within(sending.reached, 'the submission');
    world.taps.acquireLease.fail(new Error('disk gone'));
    world.clock.increment(20_000);
    await world.leaseIs(executor, 'lost');
    sending.open();
    const fault = await world.faultOf(ticking);
    assert.equal((fault as Error).message, 'disk gone');
    assert.equal((fault as Error).name, 'StorageError');
    assert.deepEqual(await world.statuses(), { a: 'submitted', b: 'queued' });
    assert.equal(executor.snapshot.state, 'faulted');
    await world.stop(executor);
    assert.equal(world.taps.releaseLease.count, 1);
  }),

  scenario('a storage fault in a renewal that outlives its tick ends the executor, too', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor({ maxInFlight: 1, batchSize: 1, submitTimeoutMs: 600_000 });
    const sending = world.submitter.holdReply();
    const renewing = new Gate();
    world.taps.acquireLease.onCall(2, async () => {
      await renewing.pass();
      throw new Error('disk gone');
    });
    const ticking = executor.tick();
    await world.within(sending.reached, 'the submission');
    world.clock.increment(20_000);
    await world.within(renewing.reached, 'the renewal');
    sending.open();
    await world.within(ticking, 'the tick');
    await world.is('a', 'submitted');
    renewing.open();
    // Whoever looks at the store only when it is asked again would send b before that.
    const fault = await world.faultOf(executor.tick());
    assert.equal((fault as Error).message, 'disk gone');
    assert.equal(executor.snapshot.state, 'faulted');
    assert.deepEqual(world.sent, ['a']);
  }),

  scenario('two executors that tick on one store at once pay everything once', async (world) => {
    await world.queue('a', 'b', 'c', 'd', 'e');
    const first = world.executor({ batchSize: 2 });
    const second = world.executor({
      batchSize: 2,
      store: await world.openStore(),
      circuitBreaker: world.newBreaker(),
    });
    await Promise.all([world.tick(first), world.tick(second)]);
    assert.notEqual(first.snapshot.leaseHeld, second.snapshot.leaseHeld);
    const [holder, other] = first.snapshot.leaseHeld ? [first, second] : [second, first];
    await Promise.all([world.stop(holder), world.tick(other)]);
    await world.payAll(other);
    await world.areAll('finalized');
    assert.equal(world.submitter.count, 5);
  }),
];
