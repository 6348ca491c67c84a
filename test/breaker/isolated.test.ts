import { describe, expect, it } from 'vitest';
import { isIsolatedCircuitError } from '../../src/index.ts';
import {
  acquire,
  fail,
  HOUR,
  halfOpenBreaker,
  look,
  newBreaker,
  openBreaker,
  succeed,
} from '../support/breaker.ts';

describe('ISOLATED', () => {
  it.each([
    ['CLOSED', newBreaker],
    ['OPEN', openBreaker],
    ['HALF_OPEN', halfOpenBreaker],
  ] as const)('is entered from %s, with the reason that was given', (from, create) => {
    const { breaker, changes, clock } = create();
    const generation = breaker.generation + 1;
    breaker.isolate('drill');
    expect(look(breaker)).toMatchObject({ state: 'ISOLATED', stateCode: 1, generation, admits: false });
    expect(changes.at(-1)).toEqual({
      from,
      to: 'ISOLATED',
      generation,
      reason: 'drill',
      retryAfterMs: Number.POSITIVE_INFINITY,
    });
    expect(clock.pending).toEqual([]);
  });

  it('never leaves by itself', () => {
    const { breaker, clock } = newBreaker();
    breaker.isolate();
    clock.increment(10_000 * HOUR);
    fail(breaker, 10);
    succeed(breaker, 10);
    breaker.isolate('again');
    expect(look(breaker)).toMatchObject({
      state: 'ISOLATED',
      generation: 1,
      retryAfterMs: Number.POSITIVE_INFINITY,
    });
    expect(breaker.allowRequest()).toBe(false);
  });

  it('refuses with an error of its own', async () => {
    const { breaker } = newBreaker();
    breaker.isolate();
    const error = await breaker.execute(() => 'ran').catch((refusal: unknown) => refusal);
    expect(isIsolatedCircuitError(error)).toBe(true);
    expect(error).toMatchObject({ state: 'ISOLATED', retryAfterMs: Number.POSITIVE_INFINITY });
  });

  it('closes at a reset, with the reason that was given', () => {
    const { breaker, changes } = newBreaker();
    fail(breaker, 2);
    breaker.isolate();
    expect(breaker.failures).toBe(2);
    breaker.reset();
    expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 0, generation: 2, admits: true });
    expect(changes.map(({ reason }) => reason)).toEqual(['isolated', 'reset']);
  });

  it('ignores what was admitted before it', () => {
    const { breaker } = newBreaker({ policy: { failureThreshold: 1 } });
    const permit = acquire(breaker);
    breaker.isolate();
    permit.failure();
    expect(look(breaker)).toMatchObject({ state: 'ISOLATED', failures: 0, lastFailureAt: undefined });
  });
});
