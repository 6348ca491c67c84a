import { expect, test } from 'vitest';
import { failureText, faultTable, verdictOf } from '../../simulation/report.ts';
import { failuresIn, playSeeds } from '../../simulation/run-pool.ts';

const SEEDS = 200;

test('no seed pays twice, loses a payment or breaks an invariant', async () => {
  const { results, faults } = await playSeeds({ from: 1, count: SEEDS });
  expect(failuresIn(results).map(failureText)).toEqual([]);
  expect(verdictOf(results)).toBe(`${SEEDS} seeds: 0 double, 0 lost, 0 invariants broken`);
  // The crash points alone are more than two hundred seeds come by; `npm run simulate` asks for every one of them.
  const missing = faultTable(faults).missing.filter((name) => !name.startsWith('crash '));
  expect(missing.length).toBeLessThan(5);
});

test('a seed is the same story whoever tells it', async () => {
  const alone = await playSeeds({ from: 500, count: 20 }, { threads: 1 });
  const shared = await playSeeds({ from: 500, count: 20 }, { threads: 2 });
  const hashes = ({ results }: typeof alone) => results.map(({ ordinal, hash }) => [ordinal, hash]);
  expect(hashes(alone)).toEqual(hashes(shared));
  expect(new Set(alone.results.map(({ hash }) => hash)).size).toBe(20);
});
