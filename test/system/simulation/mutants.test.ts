import { expect, test } from 'vitest';
import { MUTANT_SEEDS, SIMULATION_MUTANTS } from '../../simulation/mutants.ts';
import { failuresIn, playSeeds } from '../../simulation/run-pool.ts';

// Seeds that the code as it is passes: seeds.test.ts plays them and more.
const RANGE = { from: 1, count: MUTANT_SEEDS };

test.each(SIMULATION_MUTANTS)('is found out: $title', async (mutant) => {
  const { results } = await playSeeds(RANGE, { mutant, threads: 1, stopsAtFailure: true });
  const harms = failuresIn(results).flatMap(({ violations }) => violations.map(({ harm }) => harm));
  expect(harms.length).toBeGreaterThan(0);
  expect(harms).not.toContain('simulation');
});
