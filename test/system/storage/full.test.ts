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
