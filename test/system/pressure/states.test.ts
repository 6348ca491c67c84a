import { afterAll, beforeAll, expect, test } from 'vitest';
import { nameOf, situations } from '../../pressure/situations.ts';
import { StateSite } from '../../pressure/stop-in-states.ts';

// One process for all of them, which a real signal stops in each; `npm run pressure` starts one for each.
const all = situations();
let site: StateSite;
beforeAll(async () => {
  site = await StateSite.open();
});
afterAll(() => site.close());

test.each(all.map((situation) => [nameOf(situation), situation] as const))(
  'SIGTERM ends it cleanly: %s',
  async (_name, situation) => {
    const { isReached, violations } = await site.stopIn(situation, { isLast: situation === all.at(-1) });
    expect({ isReached, violations }).toEqual({ isReached: true, violations: [] });
  },
);

test('whoever comes next pays everything once', async () => {
  expect(await site.settle()).toEqual([]);
});
