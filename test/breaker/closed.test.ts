import { describe, expect, it } from 'vitest';
import {
  acquire,
  fail,
  HOUR,
  look,
  MINUTE,
  newBreaker,
  newStarvedBreaker,
  SECOND,
  succeed,
} from '../support/breaker.ts';

describe('CLOSED', () => {
  it('begins so, admits everything and has counted nothing', () => {
    const { breaker } = newBreaker();
    expect(look(breaker)).toMatchObject({
      state: 'CLOSED',
      stateCode: 0,
      failures: 0,
      successes: 0,
      generation: 0,
      retryAfterMs: 0,
      admits: true,
      lastFailureAt: undefined,
      changedAt: undefined,
    });
    for (let i = 0; i < 1_000; i += 1) expect(breaker.allowRequest()).toBe(true);
  });

  it('opens at the fifth failure in a row, not at the fourth', () => {
    const { breaker } = newBreaker();
    fail(breaker, 4);
    expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 4 });
    fail(breaker);
    expect(look(breaker)).toMatchObject({ state: 'OPEN', failures: 5, generation: 1 });
  });

  it('forgets its failures at a success', () => {
    const { breaker } = newBreaker();
    fail(breaker, 4);
    succeed(breaker);
    expect(breaker.failures).toBe(0);
    fail(breaker, 4);
    expect(breaker.state).toBe('CLOSED');
  });

  it('counts neither cancellations nor storage faults, for or against', () => {
    const { breaker } = newBreaker();
    fail(breaker, 4);
    for (let i = 0; i < 100; i += 1) {
      breaker.recordCancelled();
      breaker.recordStorageFatal();
    }
    expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 4 });
  });

  it('counts each permit once: the first outcome', () => {
    const { breaker } = newBreaker();
    const permit = acquire(breaker);
    permit.failure();
    for (const end of ['failure', 'success', 'cancelled', 'storageFatal'] as const) permit[end]();
    expect(breaker.failures).toBe(1);
  });

  it('clears counts at a reset, and tells nobody', () => {
    const { breaker, changes, clock } = newBreaker();
    fail(breaker, 4);
    breaker.reset();
    expect(look(breaker)).toMatchObject({
      state: 'CLOSED',
      failures: 0,
      generation: 0,
      changedAt: undefined,
    });
    expect(changes).toEqual([]);
    expect(clock.pending).toEqual([]);
  });
});

for (const [timers, create] of [
  ['that fire', newBreaker],
  ['that never fire', newStarvedBreaker],
] as const) {
  describe(`a failure ages, with timers ${timers}`, () => {
    it('and leaves the count exactly after failureWindowMs', () => {
      const { breaker, clock } = create();
      fail(breaker);
      clock.increment(5 * MINUTE - 1);
      expect(breaker.failures).toBe(1);
      clock.increment(1);
      expect(breaker.failures).toBe(0);
    });

    it('and still opens the breaker 1 ms before it leaves', () => {
      const { breaker, clock } = create();
      fail(breaker, 4);
      clock.increment(5 * MINUTE - 1);
      fail(breaker);
      expect(breaker.state).toBe('OPEN');
    });

    it('and opens nothing any more when it has left', () => {
      const { breaker, clock } = create();
      fail(breaker, 4);
      clock.increment(5 * MINUTE);
      fail(breaker);
      expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 1 });
    });

    it('alone: 0, 60, 120, 180 and 301 s leave CLOSED with 4', () => {
      const { breaker, clock } = create();
      for (const at of [0, 60, 120, 180, 301]) {
        clock.set(at * SECOND);
        fail(breaker);
      }
      expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 4 });
      clock.set(359 * SECOND);
      fail(breaker);
      expect(breaker.state).toBe('OPEN');
    });

    it('no faster and no slower than the others, one by one', () => {
      const { breaker, clock } = create();
      for (let i = 0; i < 4; i += 1) {
        fail(breaker);
        clock.increment(MINUTE);
      }
      const counts = [];
      for (let i = 0; i < 6; i += 1) {
        counts.push(breaker.failures);
        clock.increment(MINUTE);
      }
      expect(counts).toEqual([4, 3, 2, 1, 0, 0]);
    });

    it('not after a success: the next failure has its whole window', () => {
      const { breaker, clock } = create();
      fail(breaker);
      clock.increment(4 * MINUTE);
      succeed(breaker);
      fail(breaker);
      clock.increment(MINUTE);
      expect(breaker.failures).toBe(1);
      clock.increment(4 * MINUTE);
      expect(breaker.failures).toBe(0);
    });

    it('of its own CLOSED only: it takes nothing from the count of a later one', () => {
      const { breaker, clock } = create();
      fail(breaker, 2);
      clock.increment(MINUTE);
      breaker.isolate();
      breaker.reset();
      fail(breaker, 2);
      clock.increment(4 * MINUTE);
      expect(breaker.failures).toBe(2);
      clock.increment(MINUTE);
      expect(breaker.failures).toBe(0);
    });

    it('not outside CLOSED: the count is kept as it was, and 0 on entering CLOSED again', () => {
      const { breaker, clock } = create();
      fail(breaker, 3);
      breaker.isolate();
      clock.increment(HOUR);
      expect(breaker.failures).toBe(3);
      breaker.reset();
      expect(breaker.failures).toBe(0);
      fail(breaker, 5);
      clock.increment(59 * SECOND);
      expect(look(breaker)).toMatchObject({ state: 'OPEN', failures: 5 });
      clock.increment(HOUR);
      expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', failures: 5 });
      succeed(breaker, 2);
      expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 0 });
      clock.increment(HOUR);
      expect(breaker.failures).toBe(0);
    });
  });
}

describe('timers', () => {
  it('there is one, however many failures count', () => {
    const { breaker, clock } = newBreaker({ policy: { failureThreshold: 1_000 } });
    for (let i = 0; i < 999; i += 1) {
      clock.increment(1);
      fail(breaker);
    }
    expect(clock.pending).toHaveLength(1);
  });

  it('k failures at once past the threshold: one opening, one event, one timer', () => {
    const { breaker, clock, changes } = newBreaker();
    fail(breaker, 50);
    expect(changes).toHaveLength(1);
    expect(look(breaker)).toMatchObject({ state: 'OPEN', failures: 5, generation: 1, retryAfterMs: MINUTE });
    expect(clock.pending).toEqual([MINUTE]);
  });

  it('k calls in flight that all fail: one opening, one event, one timer', async () => {
    const { breaker, clock, changes } = newBreaker();
    const work = Promise.withResolvers();
    const calls = Array.from({ length: 50 }, () => breaker.execute(() => work.promise));
    work.reject(new Error('down'));
    const results = await Promise.allSettled(calls);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(changes).toHaveLength(1);
    expect(look(breaker)).toMatchObject({ state: 'OPEN', failures: 5, generation: 1 });
    expect(clock.pending).toHaveLength(1);
  });
});
