import { describe, expect, it } from 'vitest';
import type { CircuitBreaker, Rejection } from '../../src/index.ts';
import { MINUTE, newBreaker, open, SECOND } from '../support/breaker.ts';

function hear(breaker: CircuitBreaker): Rejection[] {
  const rejections: Rejection[] = [];
  breaker.on('rejected', (rejection) => rejections.push(rejection));
  return rejections;
}

describe('rejected', () => {
  it('is told of each way to be refused, with the state and the time to the next chance', async () => {
    const { breaker, clock } = newBreaker();
    const rejections = hear(breaker);
    open(breaker);
    clock.increment(20 * SECOND);
    expect(breaker.allowRequest()).toBe(false);
    expect(breaker.tryAcquire()).toBeUndefined();
    await expect(breaker.execute(() => 1)).rejects.toMatchObject({ code: 'EOPENBREAKER' });
    const refusal = { state: 'OPEN', retryAfterMs: 40 * SECOND };
    expect(rejections).toEqual([refusal, refusal, refusal]);
  });

  it('is told within the refused call', () => {
    const { breaker } = newBreaker();
    const rejections = hear(breaker);
    breaker.isolate();
    breaker.allowRequest();
    expect(rejections).toEqual([{ state: 'ISOLATED', retryAfterMs: Number.POSITIVE_INFINITY }]);
  });

  it('is told of the second caller beside a probe, not of the probe', () => {
    const { breaker, clock } = newBreaker();
    const rejections = hear(breaker);
    open(breaker);
    clock.increment(MINUTE);
    expect(breaker.allowRequest()).toBe(true);
    expect(rejections).toEqual([]);
    expect(breaker.allowRequest()).toBe(false);
    expect(rejections).toEqual([{ state: 'HALF_OPEN', retryAfterMs: 30 * SECOND }]);
  });

  it('is not told of what is admitted, nor of a look', () => {
    const { breaker } = newBreaker();
    const rejections = hear(breaker);
    breaker.allowRequest();
    open(breaker);
    expect(breaker.admits).toBe(false);
    expect(rejections).toEqual([]);
  });

  it('is told of a stopped breaker too', () => {
    const { breaker } = newBreaker();
    const rejections = hear(breaker);
    breaker.stop();
    breaker.allowRequest();
    expect(rejections).toEqual([{ state: 'CLOSED', retryAfterMs: Number.POSITIVE_INFINITY }]);
  });

  it('changes nothing when a listener throws, and reports it once', () => {
    const { breaker, errors } = newBreaker();
    const mistake = new Error('the listener is broken');
    breaker.on('rejected', () => {
      throw mistake;
    });
    const rejections = hear(breaker);
    open(breaker);
    expect(breaker.allowRequest()).toBe(false);
    expect(rejections).toHaveLength(1);
    expect(errors).toEqual([mistake]);
  });

  it('is not told any more once the listener is taken away', () => {
    const { breaker } = newBreaker();
    const rejections: Rejection[] = [];
    const off = breaker.on('rejected', (rejection) => rejections.push(rejection));
    open(breaker);
    off();
    breaker.allowRequest();
    expect(rejections).toEqual([]);
  });
});
