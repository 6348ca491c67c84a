import { describe, expect, it, vi } from 'vitest';
import {
  BrokenCircuitError,
  IsolatedCircuitError,
  isBrokenCircuitError,
  isIsolatedCircuitError,
} from '../../src/index.ts';
import { halfOpenBreaker, look, MINUTE, newBreaker, open, openBreaker } from '../support/breaker.ts';

/** What a call is rejected with. */
const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.unreachable('it was not rejected'),
    (error: unknown) => error,
  );

const boom = () => Promise.reject(new Error('boom'));

describe('execute, admitted', () => {
  it('calls the function before it returns', () => {
    const work = vi.fn();
    newBreaker().breaker.execute(work);
    expect(work).toHaveBeenCalledOnce();
  });

  it('passes on the result by identity', async () => {
    const result = { some: 'object' };
    const { breaker } = newBreaker();
    expect(await breaker.execute(async () => result)).toBe(result);
  });

  it('resolves a result that is no promise', async () => {
    const { breaker } = newBreaker();
    const call = breaker.execute(() => 42);
    expect(call).toBeInstanceOf(Promise);
    expect(await call).toBe(42);
  });

  it('follows a thenable', async () => {
    const { breaker } = newBreaker();
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
    const thenable = { then: (resolve: (value: string) => void) => resolve('done') } as PromiseLike<string>;
    expect(await breaker.execute(() => thenable)).toBe('done');
  });

  it('passes on the error as it is, and counts it', async () => {
    const { breaker } = newBreaker();
    const error = new Error('down');
    expect(await rejection(breaker.execute(() => Promise.reject(error)))).toBe(error);
    expect(breaker.failures).toBe(1);
  });

  it('turns a synchronous throw into a rejection, and counts it', async () => {
    const { breaker } = newBreaker();
    const error = new Error('down');
    const call = breaker.execute(() => {
      throw error;
    });
    expect(await rejection(call)).toBe(error);
    expect(breaker.failures).toBe(1);
  });

  it.each([undefined, null, 0, 'down'])('passes on even a thrown %s', async (thrown) => {
    const { breaker } = newBreaker();
    expect(await rejection(breaker.execute(() => Promise.reject(thrown)))).toBe(thrown);
    expect(breaker.failures).toBe(1);
  });

  it('counts a success', async () => {
    const { breaker } = newBreaker();
    await rejection(breaker.execute(boom));
    await breaker.execute(() => 'fine');
    expect(breaker.failures).toBe(0);
  });

  it('closes it by probes that succeed', async () => {
    const { breaker } = halfOpenBreaker();
    await breaker.execute(() => 'fine');
    expect(breaker.state).toBe('HALF_OPEN');
    await breaker.execute(() => 'fine');
    expect(breaker.state).toBe('CLOSED');
  });

  it('holds its slot while the function runs, and times out when it never settles', () => {
    const { breaker, clock } = halfOpenBreaker();
    breaker.execute(() => new Promise(() => {}));
    expect(breaker.admits).toBe(false);
    clock.increment(breaker.policy.probeTimeoutMs);
    expect(breaker.state).toBe('OPEN');
  });

  it('gives the signal to the function', async () => {
    const { breaker } = newBreaker();
    const { signal } = new AbortController();
    expect(await breaker.execute((call) => call.signal, { signal })).toBe(signal);
    expect(await breaker.execute((call) => call.signal)).toBeUndefined();
  });
});

