import { expect, test } from 'vitest';
import { watchMemory } from '../../pressure/memory.ts';

// What fills up at first is not full after 2,000 ticks: only a leak of a thousand bytes a tick would show here, and
// anything that is left open. `npm run pressure` has 100,000, and sees a few bytes.
test('2,000 ticks leave no timer, no file and no thousand bytes each behind', async () => {
  const { violations, ticks, payments, scrapes } = await watchMemory({
    ...{ ticks: 2_000, samples: 20, isInspected: false, limit: 1_000 },
  });
  expect(violations).toEqual([]);
  expect({ ticks, payments, scrapes }).toEqual({ ticks: 2_000, payments: 39, scrapes: 19 });
});
