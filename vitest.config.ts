import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Two hundred times a test starts the command: what is compiled once is not compiled again. In a folder of ours, since
// whoever can write there can have us run what he wants.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('node_modules/.cache/node-compile', import.meta.url),
);

// Two projects, one after the other: `fast` starts no process and opens no port, so it can run on every save; `system`
// runs real chains, real processes and real servers. Two files at a time, whatever the machine has: what they start needs
// cores, too. test/mutants/paths is for Stryker alone: the same paths as in test/paths.
export default defineConfig({
  test: {
    reporters: ['default', './test/support/plain-summary.ts'],
    projects: [
      {
        test: {
          name: 'fast',
          // A hundred small files: to load all modules anew for each took a quarter of the time.
          isolate: false,
          maxWorkers: 2,
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**', 'test/mutants/paths/**'],
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          globalSetup: ['test/support/built-package.ts'],
          // As above: a second for each of a hundred files.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
