import { expect, test } from 'vitest';
import { MUTANT_SEEDS, SIMULATION_MUTANTS } from '../../simulation/mutants.ts';
import { failuresIn, playSeeds } from '../../simulation/run-pool.ts';

const RANGE = { from: 1, count: MUTANT_SEEDS };

test('the shipped code passes the seeds that the mutants fail', async () => {
  const { results } = await playSeeds(RANGE);
  expect(failuresIn(results)).toEqual([]);
});

test.each(SIMULATION_MUTANTS)('is found out: $title', async (mutant) => {
  const { results } = await playSeeds(RANGE, { mutant, stopsAtFailure: true });
  const harms = failuresIn(results).flatMap(({ violations }) => violations.map(({ harm }) => harm));
  expect(harms.length).toBeGreaterThan(0);
  expect(harms).not.toContain('simulation');
});
