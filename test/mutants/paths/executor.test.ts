import { describe, it } from 'vitest';
import { exploreExecutor, replayExecutor } from '../../paths/charts.ts';
import { EXECUTORS } from '../../paths/executor-cases.ts';
import { expectExecutorPath } from '../../paths/executor-expectation.ts';

// test/paths for mutants. There each path is a test, and the paths are found while the file is read; here all paths of
// one executor are one test, and are found within it: a mutant that breaks the exploration fails a test then, and Stryker
// need not choose among thousands of names.

describe('every path of an executor with', () => {
  it.each(EXECUTORS.map((variant) => [variant.title, variant] as const))('%s', (_, variant) => {
    for (const path of exploreExecutor(variant)) {
      expectExecutorPath(variant, path, replayExecutor(path).edge);
    }
  });
});
