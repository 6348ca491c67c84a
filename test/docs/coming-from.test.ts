import { describe, expect, test } from 'vitest';
import { cockatielRows } from './cockatiel-rows.ts';
import { codeIn, readDoc, tableOf } from './markdown.ts';
import { opossumRows } from './opossum-rows.ts';

/** What each library documents: opossum 10.0.0 and cockatiel 4.0.0, from their sources and type declarations. */
const KNOWN = {
  opossum: `
    status timeout maxFailures resetTimeout rollingCountTimeout rollingCountBuckets name group
    rollingPercentilesEnabled capacity errorThresholdPercentage enabled allowWarmUp volumeThreshold errorFilter
    cache cacheTTL cacheSize cacheGetKey cacheTransport coalesce coalesceTTL coalesceSize coalesceResetOn
    abortController enableSnapshots rotateBucketController autoRenewAbortController state
    fire call fallback open close shutdown healthCheck enable disable clearCache toJSON getSignal getAbortController
    isOurError newStatus isShutdown pendingClose closed opened halfOpen stats warmUp
    reject success failure semaphoreLocked healthCheckFailed cacheHit cacheMiss coalesceCacheHit coalesceCacheMiss
    snapshot EOPENBREAKER ESHUTDOWN ETIMEDOUT ESEMLOCKED`,
  cockatiel: `
    circuitBreaker halfOpenAfter ConstantBackoff ExponentialBackoff IterableBackoff DelegateBackoff
    ConsecutiveBreaker CountBreaker SamplingBreaker IBreaker halfOpenSampling initialState
    handleAll handleType handleWhen orType orWhen handleResultType handleWhenResult orResultType orWhenResult
    execute state CircuitState lastFailure isolate dispose toJSON
    onBreak onReset onHalfOpen onStateChange onSuccess onFailure Event.once Event.toPromise
    BrokenCircuitError isBrokenCircuitError IsolatedCircuitError isIsolatedCircuitError TaskCancelledError
    isTaskCancelledError HydratingCircuitError isHydratingCircuitError BulkheadRejectedError retry timeout bulkhead fallback wrap usePolicy noop`,
};

const nameIn = (code: string): string => code.replace(/\(.*/, '');

const stands = (name: string, names: readonly string[]): boolean =>
  names.some((known) => (known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : name === known));

const readme = readDoc('README.md');

describe.each([
  ['opossum', opossumRows],
  ['cockatiel', cockatielRows],
] as const)('coming from %s', (library, tests) => {
  const rows = tableOf(readme, library).map(([cell = '']) => cell);

  test('no row stands twice', () => {
    expect(rows).toEqual([...new Set(rows)]);
  });

  test('each name that it documents has a row', () => {
    const names = rows.flatMap(codeIn).map(nameIn);
    const missing = KNOWN[library]
      .trim()
      .split(/\s+/)
      .filter((name) => !stands(name, names));
    expect(missing).toEqual([]);
  });

  test.each([...new Set([...rows, ...Object.keys(tests)])])('%s', async (cell) => {
    expect(rows, 'this test has no row in README.md').toContain(cell);
    const exercise = tests[cell];
    if (exercise === undefined) throw new Error('this row of README.md has no test');
    await exercise();
  });
});
