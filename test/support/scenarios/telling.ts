import assert from 'node:assert/strict';
import { CancelledError, StorageError, type TreasuryExecutor } from '../../../src/index.ts';
import { scenario } from '../executor-scenario.ts';

/** The telemetry callback and the listeners: of every tick, and without any power. */
export const telling = [
  scenario(
    'telemetry is called at the end of every tick: paid, failed, refused, probing',
    async (world) => {
      const calls: (readonly [number, number, number])[] = [];
      const executor = world.executor({
        circuitBreakerTelemetry: (...call) => void calls.push(call),
        maxInFlight: 1,
      });
      await world.tick(executor);
      await world.queue('a');
      await world.tick(executor);
      await world.queue('b');
      world.submitter.fail(new Error('down'));
      await world.tick(executor);
      await world.tick(executor);
      world.clock.increment(60_000);
      await world.tick(executor);
      await world.queue('c');
      await world.tick(executor);
      assert.deepEqual(calls, [
        [0, 0, 0],
        [0, 0, 0],
        [1, 1, 0],
        [1, 1, 0],
        [2, 1, 1],
        [0, 0, 0],
      ]);
    },
    { policy: { failureThreshold: 1 } },
  ),

  ...(['acquireLease', 'inFlight', 'due', 'stage'] as const).map((method) =>
    scenario(`telemetry is called at the end of a tick that ${method} made fatal, too`, async (world) => {
      await world.queue('a');
      let calls = 0;
      const executor = world.executor({
        circuitBreakerTelemetry: () => {
          calls += 1;
        },
      });
      await world.queue('b');
      world.taps[method].fail(new StorageError('no'));
      await world.faultOf(executor.tick());
      assert.equal(calls, 1);
    }),
  ),

  scenario('a callback that throws, rejects or never settles changes no payment', async (world) => {
    await world.queue('a', 'b', 'c');
    const behaviours = [
      () => {
        throw new Error('no telemetry');
      },
      () => Promise.reject(new Error('no telemetry')),
      () => new Promise(() => {}),
    ];
    const executor = world.executor({
      batchSize: 1,
      circuitBreakerTelemetry: () => behaviours.shift()?.() as undefined,
    });
    await world.tick(executor);
    await world.tick(executor);
    await world.tick(executor);
    assert.deepEqual(behaviours, []);
    assert.equal(executor.snapshot.telemetryErrors, 2);
    await world.areAll('submitted');
    await world.payAll(executor);
  }),

  scenario('an inspector that throws or rejects changes no payment', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor({
      inspect: ({ type }) => {
        if (type === '@xstate.event') throw new Error('no inspection');
        return Promise.reject(new Error('no inspection'));
      },
    });
    await world.tick(executor);
    await world.areAll('submitted');
    assert.ok(executor.snapshot.telemetryErrors > 0);
    await world.payAll(executor);
  }),

  scenario('a callback that asks for a tick gets a new one', async (world) => {
    let next: Promise<void> | undefined;
    const executor = world.executor({
      circuitBreakerTelemetry: () => {
        if (next !== undefined) return;
        next = executor.tick().then(() => assert.equal(executor.snapshot.ticks, 2));
      },
    });
    await world.tick(executor);
    assert.ok(next);
    await world.within(next, 'the second tick');
  }),

  scenario('errors of a tick are forgotten with the next', async (world) => {
    const executor = world.executor();
    world.epochSource.fail(new Error('no epoch'));
    await world.tick(executor);
    assert.equal(executor.snapshot.error, 'no epoch');
    await world.tick(executor);
    assert.equal(executor.snapshot.error, undefined);
    assert.equal(executor.snapshot.epochKnown, true);
  }),

  scenario('listeners hear how each submission and each tick ended, and how long it took', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor({ maxInFlight: 1, batchSize: 1 });
    const heard: unknown[] = [];
    const stopListening = executor.on('submissionEnded', (detail) => void heard.push(detail));
    executor.on('tickEnded', ({ durationMs, tally }) => void heard.push([durationMs, tally.refused]));
    const takes = (ms: number) =>
      world.submitter.onNext((real) => {
        world.clock.increment(ms);
        return real();
      });
    takes(40);
    await world.tick(executor);
    world.submitter.fail(new Error('down'));
    await world.tick(executor);
    world.submitter.fail(new CancelledError('no'));
    await world.tick(executor);
    await world.queue('c');
    world.breaker.isolate();
    await world.tick(executor);
    stopListening();
    world.breaker.reset();
    world.clock.increment(1_000);
    await world.tick(executor);
    assert.deepEqual(heard, [
      { outcome: 'success', durationMs: 40 },
      [40, 0],
      { outcome: 'failure', durationMs: 0 },
      [0, 0],
      { outcome: 'cancelled', durationMs: 0 },
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
    await world.areAll('submitted');
  }),

  scenario('a listener that throws changes no payment, and is counted', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    executor.on('submissionEnded', () => {
      throw new Error('no telemetry');
    });
    executor.on('tickEnded', async () => {
      throw new Error('no telemetry');
    });
    await world.tick(executor);
    assert.equal(executor.snapshot.telemetryErrors, 2);
    await world.payAll(executor);
  }),

  scenario('an outcome is unknown from the lost answer to the look-up that finds it', async (world) => {
    await world.queue('a', 'b');
    const executor = world.executor({ batchSize: 1 });
    world.submitter.onNext(async (real) => {
      await real();
      throw new Error('no answer');
    });
    const lostAt = world.clock.wallNow();
    await world.tick(executor);
    assert.deepEqual(doubtsOf(executor), [1, lostAt]);
    world.clock.increment(500);
    world.lookup.fail(new Error('no look-up'));
    await world.tick(executor);
    assert.deepEqual(doubtsOf(executor), [1, lostAt]);
    await world.tick(executor);
    assert.deepEqual(doubtsOf(executor), [0, undefined]);
    await world.payAll(executor);
  }),

  scenario('what was staged under this lease and not sent is no unknown outcome', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    world.taps.stage.onNext(async (real) => {
      await real();
      world.breaker.isolate();
    });
    await world.tick(executor);
    await world.tick(executor);
    await world.is('a', 'staged');
    assert.deepEqual(doubtsOf(executor), [0, undefined]);
    await world.stealLease();
    await world.tick(executor);
    assert.deepEqual(doubtsOf(executor), [0, undefined]);
    world.clock.increment(25 * 3_600_000);
    await world.tick(executor);
    assert.deepEqual(doubtsOf(executor), [1, world.clock.wallNow()]);
    world.breaker.reset();
    await world.payAll(executor);
    assert.deepEqual(doubtsOf(executor), [0, undefined]);
  }),

  scenario('what the chain has lost is an unknown outcome', async (world) => {
    await world.queue('a');
    const executor = world.executor();
    await world.tick(executor);
    await world.is('a', 'submitted');
    world.breaker.isolate();
    world.lookup.onNext(async () => ({ status: 'unknown', confirmations: 0 }));
    await world.tick(executor);
    assert.equal(executor.snapshot.unknownOutcomes, 1);
    world.breaker.reset();
    await world.payAll(executor);
  }),
];

const doubtsOf = ({ snapshot }: TreasuryExecutor) => [snapshot.unknownOutcomes, snapshot.oldestUnknownAt];
