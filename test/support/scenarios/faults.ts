import assert from 'node:assert/strict';
import { ConfigurationError, StorageError } from '../../../src/index.ts';
import { reconcile } from '../executor-reconcile.ts';
import { type Scenario, scenario } from '../executor-scenario.ts';
import type { StoreMethod } from '../executor-store.ts';
import { type Bench, World } from '../executor-world.ts';

/** The methods that this executor calls while it pays `two` and its dependant `three`, in a world where all is well but one thing. */
const METHODS: readonly StoreMethod[] = [
  'acquireLease',
  'loadBreaker',
  'pendingControl',
  'raiseEpoch',
  'inFlight',
  'due',
  'areSettled',
  'nonceFloor',
  'stage',
  'change',
];
const NEEDED_BY_A_PAYMENT: readonly StoreMethod[] = ['stage', 'change'];

const openWorld = async (bench: Bench): Promise<World> => {
  const world = await World.open(bench);
  await world.queue('one', 'two', { id: 'three', dependsOn: ['two'] });
  return world;
};

/** Everything that must hold after a storage fault, whichever call it was. */
async function playFault(world: World, method: StoreMethod, call: number): Promise<boolean> {
  const error = new StorageError(`no ${method} today`);
  let sentBefore = 0;
  world.taps[method].onCall(call, async () => {
    sentBefore = world.submitter.count;
    throw error;
  });
  const executor = world.executor({ circuitBreaker: (snapshot) => world.newBreaker(snapshot) });
  let fault: unknown;
  for (let round = 0; round < 3 && fault === undefined; round += 1) {
    fault = await world.within(
      executor.tick().then(
        () => undefined,
        (thrown: unknown) => thrown,
      ),
      'a tick',
    );
    await world.chain.mine();
  }
  if (world.taps[method].count < call) return false;

  assert.equal(fault, error, 'the tick rejects with the error of the store');
  assert.equal(world.submitter.count, sentBefore, 'nothing is submitted after it');
  const tells = world.toldTypes.includes('STORAGE_FATAL');
  assert.equal(tells, NEEDED_BY_A_PAYMENT.includes(method), 'the breaker hears of it from a payment');
  assert.equal(executor.snapshot.state, 'faulted');
  assert.equal(executor.actor.getSnapshot().status, 'active');
  assert.equal(await world.faultOf(executor.tick()), error, 'every later tick rejects with it');
  executor.start();
  assert.equal(executor.snapshot.state, 'faulted');
  await world.stop(executor);
  assert.equal(executor.snapshot.state, 'stopped');

  await world.payAll(world.executor());
  await world.areAll('finalized');
  await reconcile(world);
  return true;
}

const faultIn = (method: StoreMethod): Scenario => ({
  title: `a storage fault in ${method}, at any call, ends the executor before anything else is sent`,
  run: async (bench) => {
    for (let call = 1; ; call += 1) {
      const world = await openWorld(bench);
      try {
        if (!(await playFault(world, method, call))) {
          assert.ok(call > 1, `${method} is called at least once`);
          return;
        }
      } finally {
        await world.close();
      }
    }
  },
});

