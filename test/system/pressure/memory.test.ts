import { expect, test } from 'vitest';
import { watchMemory } from '../../pressure/memory.ts';

// What fills up at first is not full after 1,000 ticks: only a leak of two thousand bytes a tick would show here, which an
// actor that is left behind is, and anything that is left open. `npm run pressure` has 100,000, and sees a few bytes.
test('1,000 ticks leave no timer, no file and no two thousand bytes each behind', async () => {
  const { violations, ticks, payments, scrapes } = await watchMemory({
    ...{ ticks: 1_000, samples: 20, isInspected: false, limit: 2_000 },
  });
  expect(violations).toEqual([]);
  expect({ ticks, payments, scrapes }).toEqual({ ticks: 1_000, payments: 19, scrapes: 19 });
});