describe('execute, refused', () => {
  it('does not call the function', async () => {
    const work = vi.fn();
    const { breaker } = openBreaker();
    await rejection(breaker.execute(work));
    expect(work).not.toHaveBeenCalled();
  });

  it('says why, for how long, and what failed last', async () => {
    const { breaker, clock } = newBreaker({ policy: { failureThreshold: 1 } });
    const down = new Error('down');
    await rejection(breaker.execute(() => Promise.reject(down)));
    clock.increment(15_000);
    const error = await rejection(breaker.execute(() => 'ran'));
    expect(error).toBeInstanceOf(BrokenCircuitError);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(IsolatedCircuitError);
    expect(error).toMatchObject({
      name: 'BrokenCircuitError',
      code: 'EOPENBREAKER',
      state: 'OPEN',
      retryAfterMs: MINUTE - 15_000,
      message: expect.stringContaining('OPEN'),
    });
    expect((error as Error).cause).toBe(down);
    expect(isBrokenCircuitError(error)).toBe(true);
    expect(isIsolatedCircuitError(error)).toBe(false);
    expect(isBrokenCircuitError(down)).toBe(false);
  });

  it('says so when all slots are taken', async () => {
    const { breaker } = halfOpenBreaker();
    breaker.allowRequest();
    const error = await rejection(breaker.execute(() => 'ran'));
    expect(error).toMatchObject({ code: 'EOPENBREAKER', state: 'HALF_OPEN', retryAfterMs: 30_000 });
  });

  it('when isolated is a subclass', async () => {
    const { breaker } = newBreaker();
    breaker.isolate();
    const error = await rejection(breaker.execute(() => 'ran'));
    expect(error).toBeInstanceOf(IsolatedCircuitError);
    expect(error).toBeInstanceOf(BrokenCircuitError);
    expect(error).toMatchObject({ name: 'IsolatedCircuitError', code: 'EOPENBREAKER', state: 'ISOLATED' });
    expect(isBrokenCircuitError(error) && isIsolatedCircuitError(error)).toBe(true);
  });

  it('names the breaker', async () => {
    const { breaker } = openBreaker({ name: 'rpc' });
    expect(breaker.name).toBe('rpc');
    const error = await rejection(breaker.execute(() => 'ran'));
    expect((error as Error).message).toContain('"rpc"');
  });

  it('captures no stack unless asked to, and leaves the limit of others alone', async () => {
    const { stackTraceLimit } = Error;
    const frames = async (captureStack: boolean) => {
      const { breaker } = openBreaker({ captureStack });
      return (
        ((await rejection(breaker.execute(() => 'ran'))) as Error).stack?.match(/\n\s+at /g)?.length ?? 0
      );
    };
    expect(await frames(false)).toBe(0);
    expect(await frames(true)).toBeGreaterThan(0);
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  });

  it('counts nothing', async () => {
    const { breaker } = openBreaker();
    const before = breaker.toJSON();
    await rejection(breaker.execute(boom));
    expect(breaker.toJSON()).toEqual(before);
  });
});

describe('execute with a signal that is aborted already', () => {
  it.each([
    ['CLOSED', newBreaker],
    ['OPEN', openBreaker],
    ['HALF_OPEN', halfOpenBreaker],
    ['ISOLATED', newBreaker],
  ] as const)('in %s calls nothing, counts nothing and rejects with its reason', async (state, create) => {
    const { breaker } = create();
    if (state === 'ISOLATED') breaker.isolate();
    const before = breaker.toJSON();
    const reason = new Error('changed my mind');
    const work = vi.fn();
    expect(await rejection(breaker.execute(work, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(work).not.toHaveBeenCalled();
    expect(breaker.toJSON()).toEqual(before);
    expect(breaker.actor.getSnapshot().context.probesInFlight).toBe(0);
  });
});

it('a call that was admitted in CLOSED and fails in HALF_OPEN takes nothing from the probe', async () => {
  const { breaker, clock } = newBreaker();
  const work = Promise.withResolvers<void>();
  const early = breaker.execute(() => work.promise);
  open(breaker);
  clock.increment(MINUTE);
  const probe = Promise.withResolvers<void>();
  const call = breaker.execute(() => probe.promise);
  work.reject(new Error('late'));
  await rejection(early);
  expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', admits: false });
  probe.resolve();
  await call;
  expect(breaker.successes).toBe(1);
});