/** Faults of the store and of the configuration: final, whatever is under way. */
export const faults = [
  ...METHODS.map(faultIn),

  scenario('a storage fault while the stored epoch is read is final, too', async (world) => {
    await world.queue('a');
    const error = new StorageError('no epoch');
    world.taps.highestEpoch.fail(error);
    world.epochSource.always(async () => {
      throw new Error('no epoch source');
    });
    const executor = world.executor();
    assert.equal(await world.faultOf(executor.tick()), error);
    assert.equal(world.submitter.count, 0);
    await world.stop(executor);
  }),

  scenario('a disk that is full stops it, and what it holds is enough to go on elsewhere', async (world) => {
    const ids = Array.from({ length: 40 }, (_, index) => `row-${index + 10}`);
    await world.queue(...ids);
    // Less than it has already: the file may not grow any more.
    const store = await world.openStore({ pragmas: { max_page_count: 1 } });
    const executor = world.executor({ store, maxInFlight: 1 });
    const fault = await world.faultOf(executor.tick());
    assert.ok(fault instanceof StorageError);
    assert.match(fault.message, /full/);
    const { sent } = world;
    assert.ok(sent.length < ids.length);
    for (const id of sent) assert.equal((await world.row(id)).intents.length, 1, `the bytes of ${id}`);
    await world.stop(executor);
    world.clock.increment(60_000);
    await world.payAll(world.executor());
    await world.areAll('finalized');
  }),

  scenario('whatever else a store throws is a StorageError', async (world) => {
    const cause = new Error('disk full');
    world.taps.inFlight.fail(cause);
    const fault = await world.faultOf(world.executor().tick());
    assert.ok(fault instanceof StorageError);
    assert.equal(fault.message, 'disk full');
    assert.equal(fault.cause, cause);
  }),

  scenario(
    'a breaker that cannot be saved ends the executor',
    async (world) => {
      await world.queue('a', 'b');
      const error = new StorageError('no saveBreaker today');
      world.taps.saveBreaker.fail(error);
      const executor = world.executor({ maxInFlight: 1 });
      world.submitter.fail(new Error('RPC down'));
      // It is saved beside the tick, which may be over by then: the next one tells at the latest.
      const first = await world.within(
        executor.tick().catch((thrown) => thrown),
        'the tick',
      );
      assert.equal(first ?? (await world.faultOf(executor.tick())), error);
      assert.equal(executor.snapshot.state, 'faulted');
      assert.equal(await world.faultOf(executor.tick()), error);
      assert.equal(world.submitter.count, 1);
      await world.stop(executor);
    },
    { policy: { failureThreshold: 1 } },
  ),

  scenario(
    'a breaker that cannot be saved in mid-batch stops the batch, and what is out is recorded',
    async (world) => {
      await world.queue('a', 'b', 'c', 'd');
      const error = new StorageError('no saveBreaker today');
      const saving = world.taps.saveBreaker.hold();
      const executor = world.executor({ maxInFlight: 1 });
      world.submitter.onCall(1, async () => {
        throw new Error('RPC down');
      });
      await world.tick(executor);
      world.clock.increment(60_000);
      const sending = world.submitter.holdReply(2);
      const ticking = executor.tick();
      await world.within(sending.reached, 'the probe');
      world.taps.saveBreaker.onNext(async () => {
        throw error;
      });
      saving.open();
      world.breaker.isolate();
      world.breaker.reset();
      await world.pause();
      sending.open();
      assert.equal(await world.faultOf(ticking), error);
      assert.deepEqual(await world.statuses(), { a: 'submitted', b: 'queued', c: 'queued', d: 'queued' });
      await world.stop(executor);
    },
    { policy: { failureThreshold: 1 } },
  ),

  scenario(
    'a storage fault lets what is out end, and records it if the store still takes it',
    async (world) => {
      await world.queue('a', 'b', 'c');
      const error = new StorageError('no stage today');
      world.taps.stage.fail(error, 2);
      const sending = world.submitter.holdReply(1);
      const executor = world.executor();
      const ticking = executor.tick();
      const fault = world.faultOf(ticking);
      await world.within(sending.reached, 'the submission');
      await world.within(world.taps.stage.called(2), 'the second row');
      await world.pause();
      assert.equal(executor.snapshot.state, 'ticking');
      sending.open();
      assert.equal(await fault, error);
      assert.deepEqual(await world.statuses(), { a: 'submitted', b: 'queued', c: 'queued' });
      // The one behind was signed already. Without the bytes before its own it is not stored, and so forgotten.
      assert.equal(world.signer.count, 3);
      assert.equal(world.submitter.count, 1);
    },
  ),

  scenario('a stop that comes while a tick is failing is not lost', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    const failing = world.taps.stage.hold();
    const error = new StorageError('no stage today');
    const ticking = executor.tick();
    await world.within(failing.reached, 'the row to be staged');
    const stopped = executor.stop();
    executor.actor.send({ type: 'FAULT', error });
    failing.open();
    assert.equal(await world.faultOf(ticking), error);
    await world.within(stopped, 'the stop');
    assert.equal(executor.snapshot.state, 'stopped');
    assert.equal(world.submitter.count, 0);
    assert.equal(await world.faultOf(executor.tick()), error);
    // Its lease is free.
    await world.takeLease('next');
  }),

  scenario('a fault ends polling', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    world.taps.stage.fail(new StorageError('no'));
    executor.start();
    await world.isIn(executor, 'faulted');
    world.clock.increment(10_000);
    assert.equal(executor.snapshot.state, 'faulted');
    assert.equal(executor.snapshot.ticks, 1);
    await world.stop(executor);
    assert.equal(world.taps.releaseLease.count, 1);
  }),

  scenario('a ConfigurationError of the signer is final: the row stays queued', async (world) => {
    await world.queue('a', 'b');
    const error = new ConfigurationError('a foreign chain');
    world.signer.fail(error);
    const executor = world.executor();
    assert.equal(await world.faultOf(executor.tick()), error);
    await world.areAll('queued');
    assert.deepEqual(world.toldTypes, []);
    assert.equal(executor.snapshot.state, 'faulted');
    assert.equal(world.signer.count, 1);
    assert.equal((await world.row('a')).attempts, 0);
    assert.equal(await world.faultOf(executor.tick()), error);
    await world.stop(executor);
  }),

  scenario('a ConfigurationError of the submitter is final: the row keeps its bytes', async (world) => {
    await world.queue('a', 'b');
    const error = new ConfigurationError('401');
    world.submitter.fail(error);
    const executor = world.executor({ maxInFlight: 1 });
    assert.equal(await world.faultOf(executor.tick()), error);
    assert.deepEqual(await world.statuses(), { a: 'staged', b: 'queued' });
    assert.deepEqual(world.toldTypes, ['CANCELLED']);
    assert.equal((await world.row('a')).attempts, 0);
    assert.equal(executor.snapshot.state, 'faulted');
    await world.stop(executor);
  }),
];
