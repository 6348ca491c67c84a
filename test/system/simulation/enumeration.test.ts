import { expect, test } from 'vitest';
import { enumerate } from '../../simulation/enumeration.ts';
import { failureText } from '../../simulation/report.ts';
import { failuresIn } from '../../simulation/run-pool.ts';

// A slice; `npm run simulate -- --exhaustive` takes every place to die and every pair of outcomes.
test('two executors pay two payments once, wherever one of them dies and however the submissions end', async () => {
  const { results, states } = await enumerate({
    every: 9,
    outcomes: [
      ['accepted', 'silently dropped'],
      ['no reply', 'out of money'],
      ['reply dropped', 'known already'],
      ['503', 'refused connection'],
    ],
  });
  expect(failuresIn(results).map(failureText)).toEqual([]);
  expect(results.length).toBeGreaterThan(40);
  expect(states.size).toBeGreaterThan(20);
});
