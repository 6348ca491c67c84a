import type { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { tapStore } from '../../support/executor-store.ts';
import type { Tap } from '../../support/executor-tap.ts';
import type { World } from '../../support/executor-world.ts';
import { connect, expectFaulted, restartAndPay, worlds } from './worlds.ts';

const play = worlds();

/** Nearly every write needs a new page of this size, so that each of them is once the one that gets none. */
const PAGE_BYTES = 512;
/** Each world has a treasury of its own, and takes its time. */
const STEP = 2;
/** Ticks that pay all of it: each mined. */
const ROUNDS = 4;

/** How many pages the database has. */
const pagesIn = (world: World): number =>
  (connect(world).prepare('pragma page_count').get() as { page_count: number }).page_count;

/** Pays with a store that may grow by so many pages. Gives the method that met its end; `undefined`: none did. */
async function payWithin(world: World, morePages: number): Promise<string | undefined> {
  await world.queue('a', 'b', 'c', 'd', 'e', { id: 'f', dependsOn: ['b'] });
  const max_page_count = pagesIn(world) + morePages;
  const limited = await world.openStore({ pragmas: { max_page_count } });
  const { store, taps } = tapStore(limited, () => undefined);
  let failed: { readonly method: string; readonly sent: number } | undefined;
  for (const tap of Object.values(taps) as readonly Tap<[], unknown>[]) {
    tap.always(async (real) => {
      try {
        return await real();
      } catch (error) {
        failed ??= { method: tap.name, sent: world.submitter.count };
        throw error;
      }
    });
  }
  const executor = world.executor({ store, maxInFlight: 1 });
  let fault: unknown;
  for (let round = 0; round < ROUNDS && fault === undefined; round += 1) {
    fault = await world.within(
      executor.tick().then(
        () => undefined,
        (error: unknown) => error,
      ),
      'a tick',
    );
    await world.chain.mine();
  }
  if (failed === undefined) {
    expect(fault).toBeUndefined();
    await world.areAll('finalized');
    return undefined;
  }
  expect(world.submitter.count, 'nothing is submitted after the fault').toBe(failed.sent);
  await expectFaulted(world, executor, fault, /the disk is full: make room, then start again/);
  await restartAndPay(world, executor);
  return failed.method;
}

test('a database that is full, once it has grown by any number of pages: nothing leaves after it, and a restart pays all once', async () => {
  const met: string[] = [];
  for (let morePages = 0; ; morePages += STEP) {
    let method: string | undefined;
    await play(
      async (world) => {
        method = await payWithin(world, morePages);
      },
      { pageBytes: PAGE_BYTES },
    );
    if (method === undefined) break;
    met.push(method);
  }
  // Before bytes leave, and when they are out.
  expect(met.length).toBeGreaterThan(3);
  expect(new Set(met)).toEqual(new Set(['stage', 'change']));
});

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
