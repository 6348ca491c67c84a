import type { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { World } from '../../support/executor-world.ts';
import { connect, expectFaulted, restartAndPay, worlds } from './worlds.ts';

const play = worlds();

/** How long the store of the command waits, in milliseconds. */
const BUSY_LIMIT_MS = 10_000;

interface Lock {
  readonly holder: DatabaseSync;
  /** Waits that were asked for since it was taken. Milliseconds. */
  readonly slept: number[];
}

/** An executor's store, in whose waits another program lets its lock go after so many. */
async function openBehind(world: World, lock: Lock, releaseAfter: number) {
  return world.openStore({
    // The waits are ours to see, so SQLite need not block for its part of them.
    pragmas: { busy_timeout: 0 },
    sleep: async (ms) => {
      lock.slept.push(ms);
      if (lock.slept.length === releaseAfter) lock.holder.exec('rollback');
    },
  });
}

test.each(['begin immediate', 'begin exclusive'])(
  'another program that holds "%s" for a while is waited for, and nothing is counted',
  async (begin) => {
    await play(async (world) => {
      await world.queue('a', 'b', { id: 'c', dependsOn: ['b'] });
      const lock: Lock = { holder: connect(world), slept: [] };
      const store = await openBehind(world, lock, 20);
      lock.holder.exec(begin);
      const executor = world.executor({ store });
      await world.tick(executor);
      expect(lock.slept).toHaveLength(20);
      expect(world.breaker.failures).toBe(0);
      expect(world.toldTypes.filter((type) => type !== 'SUCCESS')).toEqual([]);
      await world.payAll(executor);
      await world.areAll('finalized');
    });
  },
);

test('in the middle of a tick, too', async () => {
  await play(async (world) => {
    await world.queue('a', 'b');
    const lock: Lock = { holder: connect(world), slept: [] };
    const store = await openBehind(world, lock, 20);
    world.submitter.onCall(1, async (real) => {
      lock.holder.exec('begin immediate');
      return real();
    });
    const executor = world.executor({ store, maxInFlight: 1 });
    await world.tick(executor);
    expect(lock.slept).toHaveLength(20);
    await world.payAll(executor);
    await world.areAll('finalized');
  });
});

test('one that holds it for longer than the limit ends the executor: what was sent is staged, and a restart pays all once', async () => {
  await play(async (world) => {
    await world.queue('a', 'b', 'c');
    const lock: Lock = { holder: connect(world), slept: [] };
    const store = await openBehind(world, lock, Number.POSITIVE_INFINITY);
    world.submitter.onCall(1, async (real) => {
      lock.holder.exec('begin immediate');
      return real();
    });
    const executor = world.executor({ store, maxInFlight: 1 });
    const fault = await world.faultOf(executor.tick());
    expect(lock.slept.reduce((sum, ms) => sum + ms)).toBeGreaterThanOrEqual(BUSY_LIMIT_MS);
    expect(world.submitter.count).toBe(1);
    await expectFaulted(
      world,
      executor,
      fault,
      /another process keeps it locked: wait for it or end it, then start again/,
    );
    lock.holder.exec('rollback');
    await restartAndPay(world, executor);
  });
});
