import assert from 'node:assert/strict';
import { overridden } from '../executor-breaker.ts';
import { scenario } from '../executor-scenario.ts';

const OPEN = 'circuit_breaker_open state=OPEN';
const MINUTE = 60_000;

/** What the breaker lets through, and what it is told. */
export const breaking = [
  scenario(
    'an outage opens the breaker after exactly failureThreshold submissions, and stops the batch at once',
    async (world) => {
      await world.queue('a', 'b', 'c', 'd', 'e');
      const executor = world.executor({ maxInFlight: 1 });
      await world.proxy.setOutage('refuse');
      await world.tick(executor);
      assert.deepEqual(world.sent, ['a', 'b', 'c']);
      assert.deepEqual(world.toldTypes, ['FAILURE', 'FAILURE', 'FAILURE']);
      assert.equal(world.breaker.state, 'OPEN');
      assert.equal(executor.snapshot.error, OPEN);
      assert.equal(executor.snapshot.circuitState, 'OPEN');
      assert.equal(executor.snapshot.tally.failed, 3);
      assert.equal(executor.snapshot.state, 'idle');
      assert.deepEqual(await world.statuses(), {
        a: 'staged',
        b: 'staged',
        c: 'staged',
        d: 'queued',
        e: 'queued',
      });
      assert.equal((await world.row('a')).attempts, 0);
      assert.equal(world.lookup.count, 0);
    },
    { policy: { failureThreshold: 3 }, proxied: 'submissions' },
  ),

  scenario(
    'words of a payment that was given no order are not taken for answers',
    async (world) => {
      await world.queue('a');
      const executor = world.executor();
      const sending = world.submitter.hold();
      const ticking = executor.tick();
      await world.within(sending.reached, 'the submission');
      const intent = { disbursementId: 'z', nonce: 77, txHash: '0xz', rawTx: '0xfz' };
      executor.actor.send({ type: 'SIGNED', intent, amount: 1n });
      executor.actor.send({ type: 'OUTCOME', id: 'z', outcome: { type: 'FAILURE' } });
      executor.actor.send({
        type: 'RESTED',
        id: 'z',
        nonce: 77,
        order: 'SETTLE',
        status: 'staged',
        isUnknownToChain: true,
        isOverdue: false,
        needsFill: false,
        isGap: false,
        isUntried: false,
        error: undefined,
      });
      sending.open();
      await world.within(ticking, 'the tick');
      await world.is('a', 'submitted');
      assert.deepEqual(world.toldTypes, ['SUCCESS']);
      assert.equal(world.breaker.state, 'CLOSED');
      assert.equal(executor.snapshot.unmined, 1);
      assert.deepEqual(executor.snapshot.tally, {
        settled: 0,
        staged: 1,
        submitted: 1,
        failed: 0,
        refused: 0,
      });
    },
    { policy: { failureThreshold: 1 } },
  ),

  scenario(
    'while OPEN the chain is asked and nothing is submitted; afterwards probes go one by one',
    async (world) => {
      await world.queue('a', 'b', 'c', 'd', 'e');
      const executor = world.executor();
      await world.proxy.setOutage('unavailable');
      const sending = world.submitter.hold(1);
      const ticking = executor.tick();
      await world.within(world.submitter.called(3), 'three submissions');
      sending.open();
      await world.within(ticking, 'the tick');
      assert.equal(world.breaker.state, 'OPEN');
      const sent = world.submitter.count;
      const staged = (await world.rows()).filter(({ status }) => status === 'staged').length;

      await world.tick(executor);
      assert.equal(world.lookup.count, staged);
      await world.proxy.setOutage(undefined);
      world.clock.increment(MINUTE - 1);
      await world.tick(executor);
      assert.equal(world.lookup.count, 2 * staged);
      assert.equal(world.submitter.count, sent);
      assert.equal(executor.snapshot.error, OPEN);
      assert.equal((await world.row('a')).status, 'staged');

      world.clock.increment(1);
      const probe = world.submitter.holdReply();
      const next = world.submitter.holdReply(sent + 2);
      const probing = executor.tick();
      await world.within(probe.reached, 'the first probe');
      await world.pause();
      assert.equal(world.breaker.state, 'HALF_OPEN');
      assert.equal(world.submitter.count, sent + 1);
      probe.open();
      await world.within(next.reached, 'the second probe');
      await world.pause();
      assert.equal(world.breaker.successes, 1);
      assert.equal(world.submitter.count, sent + 2);
      next.open();
      await world.within(probing, 'the tick');
      assert.equal(world.breaker.state, 'CLOSED');
      await world.areAll('submitted');
      await world.payAll(executor);
    },
    { policy: { failureThreshold: 3 }, proxied: 'submissions' },
  ),

  scenario(
    'a probe that fails opens it again, and the others wait',
    async (world) => {
      await world.queue('a', 'b');
      const executor = world.executor({ maxInFlight: 1 });
      world.submitter.always(async () => {
        throw new Error('down');
      });
      await world.tick(executor);
      assert.deepEqual(await world.statuses(), { a: 'staged', b: 'queued' });
      world.clock.increment(MINUTE);
      assert.equal(world.breaker.state, 'HALF_OPEN');
      await world.tick(executor);
      assert.equal(world.breaker.state, 'OPEN');
      assert.equal(executor.snapshot.error, OPEN);
      assert.deepEqual(world.sent, ['a', 'a']);
      await world.is('b', 'queued');
      world.submitter.always(undefined);
      world.clock.increment(MINUTE);
      await world.payAll(executor);
      assert.deepEqual(world.sent, ['a', 'a', 'a', 'b']);
    },
    { policy: { failureThreshold: 1, successThreshold: 1 } },
  ),

  scenario(
    'submissions that are out when it opens are awaited and recorded, and do not close it',
    async (world) => {
      await world.queue('a', 'b', 'c', 'd');
      const executor = world.executor({ maxInFlight: 3 });
      const [first, second] = [world.submitter.holdReply(1), world.submitter.holdReply(2)];
      world.submitter.fail(new Error('connection reset'), 3);
      const ticking = executor.tick();
      await world.within(Promise.all([first.reached, second.reached]), 'two submissions');
      await world.within(world.submitter.called(3), 'the third');
      await world.pause();
      assert.equal(world.breaker.state, 'OPEN');
      assert.equal(executor.snapshot.state, 'ticking');
      first.open();
      second.open();
      await world.within(ticking, 'the tick');
      const { a, b, c } = await world.statuses();
      assert.deepEqual({ a, b, c }, { a: 'submitted', b: 'submitted', c: 'staged' });
      assert.equal(world.submitter.count, 3);
      assert.equal(world.breaker.state, 'OPEN');
      assert.equal(executor.snapshot.error, OPEN);
      assert.deepEqual(world.toldTypes, ['FAILURE', 'SUCCESS', 'SUCCESS']);
    },
    { policy: { failureThreshold: 1 } },
  ),

  scenario(
    'an outage of everything opens it as well, and all is paid when it is over',
    async (world) => {
      await world.queue('a');
      const executor = world.executor({ maxInFlight: 1 });
      await world.tick(executor);
      await world.queue('b', 'c', 'd', 'e');
      await world.proxy.setOutage('refuse');
      await world.tick(executor);
      assert.equal(world.breaker.state, 'OPEN');
      assert.equal(world.submitter.count, 1);
      assert.equal(world.signer.count, 4);
      await world.proxy.setOutage(undefined);
      world.clock.increment(MINUTE);
      await world.payAll(executor);
      await world.areAll('finalized');
      assert.equal(world.submitter.count, 5);
    },
    { policy: { failureThreshold: 3 }, proxied: 'all' },
  ),

  scenario(
    'a permit that is refused at the last moment leaves the row staged, to be paid later',
    async (world) => {
      await world.queue('a');
      let refusals = 0;
      const circuitBreaker = overridden(world.breaker, {
        tryAcquire: () => {
          refusals += 1;
          return refusals === 1 ? undefined : world.breaker.tryAcquire();
        },
      });
      const executor = world.executor({ circuitBreaker });
      await world.tick(executor);
      await world.is('a', 'staged');
      assert.equal(world.submitter.count, 0);
      assert.deepEqual(world.told, []);
      assert.equal(executor.snapshot.tally.submitted, 0);
      assert.equal(executor.snapshot.error, undefined);
      await world.tick(executor);
      await world.is('a', 'submitted');
      assert.equal(world.signer.count, 1);
    },
  ),

  scenario('the breaker is not asked when nothing is ready', async (world) => {
    await world.queue({ id: 'later', scheduledEpoch: 9 }, { id: 'waits', dependsOn: ['later'] });
    let questions = 0;
    const count = <Answer>(answer: Answer): Answer => {
      questions += 1;
      return answer;
    };
    const executor = world.executor({
      circuitBreaker: overridden(world.breaker, {
        get admits() {
          return count(world.breaker.admits);
        },
        tryAcquire: () => count(world.breaker.tryAcquire()),
      }),
    });
    world.breaker.isolate();
    await world.tick(executor);
    assert.equal(questions, 0);
    assert.equal(executor.snapshot.error, undefined);
    await world.queue('now');
    await world.tick(executor);
    assert.ok(questions > 0);
    assert.equal(executor.snapshot.error, 'circuit_breaker_open state=ISOLATED');
    assert.equal(world.signer.count, 0);
    assert.equal(world.nextNonce.count, 1);
  }),

  scenario(
    'outcomes carry the permit and the generation under which it was given',
    async (world) => {
      await world.queue('a', 'b');
      const permits: { id: string; generation: number }[] = [];
      const executor = world.executor({
        circuitBreaker: overridden(world.breaker, {
          tryAcquire: () => {
            const permit = world.breaker.tryAcquire();
            if (permit !== undefined) permits.push({ id: permit.id, generation: permit.generation });
            return permit;
          },
        }),
        maxInFlight: 1,
      });
      world.submitter.fail(new Error('down'));
      await world.tick(executor);
      world.clock.increment(MINUTE);
      await world.tick(executor);
      const types = ['FAILURE', 'SUCCESS', 'SUCCESS'];
      assert.deepEqual(
        world.told,
        permits.map(({ id, generation }, index) => ({ type: types[index], generation, permit: id })),
      );
      assert.deepEqual(
        permits.map(({ generation }) => generation),
        [0, 2, 2],
      );
      assert.equal(world.breaker.state, 'CLOSED');
    },
    { policy: { failureThreshold: 1 } },
  ),

  scenario(
    'its snapshot is stored at each of its changes',
    async (world) => {
      await world.queue('a');
      world.submitter.fail(new Error('down'));
      const executor = world.executor();
      await world.tick(executor);
      await world.stop(executor);
      assert.equal(world.taps.saveBreaker.count, 1);
      const heir = world.executor({ circuitBreaker: (snapshot) => world.newBreaker(snapshot) });
      await world.tick(heir);
      assert.equal(heir.circuitBreaker?.state, 'OPEN');
      assert.equal(heir.snapshot.error, OPEN);
      assert.equal(world.submitter.count, 1);
    },
    { policy: { failureThreshold: 1 } },
  ),
];
