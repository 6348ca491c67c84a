import { describe, expect, it } from 'vitest';
import { IsolatedCircuitError } from '../../src/index.ts';
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
} from '../support/breaker.ts';

describe('a stopped breaker', () => {
  it.each([
    ['CLOSED', newBreaker],
    ['OPEN', openBreaker],
    ['HALF_OPEN', halfOpenBreaker],
  ] as const)('refuses everything, whatever it was: %s', async (state, create) => {
    const { breaker } = create();
    breaker.stop();
    expect(look(breaker)).toMatchObject({ state, admits: false, retryAfterMs: Number.POSITIVE_INFINITY });
    expect(breaker.allowRequest()).toBe(false);
    expect(breaker.tryAcquire()).toBeUndefined();
    await expect(breaker.execute(() => 'ran')).rejects.toMatchObject({
      name: 'BrokenCircuitError',
      code: 'ESHUTDOWN',
      message: expect.stringContaining('stopped'),
    });
  });

  it('refuses as stopped, not as isolated', async () => {
    const { breaker } = newBreaker();
    breaker.isolate();
    breaker.stop();
    const call = breaker.execute(() => 'ran');
    await expect(call).rejects.toMatchObject({ code: 'ESHUTDOWN' });
    await expect(call).rejects.not.toBeInstanceOf(IsolatedCircuitError);
  });

  it('has no timer', () => {
    const closed = newBreaker();
    fail(closed.breaker, 4);
    const halfOpen = halfOpenBreaker();
    acquire(halfOpen.breaker);
    for (const { breaker, clock } of [closed, openBreaker(), halfOpen]) {
      expect(clock.pending).toHaveLength(1);
      breaker.stop();
      expect(clock.pending).toEqual([]);
    }
  });

  it('keeps the snapshot that it had, so that it may be stored afterwards', () => {
    const closed = newBreaker();
    fail(closed.breaker, 3);
    const isolated = newBreaker();
    isolated.breaker.isolate();
    for (const { breaker, clock } of [closed, openBreaker(), halfOpenBreaker(), isolated]) {
      clock.increment(SECOND);
      const before = breaker.toJSON();
      breaker.stop();
      expect(breaker.toJSON()).toEqual(before);
      clock.increment(HOUR);
      breaker.stop();
      expect(breaker.toJSON()).toEqual(before);
    }
  });

  it('stopped by its actor is stored OPEN for the whole time rather than for none', () => {
    const { breaker, clock } = openBreaker();
    breaker.actor.stop();
    expect(breaker.toJSON()).toMatchObject({ state: 'OPEN', openUntil: clock.wallNow() + MINUTE });
  });

  it('ignores late outcomes and orders', async () => {
    const { breaker, changes, errors, clock } = newBreaker({ policy: { failureThreshold: 1 } });
    const permit = acquire(breaker);
    const work = Promise.withResolvers<void>();
    const call = breaker.execute(() => work.promise);
    breaker.stop();
    const before = breaker.toJSON();
    permit.failure();
    fail(breaker);
    succeed(breaker);
    breaker.recordCancelled();
    breaker.recordStorageFatal();
    breaker.isolate();
    breaker.reset();
    work.reject(new Error('late'));
    await expect(call).rejects.toThrow('late');
    expect(breaker.toJSON()).toEqual(before);
    expect(changes).toEqual([]);
    expect(errors).toEqual([]);
    expect(clock.pending).toEqual([]);
  });

  it('may be stopped again, and disposed of', () => {
    const { breaker } = newBreaker();
    breaker.stop();
    breaker.stop();
    breaker[Symbol.dispose]();
    expect(breaker.admits).toBe(false);
  });

  it('is stopped by using', () => {
    const { breaker } = newBreaker();
    {
      using disposed = breaker;
      expect(disposed.admits).toBe(true);
    }
    expect(breaker.admits).toBe(false);
  });

  it('refuses also when its actor was stopped', async () => {
    const { breaker } = newBreaker();
    breaker.actor.stop();
    expect(breaker.allowRequest()).toBe(false);
    await expect(breaker.execute(() => 'ran')).rejects.toMatchObject({ code: 'ESHUTDOWN' });
  });
});
