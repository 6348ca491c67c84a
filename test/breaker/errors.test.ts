import { describe, expect, it } from 'vitest';
import { BrokenCircuitError, type CircuitBreaker } from '../../src/index.ts';
import { newBreaker, open, openBreaker } from '../support/breaker.ts';

const refusal = (breaker: CircuitBreaker): Promise<BrokenCircuitError> =>
  breaker.execute(() => expect.unreachable('it was called')).catch((error) => error);

describe('a refusal', () => {
  it.each([
    [undefined, 'circuit breaker is OPEN'],
    ['rpc', 'circuit breaker "rpc" is OPEN'],
  ])('says which breaker it is: %s', async (name, message) => {
    const { breaker } = openBreaker(name === undefined ? {} : { name });
    expect((await refusal(breaker)).message).toBe(message);
  });

  it('says that the breaker was stopped', async () => {
    const { breaker } = newBreaker();
    breaker.stop();
    expect((await refusal(breaker)).message).toBe('circuit breaker was stopped');
  });

  it('has no stack unless asked for', async () => {
    expect((await refusal(openBreaker().breaker)).stack).not.toMatch(/\n\s+at /);
  });

  it('has no cause where no failure was seen', async () => {
    expect(Object.hasOwn(await refusal(openBreaker().breaker), 'cause')).toBe(false);
  });

  it('has the last failure as its cause, not what was no failure', async () => {
    const { breaker } = newBreaker({
      classify: (error) => (error === 'down' ? 'failure' : 'cancelled'),
    });
    for (const thrown of ['down', 'cancelled']) {
      await breaker.execute(() => Promise.reject(thrown)).catch(() => {});
    }
    open(breaker);
    expect((await refusal(breaker)).cause).toBe('down');
  });

  it('made by hand is one of an open breaker', () => {
    const error = new BrokenCircuitError('no', { state: 'OPEN', retryAfterMs: 1 });
    expect(error).toMatchObject({ message: 'no', code: 'EOPENBREAKER', state: 'OPEN', retryAfterMs: 1 });
  });
});
