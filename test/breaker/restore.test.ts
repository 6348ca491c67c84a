import { describe, expect, it } from 'vitest';
import type { CircuitBreaker, CircuitBreakerOptions } from '../../src/index.ts';
import {
  acquire,
  fail,
  HOUR,
  halfOpenBreaker,
  look,
  MINUTE,
  newBreaker,
  openBreaker,
  SECOND,
  succeed,
  TestClock,
  WALL_START,
  watch,
} from '../support/breaker.ts';

interface Downtime extends Omit<CircuitBreakerOptions, 'clock' | 'snapshot'> {
  readonly downMs?: number;
}

/** Another process reads what this one stored, with a monotonic clock of its own. */
function restart(breaker: CircuitBreaker, clock: TestClock, { downMs = 0, ...options }: Downtime = {}) {
  const snapshot: unknown = JSON.parse(JSON.stringify(breaker));
  const later = new TestClock();
  later.set(777);
  later.moveWall(clock.wallNow() + downMs - later.wallNow());
  return { ...watch({ policy: breaker.policy, ...options, clock: later, snapshot }), clock: later };
}

describe('toJSON', () => {
  it('is plain JSON, and taking it changes nothing', () => {
    const { breaker, clock } = newBreaker();
    fail(breaker, 3);
    clock.increment(MINUTE);
    const first = breaker.toJSON();
    expect(JSON.parse(JSON.stringify(breaker))).toEqual(first);
    expect(breaker.toJSON()).toEqual(first);
  });

  it('has the deadlines of its state, and no others', () => {
    const closed = newBreaker();
    fail(closed.breaker);
    closed.clock.increment(SECOND);
    fail(closed.breaker);
    const until = WALL_START + 5 * MINUTE;
    expect(closed.breaker.toJSON()).toMatchObject({
      failuresUntil: [until, until + SECOND],
      openUntil: null,
    });
    expect(openBreaker().breaker.toJSON()).toMatchObject({
      failuresUntil: [],
      openUntil: WALL_START + MINUTE,
    });
    const { breaker } = halfOpenBreaker();
    breaker.allowRequest();
    expect(breaker.toJSON()).toMatchObject({ failuresUntil: [], openUntil: null });
  });

  it('has happened what was due', () => {
    const { breaker, clock } = openBreaker();
    clock.increment(MINUTE);
    expect(breaker.toJSON()).toMatchObject({ state: 'HALF_OPEN', generation: 2 });
  });
});

