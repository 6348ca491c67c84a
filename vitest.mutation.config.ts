import { defineConfig } from 'vitest/config';

// What Stryker runs for each mutant of one part (scripts/mutate.ts): that part's tests, with short property runs.
const TESTS = {
  breaker: [
    'test/breaker/**/*.test.ts',
    'test/system/breaker/registry-memory.test.ts',
    // What the owner of a shared breaker lets in before it does anything.
    'test/threads/sharing.test.ts',
    'test/machines/!(executor-*|payment-*).test.ts',
    'test/mutants/paths/circuit-breaker.test.ts',
  ],
  executor: ['test/machines/executor-*.test.ts', 'test/mutants/paths/executor.test.ts'],
  payment: ['test/machines/payment-*.test.ts', 'test/mutants/paths/disbursement.test.ts'],
};

const part = process.env['MUTATED'] ?? 'breaker';

export default defineConfig({
  test: {
    env: { BREAKER_PROPERTY_RUNS: '100' },
    include: TESTS[part as keyof typeof TESTS],
    testTimeout: 60_000,
  },
});
