import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ControlAction } from '../../../src/breaker-control.ts';
import { StorageError } from '../../../src/index.ts';
import { overridden } from '../executor-breaker.ts';
import { scenario } from '../executor-scenario.ts';
import type { World } from '../executor-world.ts';

const ISOLATED = 'circuit_breaker_open state=ISOLATED';

/** An operator's order, given past the taps as another process would. */
async function order(world: World, action: ControlAction, reason?: string): Promise<void> {
  const outside = await world.openStore();
  await outside.requestControl({ action, reason, by: 'test' }, { now: world.clock.wallNow() });
}

/** What was applied, oldest first. */
async function applied(world: World): Promise<readonly string[]> {
  const entries = await (await world.openStore()).controlAudit({ limit: 100 });
  return entries
    .map(({ id, action, from, to, fence }) => `${id} ${action} ${from}>${to} @${fence}`)
    .reverse();
}

const waiting = async (world: World): Promise<number> =>
  (await (await world.openStore()).pendingControl()).length;

/** What the store would restore. */
const storedState = async (world: World): Promise<unknown> =>
  ((await (await world.openStore()).loadBreaker()) as { readonly state: unknown } | undefined)?.state;

/** An operator's orders to the breaker. */
export const controlling = [
  scenario(
    'isolate stops the submissions from the next tick on, reset lets them go on, and both are in the audit',
    async (world) => {
      await world.queue('a', 'b', 'c');
      const executor = world.executor({ batchSize: 1 });
      await world.tick(executor);
      assert.deepEqual(world.sent, ['a']);
      await order(world, 'isolate', 'RPC replays');
      await world.tick(executor);
      await world.tick(executor);
      assert.deepEqual(world.sent, ['a']);
      assert.equal(world.signer.count, 1);
      assert.equal(executor.snapshot.error, ISOLATED);
      assert.equal(executor.snapshot.circuitState, 'ISOLATED');
      assert.equal(await waiting(world), 0);
      assert.deepEqual(await applied(world), ['1 isolate CLOSED>ISOLATED @1']);
      world.clock.increment(24 * 3_600_000);
      await world.tick(executor);
      assert.deepEqual(world.sent, ['a']);

      await order(world, 'reset');
      await world.payAll(executor);
      await world.areAll('finalized');
      assert.deepEqual(await applied(world), ['1 isolate CLOSED>ISOLATED @1', '2 reset ISOLATED>CLOSED @1']);
      assert.equal(await storedState(world), 'CLOSED');
    },
  ),

  scenario('the reason of an order is the reason of the change', async (world) => {
    const reasons: unknown[] = [];
    world.breaker.on('stateChange', ({ reason }) => reasons.push(reason));
    await order(world, 'isolate', 'RPC replays');
    await order(world, 'reset', 'RPC is exact again');
    await world.tick(world.executor());
    assert.deepEqual(reasons, ['RPC replays', 'RPC is exact again']);
  }),

  scenario('a tick with nothing to pay applies orders, too, and asks for them once', async (world) => {
    const executor = world.executor();
    await world.tick(executor);
    assert.equal(world.taps.pendingControl.count, 1);
    assert.equal(world.taps.applyControl.count, 0);
    await order(world, 'isolate');
    await world.tick(executor);
    assert.equal(world.breaker.state, 'ISOLATED');
    assert.equal(await storedState(world), 'ISOLATED');
    assert.equal(executor.snapshot.error, undefined);
    assert.equal(world.taps.pendingControl.count, 2);
  }),

  scenario(
    'orders that wait are applied in their order, so that the last one holds',
    async (world) => {
      await world.queue('a');
      world.submitter.fail(new Error('down'));
      const executor = world.executor();
      await world.tick(executor);
      assert.equal(world.breaker.state, 'OPEN');
      await order(world, 'isolate');
      await order(world, 'isolate', 'again');
      await order(world, 'reset');
      await world.tick(executor);
      assert.equal(world.breaker.state, 'CLOSED');
      await world.is('a', 'submitted');
      assert.deepEqual(await applied(world), [
        '1 isolate OPEN>ISOLATED @1',
        '2 isolate ISOLATED>ISOLATED @1',
        '3 reset ISOLATED>CLOSED @1',
      ]);
    },
    { policy: { failureThreshold: 1 } },
  ),

  scenario(
    'reset ends OPEN and HALF_OPEN at once, and isolate a breaker that is probing',
    async (world) => {
      await world.queue('a');
      world.submitter.always(async () => {
        throw new Error('down');
      });
      const executor = world.executor();
      await world.tick(executor);
      await order(world, 'reset');
      await world.tick(executor);
      assert.equal(world.submitter.count, 2);
      world.clock.increment(60_000);
      assert.equal(world.breaker.state, 'HALF_OPEN');
      await order(world, 'isolate');
      await world.tick(executor);
      assert.equal(world.submitter.count, 2);
      world.submitter.always(undefined);
      await order(world, 'reset');
      await world.payAll(executor);
      assert.deepEqual(await applied(world), [
        '1 reset OPEN>CLOSED @1',
        '2 isolate HALF_OPEN>ISOLATED @1',
        '3 reset ISOLATED>CLOSED @1',
      ]);
    },
    { policy: { failureThreshold: 1 } },
  ),

  scenario(
    'a reset that changes no state stores the counts that it cleared',
    async (world) => {
      await world.queue('a');
      world.submitter.fail(new Error('down'));
      const executor = world.executor({ circuitBreaker: (snapshot) => world.newBreaker(snapshot) });
      await world.tick(executor);
      assert.equal(executor.circuitBreaker?.failures, 1);
      await order(world, 'reset');
      world.submitter.hold();
      const ticking = executor.tick();
      await world.within(world.submitter.called(2), 'the next submission');
      const stored = (await (await world.openStore()).loadBreaker()) as { readonly failures: number };
      assert.equal(stored.failures, 0);
      world.submitter.openGates();
      await world.within(ticking, 'the tick');
      assert.deepEqual(await applied(world), ['1 reset CLOSED>CLOSED @1']);
    },
    { policy: { failureThreshold: 2 } },
  ),

  scenario('a standby applies nothing, and whoever holds the lease does', async (world) => {
    const holder = world.executor();
    await world.tick(holder);
    const breaker = world.newBreaker();
    const standby = world.executor({ circuitBreaker: breaker });
    await world.tick(standby);
    await order(world, 'isolate');
    const asked = world.taps.pendingControl.count;
    await world.tick(standby);
    assert.equal(standby.snapshot.leaseHeld, false);
    assert.equal(world.taps.pendingControl.count, asked);
    assert.equal(breaker.state, 'CLOSED');
    assert.equal(await waiting(world), 1);
    await world.tick(holder);
    assert.deepEqual(await applied(world), ['1 isolate CLOSED>ISOLATED @1']);
    await world.stop(holder);
  }),

  scenario('an isolated breaker stays so for whoever takes the lease over', async (world) => {
    await world.queue('a');
    const circuitBreaker = (snapshot: unknown) => world.newBreaker(snapshot);
    await order(world, 'isolate');
    const first = world.executor({ circuitBreaker });
    await world.tick(first);
    await world.stop(first);
    const heir = world.executor({ circuitBreaker });
    await world.tick(heir);
    assert.equal(heir.snapshot.error, ISOLATED);
    assert.equal(world.submitter.count, 0);
    await order(world, 'reset');
    await world.payAll(heir);
    assert.deepEqual(await applied(world), ['1 isolate CLOSED>ISOLATED @1', '2 reset ISOLATED>CLOSED @2']);
  }),

  ...(['isolate', 'reset'] as const).map((action) =>
    scenario(
      `an executor that dies between ${action} and its mark leaves the order to its heir, who gives it again`,
      async (world) => {
        await world.queue('a');
        const circuitBreaker = (snapshot: unknown) => world.newBreaker(snapshot);
        if (action === 'reset') await order(world, 'isolate');
        const doomed = world.executor({ circuitBreaker });
        await world.tick(doomed);
        await world.queue('b');
        await order(world, action);
        world.taps.applyControl.onNext(async () => new Promise<never>(() => {}));
        void doomed.tick().catch(() => {});
        await world.within(
          world.taps.saveBreaker.called(action === 'reset' ? 2 : 1),
          'the breaker to be saved',
        );
        world.kill(doomed);
        assert.equal(await waiting(world), 1);
        world.clock.increment(60_000);
        const heir = world.executor({ circuitBreaker });
        await world.tick(heir);
        assert.equal(await waiting(world), 0);
        const last = (await applied(world)).at(-1);
        if (action === 'isolate') {
          assert.equal(last, '1 isolate ISOLATED>ISOLATED @2');
          assert.equal(heir.snapshot.error, ISOLATED);
          await order(world, 'reset');
        } else {
          assert.equal(last, '2 reset CLOSED>CLOSED @2');
        }
        await world.payAll(heir);
      },
    ),
  ),

  scenario('a storage fault while an order is marked is final, and the order waits on', async (world) => {
    await world.queue('a');
    await order(world, 'reset');
    await order(world, 'isolate');
    const error = new StorageError('no applyControl today');
    world.taps.applyControl.fail(error);
    const executor = world.executor();
    assert.equal(await world.faultOf(executor.tick()), error);
    assert.equal(world.submitter.count, 0);
    assert.equal(executor.snapshot.state, 'faulted');
    assert.equal(world.taps.applyControl.count, 1);
    assert.equal(await waiting(world), 2);
    await world.stop(executor);
  }),

  scenario('an order that is marked under a stolen lease is left to the thief', async (world) => {
    await world.queue('a');
    await order(world, 'isolate');
    const executor = world.executor();
    const marking = world.taps.applyControl.hold();
    const ticking = executor.tick();
    await world.within(marking.reached, 'the mark');
    await world.stealLease();
    marking.open();
    await world.within(ticking, 'the tick');
    assert.equal(executor.snapshot.error, 'the executor lease is held by another');
    assert.equal(executor.snapshot.leaseHeld, false);
    assert.equal(executor.snapshot.state, 'idle');
    assert.equal(world.epochSource.count, 0);
    assert.equal(await waiting(world), 1);
    assert.deepEqual(await applied(world), []);
  }),

  scenario('a lease that is lost before an order is applied leaves the breaker as it was', async (world) => {
    await order(world, 'reset');
    world.breaker.isolate();
    const executor = world.executor();
    const asking = world.taps.pendingControl.holdReply();
    const ticking = executor.tick();
    await world.within(asking.reached, 'the question');
    await world.stealLease();
    world.clock.increment(20_000);
    await world.leaseIs(executor, 'lost');
    asking.open();
    await world.within(ticking, 'the tick');
    assert.equal(world.breaker.state, 'ISOLATED');
    assert.equal(world.taps.applyControl.count, 0);
    assert.equal(await waiting(world), 1);
  }),

  scenario('an executor that was ended applies no further order', async (world) => {
    await order(world, 'isolate');
    await order(world, 'reset');
    const executor = world.executor();
    const marking = world.taps.applyControl.holdReply();
    void executor.tick().catch(() => {});
    await world.within(marking.reached, 'the first mark');
    world.kill(executor);
    marking.open();
    await nextTurn();
    await world.pause();
    assert.equal(world.breaker.state, 'ISOLATED');
    assert.equal(await waiting(world), 1);
  }),

  scenario('a stop while an order is applied ends the tick after it', async (world) => {
    await world.queue('a');
    await order(world, 'isolate');
    const executor = world.executor();
    const marking = world.taps.applyControl.hold();
    const ticking = executor.tick();
    await world.within(marking.reached, 'the mark');
    const stopping = executor.stop();
    marking.open();
    await world.within(Promise.all([ticking.catch(() => {}), stopping]), 'the end');
    assert.deepEqual(await applied(world), ['1 isolate CLOSED>ISOLATED @1']);
    assert.equal(world.submitter.count, 0);
    await world.takeLease('other');
  }),

  scenario(
    'a breaker that cannot follow an order ends the executor before anything is sent',
    async (world) => {
      await world.queue('a');
      await order(world, 'isolate');
      const circuitBreaker = overridden(world.breaker, {
        isolate: () => {
          throw new Error('no isolation today');
        },
      });
      const executor = world.executor({ circuitBreaker });
      const fault = await world.faultOf(executor.tick());
      assert.equal((fault as Error).message, 'no isolation today');
      assert.equal(world.submitter.count, 0);
      assert.equal(await waiting(world), 1);
      await world.stop(executor);
    },
  ),
];
