import { defineConfig } from 'vitest/config';

// What Stryker runs for each mutant: the breaker's tests alone, in one project, with short property runs.
//
// The tests of test/paths are left out although they know the chart best: they are 10,000, Stryker picks the ones that
// reach a mutant by a pattern of all their names, and that takes longer than running them. The score is what the
// examples and the properties reach without them.
export default defineConfig({
  test: {
    env: { BREAKER_PROPERTY_RUNS: '100' },
    include: ['test/breaker/**/*.test.ts', 'test/machines/**/*.test.ts'],
  },
});
