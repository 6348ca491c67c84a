import { expect, test } from 'vitest';
import { failureText, faultTable, verdictOf } from '../../simulation/report.ts';
import { failuresIn, playSeeds } from '../../simulation/run-pool.ts';

/**
 * The shortest run of tens in which every fault happens (of the first 1,500 seeds; beginning with the first it takes 240),
 * with those that mutants are played with; `npm run simulate` plays 1,000.
 */
const SEEDS = { from: 851, count: 140 };

/** A quarter of a minute on two quick cores, and several times that where they are slow or shared. Milliseconds. */
const WITHIN_MS = 300_000;

test(
  'no seed pays twice, loses a payment or breaks an invariant',
  async () => {
    const { results, faults } = await playSeeds(SEEDS);
    expect(failuresIn(results).map(failureText)).toEqual([]);
    expect(verdictOf(results)).toBe(`${SEEDS.count} seeds: 0 double, 0 lost, 0 invariants broken`);
    expect(faultTable(faults).missing).toEqual([]);
  },
  WITHIN_MS,
);

test('a seed is the same story whoever tells it', async () => {
  const alone = await playSeeds({ from: 500, count: 20 }, { threads: 1 });
  const shared = await playSeeds({ from: 500, count: 20 }, { threads: 2 });
  const hashes = ({ results }: typeof alone) => results.map(({ ordinal, hash }) => [ordinal, hash]);
  expect(hashes(alone)).toEqual(hashes(shared));
  expect(new Set(alone.results.map(({ hash }) => hash)).size).toBe(20);
});
