import { expect, test } from 'vitest';
import { MUTANT_SEEDS, SIMULATION_MUTANTS } from '../../simulation/mutants.ts';
import { failuresIn, playSeeds } from '../../simulation/run-pool.ts';

test.each(SIMULATION_MUTANTS)('is found out: $title', async (mutant) => {
  const { results } = await playSeeds(MUTANT_SEEDS, { mutant, threads: 1, stopsAtFailure: true });
  const harms = failuresIn(results).flatMap(({ violations }) => violations.map(({ harm }) => harm));
  expect(harms.length).toBeGreaterThan(0);
  expect(harms).not.toContain('simulation');
});
