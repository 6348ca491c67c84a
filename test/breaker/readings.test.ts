import { describe, expect, it, vi } from 'vitest';
import { SimulatedClock } from 'xstate';
import { BREAKER_STATE_CODE, createCircuitBreaker, DEFAULT_POLICY } from '../../src/index.ts';
import {
  acquire,
  fail,
  HOUR,
  halfOpenBreaker,
  MINUTE,
  newBreaker,
  newStarvedBreaker,
  open,
  SECOND,
  succeed,
  WALL_START,
} from '../support/breaker.ts';

describe('what a breaker is made of', () => {
  it('can be read: name, policy and the live actor', () => {
    const { breaker } = newBreaker({ name: 'rpc' });
    expect(breaker.name).toBe('rpc');
    expect(breaker.policy).toEqual(DEFAULT_POLICY);
    fail(breaker);
    expect(breaker.actor.getSnapshot().context).toMatchObject({ name: 'rpc', failures: 1, generation: 0 });
  });

  it('needs nothing', () => {
    using breaker = createCircuitBreaker();
    expect(breaker.name).toBeUndefined();
    expect(breaker.allowRequest()).toBe(true);
  });

  it('has the codes of the contract', () => {
    expect(BREAKER_STATE_CODE).toEqual({ CLOSED: 0, OPEN: 1, HALF_OPEN: 2, ISOLATED: 1 });
    expect(Object.isFrozen(BREAKER_STATE_CODE)).toBe(true);
  });

  it('shows what an actor did, too', () => {
    const { breaker, changes } = newBreaker({ policy: { failureThreshold: 2 } });
    breaker.actor.send({ type: 'FAILURE' });
    expect(breaker.failures).toBe(1);
    breaker.actor.send({ type: 'FAILURE' });
    expect(breaker.state).toBe('OPEN');
    expect(changes).toHaveLength(1);
  });
});

describe('lastFailureAt', () => {
  it('is the wall time of the last failure that counted', () => {
    const { breaker, clock } = newBreaker();
    clock.increment(5 * SECOND);
    fail(breaker);
    expect(breaker.lastFailureAt).toBe(WALL_START + 5 * SECOND);
    clock.increment(SECOND);
    succeed(breaker);
    breaker.recordCancelled();
    breaker.recordStorageFatal();
    expect(breaker.lastFailureAt).toBe(WALL_START + 5 * SECOND);
    breaker.actor.send({ type: 'FAILURE' });
    expect(breaker.lastFailureAt).toBe(WALL_START + 6 * SECOND);
  });

  it('is not moved by failures that change nothing', () => {
    const { breaker, clock } = newBreaker({ policy: { failureThreshold: 1 } });
    const early = acquire(breaker);
    fail(breaker);
    clock.increment(SECOND);
    fail(breaker);
    early.failure();
    expect(breaker.lastFailureAt).toBe(WALL_START);
  });

  it('is that of a probe that failed or timed out', () => {
    const failed = halfOpenBreaker();
    acquire(failed.breaker).failure();
    expect(failed.breaker.lastFailureAt).toBe(WALL_START + MINUTE);
    const { breaker, clock } = newStarvedBreaker();
    open(breaker);
    clock.increment(MINUTE);
    breaker.allowRequest();
    clock.increment(50 * SECOND);
    expect(breaker.lastFailureAt).toBe(WALL_START + MINUTE + 30 * SECOND);
  });
});

describe('changedAt', () => {
  it('is the wall time of the last change of state', () => {
    const { breaker, clock } = newBreaker();
    clock.increment(SECOND);
    fail(breaker, 4);
    expect(breaker.changedAt).toBeUndefined();
    fail(breaker);
    expect(breaker.changedAt).toBe(WALL_START + SECOND);
    clock.moveWall(HOUR);
    breaker.reset();
    expect(breaker.changedAt).toBe(WALL_START + SECOND + HOUR);
  });
});

describe('the clock', () => {
  it("may be xstate's SimulatedClock; the wall is then Date.now", () => {
    const clock = new SimulatedClock();
    const breaker = createCircuitBreaker({ clock, policy: { failureThreshold: 1 } });
    const before = Date.now();
    fail(breaker);
    expect(breaker.lastFailureAt).toBeGreaterThanOrEqual(before);
    clock.increment(MINUTE);
    expect(breaker.state).toBe('HALF_OPEN');
  });

  it('is monotonic by default: a wall clock that jumps moves no deadline', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      using breaker = createCircuitBreaker({ policy: { failureThreshold: 1 } });
      fail(breaker);
      vi.setSystemTime(Date.now() + 24 * HOUR);
      expect(breaker.state).toBe('OPEN');
      expect(breaker.retryAfterMs).toBeGreaterThan(50 * SECOND);
    } finally {
      vi.useRealTimers();
    }
  });
});
