import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCircuitBreaker } from '../../src/index.ts';
import { fail, HOUR, look, newBreaker, succeed } from '../support/breaker.ts';

const mistake = new Error('no random numbers today');
/** The jitter of an opening asks for a random number, and the action that does so throws. */
const broken = {
  policy: { failureThreshold: 2, openBackoff: { jitter: 0.1 } },
  random: () => {
    throw mistake;
  },
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a breaker whose actor died', () => {
  it('refuses everything, though its last state was CLOSED', async () => {
    const { breaker, errors, clock } = newBreaker(broken);
    fail(breaker, 2);
    expect(breaker.actor.getSnapshot().status).toBe('error');
    expect(errors).toEqual([mistake]);
    expect(look(breaker)).toMatchObject({ admits: false, retryAfterMs: Number.POSITIVE_INFINITY });
    expect(breaker.allowRequest()).toBe(false);
    expect(breaker.tryAcquire()).toBeUndefined();
    await expect(breaker.execute(() => 'ran')).rejects.toMatchObject({ code: 'EOPENBREAKER' });
    expect(clock.pending).toEqual([]);
  });

  it('stays so, whatever comes', () => {
    const { breaker, clock } = newBreaker(broken);
    fail(breaker, 2);
    fail(breaker);
    succeed(breaker);
    breaker.recordCancelled();
    breaker.reset();
    breaker.isolate();
    clock.increment(HOUR);
    expect(breaker.admits).toBe(false);
    breaker.stop();
    breaker.stop();
    expect(breaker.admits).toBe(false);
  });

  it('passes on the error of the call that killed it', async () => {
    const { breaker } = newBreaker({ ...broken, policy: { ...broken.policy, failureThreshold: 1 } });
    const down = new Error('down');
    await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down);
    expect(breaker.admits).toBe(false);
  });

  it('is a warning of the process when nobody listens to errors', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const breaker = createCircuitBreaker(broken);
    fail(breaker, 2);
    expect(warn).toHaveBeenCalledExactlyOnceWith(mistake);
  });
});
