import { describe, expect, it } from 'vitest';
import type { CircuitBreaker, ErrorVerdict } from '../../src/index.ts';
import { fail, halfOpenBreaker, look, newBreaker } from '../support/breaker.ts';

/** Makes a call that its caller aborts while it runs, and that ends with the error given (or the signal's reason). */
async function abortedCall(breaker: CircuitBreaker, reason?: unknown, error?: unknown): Promise<void> {
  const abort = new AbortController();
  const call = breaker.execute(
    ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(error ?? signal.reason));
      }),
    { signal: abort.signal },
  );
  abort.abort(reason);
  await call.catch(() => {});
}

const throwing = (error: unknown) => () => Promise.reject(error);
const ignore = () => {};

describe('by default', () => {
  it('an abort by the caller is no verdict', async () => {
    const { breaker } = newBreaker();
    await abortedCall(breaker);
    await abortedCall(breaker, new Error('changed my mind'));
    await abortedCall(breaker, 'changed my mind');
    expect(breaker.failures).toBe(0);
  });

  it('an AbortError after an abort by the caller is none either, whoever made it', async () => {
    const { breaker } = newBreaker();
    await abortedCall(breaker, 'changed my mind', new DOMException('aborted', 'AbortError'));
    expect(breaker.failures).toBe(0);
  });

  it('it frees the slot of a probe', async () => {
    const { breaker } = halfOpenBreaker();
    await abortedCall(breaker);
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 0, admits: true });
  });

  it('a time-out by the caller is a failure', async () => {
    const { breaker } = newBreaker();
    await abortedCall(breaker, new DOMException('too slow', 'TimeoutError'));
    expect(breaker.failures).toBe(1);
  });

  it('another error after an abort is a failure', async () => {
    const { breaker } = newBreaker();
    await abortedCall(breaker, undefined, new Error('down'));
    expect(breaker.failures).toBe(1);
  });

  it('an AbortError that the caller did not ask for is a failure', async () => {
    const { breaker } = newBreaker();
    const error = new DOMException('aborted', 'AbortError');
    await breaker.execute(throwing(error)).catch(ignore);
    await breaker.execute(throwing(error), { signal: new AbortController().signal }).catch(ignore);
    expect(breaker.failures).toBe(2);
  });
});

describe('classify', () => {
  const CASES: Record<ErrorVerdict, { failures: number; successes: number; state: string }> = {
    failure: { failures: 2, successes: 0, state: 'OPEN' },
    cancelled: { failures: 1, successes: 0, state: 'HALF_OPEN' },
    storageFatal: { failures: 1, successes: 0, state: 'HALF_OPEN' },
    success: { failures: 0, successes: 1, state: 'HALF_OPEN' },
  };

  for (const [verdict, { failures, successes, state }] of Object.entries(CASES)) {
    it(`decides that an error is a ${verdict}, and the call is rejected all the same`, async () => {
      const error = new Error('down');
      const seen: unknown[] = [];
      const classify = (thrown: unknown) => {
        seen.push(thrown);
        return verdict as ErrorVerdict;
      };
      const { breaker: closed, errors } = newBreaker({ classify });
      fail(closed);
      await expect(closed.execute(throwing(error))).rejects.toBe(error);
      expect(closed.failures).toBe(failures);
      expect(seen).toEqual([error]);
      expect(errors).toEqual([]);

      const { breaker } = halfOpenBreaker({ classify });
      await expect(breaker.execute(throwing(error))).rejects.toBe(error);
      expect(look(breaker)).toMatchObject({ state, successes });
    });
  }

  it('that throws means failure, and is reported once', async () => {
    const mistake = new Error('classify is broken');
    const error = new Error('down');
    const { breaker, errors } = newBreaker({
      classify: () => {
        throw mistake;
      },
    });
    await expect(breaker.execute(throwing(error))).rejects.toBe(error);
    expect(breaker.failures).toBe(1);
    expect(errors).toEqual([mistake]);
  });

  it.each([undefined, 'retry', 'constructor', 1, Promise.resolve('success')])(
    'that says %s means failure, and is reported',
    async (verdict) => {
      const { breaker, errors } = newBreaker({ classify: () => verdict as never });
      await expect(breaker.execute(throwing(new Error('down')))).rejects.toThrow('down');
      expect(breaker.failures).toBe(1);
      expect(errors).toEqual([new TypeError(`classify gave ${String(verdict)}`)]);
    },
  );

  it('is not asked about results', async () => {
    const { breaker } = newBreaker({ classify: () => 'failure' });
    await breaker.execute(() => new Error('a result'));
    expect(breaker.failures).toBe(0);
  });
});