describe('restoring', () => {
  it('undefined is a new breaker', () => {
    const { breaker, errors } = newBreaker({ snapshot: undefined });
    expect(look(breaker)).toMatchObject({ state: 'CLOSED', generation: 0 });
    expect(errors).toEqual([]);
  });

  it('tells nobody, and keeps generation, dates and counts', async () => {
    const { breaker, clock } = openBreaker();
    clock.increment(10 * SECOND);
    const { breaker: restored, changes, errors } = restart(breaker, clock);
    expect(look(restored)).toMatchObject({
      state: 'OPEN',
      generation: 1,
      failures: 5,
      lastFailureAt: WALL_START,
      changedAt: WALL_START,
    });
    await Promise.resolve();
    expect(changes).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('what was restored gives the same snapshot again', () => {
    for (const { breaker, clock } of [newBreaker(), openBreaker()]) {
      clock.increment(SECOND);
      fail(breaker, 2);
      expect(restart(breaker, clock).breaker.toJSON()).toEqual(breaker.toJSON());
    }
  });

  it('an outcome of before the restart is fenced by its generation', () => {
    const { breaker, clock } = newBreaker({ policy: { failureThreshold: 1 } });
    fail(breaker);
    const { breaker: restored } = restart(breaker, clock, { downMs: HOUR });
    expect(restored.state).toBe('HALF_OPEN');
    restored.actor.send({ type: 'SUCCESS', generation: breaker.generation });
    expect(restored.successes).toBe(0);
  });
});

describe('a restored OPEN', () => {
  it('keeps the time that was left', () => {
    const { breaker, clock } = openBreaker();
    clock.increment(20 * SECOND);
    const later = restart(breaker, clock, { downMs: 15 * SECOND });
    expect(later.breaker.retryAfterMs).toBe(25 * SECOND);
    later.clock.increment(25 * SECOND - 1);
    expect(later.breaker.admits).toBe(false);
    later.clock.increment(1);
    expect(later.breaker.admits).toBe(true);
  });

  it('is HALF_OPEN at once when its time was over', () => {
    const { breaker, clock } = openBreaker();
    const later = restart(breaker, clock, { downMs: MINUTE });
    expect(look(later.breaker)).toMatchObject({ state: 'HALF_OPEN', generation: 2, admits: true });
  });

  it('lasts no longer than it was to last, when the wall clock went back', () => {
    const { breaker, clock } = openBreaker();
    clock.increment(20 * SECOND);
    expect(restart(breaker, clock, { downMs: -HOUR }).breaker.retryAfterMs).toBe(MINUTE);
  });

  it('lasts as long as the backoff made that opening, at the most', () => {
    const { breaker, clock } = openBreaker({ policy: { openBackoff: { factor: 3 } } });
    clock.increment(MINUTE);
    fail(breaker);
    expect(breaker.retryAfterMs).toBe(3 * MINUTE);
    expect(restart(breaker, clock, { downMs: -HOUR }).breaker.retryAfterMs).toBe(3 * MINUTE);
    const later = restart(breaker, clock, { downMs: MINUTE });
    later.clock.increment(2 * MINUTE);
    fail(later.breaker);
    expect(later.breaker.retryAfterMs).toBe(9 * MINUTE);
  });

  it('keeps the length that it had, when the policy is another now', () => {
    const { breaker, clock } = openBreaker();
    const policy = { openTimeoutMs: SECOND };
    expect(restart(breaker, clock, { policy }).breaker.retryAfterMs).toBe(MINUTE);
  });
});

describe('a restored HALF_OPEN', () => {
  it('starts again: no successes, all slots free, a generation later', () => {
    const { breaker, clock } = halfOpenBreaker();
    acquire(breaker).success();
    breaker.allowRequest();
    const later = restart(breaker, clock);
    expect(look(later.breaker)).toMatchObject({
      state: 'HALF_OPEN',
      successes: 0,
      generation: 3,
      admits: true,
    });
  });

  it('is due at once, whatever its snapshot says about an opening', () => {
    const snapshot = { ...halfOpenBreaker().breaker.toJSON(), openUntil: WALL_START + HOUR };
    expect(newBreaker({ snapshot }).breaker.state).toBe('HALF_OPEN');
  });

  it('is no new opening', () => {
    const { breaker, clock } = halfOpenBreaker({ policy: { openBackoff: { factor: 2 } } });
    const later = restart(breaker, clock);
    fail(later.breaker);
    expect(later.breaker.retryAfterMs).toBe(2 * MINUTE);
  });
});

describe('a restored CLOSED', () => {
  it('keeps its failures with their ages', () => {
    const { breaker, clock } = newBreaker();
    for (let i = 0; i < 4; i += 1) {
      fail(breaker);
      clock.increment(MINUTE);
    }
    const later = restart(breaker, clock, { downMs: 30 * SECOND });
    const counts = [];
    for (let i = 0; i < 5; i += 1) {
      counts.push(later.breaker.failures);
      later.clock.increment(30 * SECOND);
    }
    expect(counts).toEqual([4, 3, 3, 2, 2]);
  });

  it('opens at the failure that would have opened it', () => {
    const { breaker, clock } = newBreaker();
    fail(breaker, 4);
    const later = restart(breaker, clock, { downMs: 5 * MINUTE - 1 });
    fail(later.breaker);
    expect(later.breaker.state).toBe('OPEN');
  });

  it('forgets what grew too old meanwhile', () => {
    const { breaker, clock } = newBreaker();
    fail(breaker, 4);
    const later = restart(breaker, clock, { downMs: 5 * MINUTE });
    expect(later.breaker.failures).toBe(0);
  });

  it('keeps no failure longer than the window, when the wall clock went back', () => {
    const { breaker, clock } = newBreaker();
    fail(breaker, 4);
    const later = restart(breaker, clock, { downMs: -HOUR });
    later.clock.increment(5 * MINUTE - 1);
    expect(later.breaker.failures).toBe(4);
    later.clock.increment(1);
    expect(later.breaker.failures).toBe(0);
  });

  it('lets its failures go oldest first, in whatever order they were stored', () => {
    const stored = newBreaker({ policy: { failureThreshold: 9 } }).breaker.toJSON();
    const failuresUntil = [WALL_START + 2 * MINUTE, WALL_START + MINUTE];
    const { breaker, clock } = newBreaker({
      policy: { failureThreshold: 9 },
      snapshot: { ...stored, failures: 2, failuresUntil },
    });
    clock.increment(MINUTE);
    expect(breaker.failures).toBe(1);
    succeed(breaker);
    fail(breaker);
    clock.increment(MINUTE);
    expect(breaker.failures).toBe(1);
  });

  it('forgets its backoff at a reset', () => {
    const snapshot = { ...newBreaker().breaker.toJSON(), openings: 2 };
    const { breaker } = newBreaker({ snapshot });
    expect(breaker.toJSON().openings).toBe(2);
    breaker.reset();
    expect(breaker.toJSON().openings).toBe(0);
  });

  it('clears restored failures at a success, timers and all', () => {
    const { breaker, clock } = newBreaker();
    fail(breaker, 4);
    const later = restart(breaker, clock);
    succeed(later.breaker);
    expect(later.breaker.failures).toBe(0);
    expect(later.clock.pending).toEqual([]);
  });
});

it('a restored ISOLATED stays', () => {
  const { breaker, clock } = newBreaker();
  fail(breaker, 2);
  breaker.isolate();
  const later = restart(breaker, clock, { downMs: 100 * HOUR });
  later.clock.increment(HOUR);
  expect(look(later.breaker)).toMatchObject({ state: 'ISOLATED', generation: 1, failures: 2, admits: false });
});
