import { expect } from 'vitest';
import {
  BREAKER_STATE_CODE,
  BrokenCircuitError,
  createCircuitBreaker,
  IsolatedCircuitError,
  isBrokenCircuitError,
  isIsolatedCircuitError,
  type StateChange,
} from '../../src/index.ts';
import { fail, halfOpenBreaker, MINUTE, newBreaker, open, openBreaker, SECOND } from '../support/breaker.ts';
import { callAndFail, down, failing, pendingWork, type RowTests, rejection } from './rows.ts';

class NetworkError extends Error {}

const called = (): string => 'called';

export const cockatielRows: RowTests = {
  '`circuitBreaker(policy, options)`': async () => {
    const { breaker } = newBreaker({ policy: { failureThreshold: 1 }, name: 'rates' });
    expect(await breaker.execute(called)).toBe('called');
    await callAndFail(breaker);
    expect(await rejection(breaker.execute(called))).toBeInstanceOf(BrokenCircuitError);
  },

  '`halfOpenAfter`, `ConstantBackoff`': () => {
    const { breaker, clock, changes } = openBreaker({ policy: { openTimeoutMs: 10 * SECOND } });
    clock.increment(10 * SECOND - 1);
    expect(breaker.state).toBe('OPEN');
    clock.increment(1);
    // No call was made: the change comes by time.
    expect(changes.at(-1)).toMatchObject({ from: 'OPEN', to: 'HALF_OPEN', reason: 'openTimeout' });
  },

  '`ExponentialBackoff`, `IterableBackoff`, `DelegateBackoff`, the jitter generators': () => {
    const openBackoff = { factor: 2, maxMs: 30 * SECOND };
    const { breaker, clock } = openBreaker({ policy: { openTimeoutMs: 10 * SECOND, openBackoff } });
    const lengths: number[] = [];
    for (let opening = 1; opening <= 4; opening += 1) {
      lengths.push(breaker.retryAfterMs / SECOND);
      clock.increment(breaker.retryAfterMs);
      fail(breaker);
    }
    expect(lengths).toEqual([10, 20, 30, 30]);
    const jittered = openBreaker({ policy: { openBackoff: { jitter: 0.5 } }, random: () => 0 });
    expect(jittered.breaker.retryAfterMs).toBe(30 * SECOND);
  },

  '`ConsecutiveBreaker`': async () => {
    const { breaker, clock } = newBreaker({ policy: { failureThreshold: 3 } });
    await callAndFail(breaker, 2);
    await breaker.execute(called);
    await callAndFail(breaker, 2);
    expect(breaker.state).toBe('CLOSED');
    clock.increment(5 * MINUTE);
    await callAndFail(breaker, 2);
    expect(breaker.state).toBe('CLOSED');
    await callAndFail(breaker);
    expect(breaker.state).toBe('OPEN');
  },

  '`CountBreaker`, `SamplingBreaker`, an `IBreaker` of your own': async () => {
    const latest: ('good' | 'bad')[] = [];
    const note = (outcome: 'good' | 'bad') => {
      latest.push(outcome);
      if (latest.length > 4) latest.shift();
    };
    const isBad = () => latest.length === 4 && latest.filter((outcome) => outcome === 'bad').length > 2;
    const { breaker } = newBreaker({
      policy: { failureThreshold: 1 },
      classify: () => {
        note('bad');
        return isBad() ? 'failure' : 'cancelled';
      },
    });
    const succeed = () =>
      breaker.execute(() => {
        note('good');
        return 'done';
      });
    await succeed();
    await callAndFail(breaker, 2);
    await succeed();
    await succeed();
    await callAndFail(breaker, 2);
    await succeed();
    expect(breaker.state).toBe('CLOSED');
    await callAndFail(breaker);
    expect(latest).toEqual(['bad', 'bad', 'good', 'bad']);
    expect(breaker.state).toBe('OPEN');
  },

  '`halfOpenSampling`': async () => {
    const policy = { halfOpenMaxProbes: 3, successThreshold: 3 };
    const good = halfOpenBreaker({ policy }).breaker;
    await Promise.all(Array.from({ length: 3 }, () => good.execute(called)));
    expect(good.state).toBe('CLOSED');

    const bad = halfOpenBreaker({ policy }).breaker;
    await Promise.all([bad.execute(called), bad.execute(called)]);
    await callAndFail(bad);
    expect(bad.state).toBe('OPEN');
  },

  '`toJSON()`, `initialState`, `HydratingCircuitError`, `isHydratingCircuitError()`': async () => {
    const { breaker, clock } = halfOpenBreaker();
    const halfOpen = createCircuitBreaker({ clock, snapshot: JSON.parse(JSON.stringify(breaker)) });
    expect(halfOpen.state).toBe('HALF_OPEN');

    fail(breaker);
    const open = createCircuitBreaker({ clock, snapshot: JSON.parse(JSON.stringify(breaker)) });
    expect(open).toMatchObject({ state: 'OPEN', retryAfterMs: MINUTE });
    expect(await rejection(open.execute(called))).not.toHaveProperty('cause');
  },

  '`handleAll`, `handleType()`, `handleWhen()`, `orType()`, `orWhen()`': async () => {
    const all = newBreaker().breaker;
    await callAndFail(all);
    expect(all.failures).toBe(1);

    const classify = (error: unknown) => (error instanceof NetworkError ? 'failure' : 'cancelled');
    const some = newBreaker({ classify }).breaker;
    await callAndFail(some, 10);
    expect(some.failures).toBe(0);
    await rejection(some.execute(() => Promise.reject(new NetworkError())));
    expect(some.failures).toBe(1);

    const probed = halfOpenBreaker({ classify }).breaker;
    await callAndFail(probed);
    expect(probed).toMatchObject({ state: 'HALF_OPEN', successes: 0, admits: true });
  },

  '`handleResultType()`, `handleWhenResult()`, `orResultType()`, `orWhenResult()`': async () => {
    const { breaker } = newBreaker();
    const response = { status: 503 };
    const permit = breaker.tryAcquire();
    if (response.status >= 500) permit?.failure();
    else permit?.success();
    expect(breaker.failures).toBe(1);

    const error = await rejection(
      breaker.execute(() => {
        if (response.status >= 500) throw new Error('HTTP 503');
        return response;
      }),
    );
    expect(error).toEqual(new Error('HTTP 503'));
    expect(breaker.failures).toBe(2);
  },

  '`execute(fn, signal)`': async () => {
    const { breaker } = halfOpenBreaker();
    const { signal } = new AbortController();
    const probe = pendingWork();
    let received: AbortSignal | undefined;
    const call = breaker.execute(
      (context) => {
        received = context.signal;
        return probe.work();
      },
      { signal },
    );
    expect(received).toBe(signal);
    expect(await rejection(breaker.execute(called))).toMatchObject({
      state: 'HALF_OPEN',
      retryAfterMs: 30 * SECOND,
    });
    probe.succeed();
    expect(await call).toBe('done');
  },

  '`TaskCancelledError`, `isTaskCancelledError()`': async () => {
    const { breaker } = newBreaker();
    const controller = new AbortController();
    const call = breaker.execute(pendingWork().work, { signal: controller.signal });
    const reason = new Error('the user left');
    controller.abort(reason);
    expect(await rejection(call)).toBe(reason);
    let isCalled = false;
    const late = breaker.execute(
      () => {
        isCalled = true;
      },
      { signal: controller.signal },
    );
    expect(await rejection(late)).toBe(reason);
    expect([isCalled, breaker.failures]).toEqual([false, 0]);
  },

  '`state`, `CircuitState`': () => {
    const { breaker, clock } = newBreaker();
    const seen: (readonly [string, number])[] = [];
    const look = () => seen.push([breaker.state, breaker.stateCode]);
    look();
    open(breaker);
    look();
    clock.increment(MINUTE);
    look();
    breaker.isolate();
    look();
    expect(seen).toEqual([
      ['CLOSED', 0],
      ['OPEN', 1],
      ['HALF_OPEN', 2],
      ['ISOLATED', 1],
    ]);
    expect(Object.fromEntries(seen)).toEqual(BREAKER_STATE_CODE);
  },

  '`lastFailure`': async () => {
    const { breaker, clock } = newBreaker({ policy: { failureThreshold: 1 } });
    const failedAt = clock.wallNow();
    await callAndFail(breaker);
    clock.increment(SECOND);
    expect(breaker.lastFailureAt).toBe(failedAt);
    expect(await rejection(breaker.execute(called))).toMatchObject({ cause: down });
  },

  '`isolate()`, `dispose()`': () => {
    const { breaker, changes } = newBreaker();
    breaker.isolate('maintenance');
    breaker.isolate('by somebody else too');
    expect(breaker.state).toBe('ISOLATED');
    breaker.reset();
    expect(breaker.state).toBe('CLOSED');
    expect(changes.map(({ to }) => to)).toEqual(['ISOLATED', 'CLOSED']);
  },

  '`onBreak`, `onReset`, `onHalfOpen`, `onStateChange`': () => {
    const { breaker, clock } = newBreaker();
    const heard: string[] = [];
    breaker.on('stateChange', ({ to, reason }) => heard.push(`${to}: ${reason}`));
    open(breaker);
    clock.increment(MINUTE);
    fail(breaker);
    breaker.isolate();
    breaker.reset();
    expect(heard).toEqual([
      'OPEN: failureThreshold',
      'HALF_OPEN: openTimeout',
      'OPEN: probeFailed',
      'ISOLATED: isolated',
      'CLOSED: reset',
    ]);
  },

  '`onSuccess`, `onFailure`': async () => {
    const { breaker } = newBreaker();
    const heard: string[] = [];
    const timed = (work: () => unknown) => {
      const begin = performance.now();
      const heardAs = (what: string) => () => heard.push(`${what} ${performance.now() >= begin}`);
      return breaker.execute(work).then(heardAs('success'), heardAs('failure'));
    };
    await timed(called);
    await timed(failing);
    expect(heard).toEqual(['success true', 'failure true']);
  },

  '`listener.dispose()`, `Event.once()`, `Event.toPromise()`': async () => {
    const { breaker } = newBreaker();
    const { promise, resolve } = Promise.withResolvers<StateChange>();
    let heard = 0;
    const off = breaker.on('stateChange', (change) => {
      off();
      heard += 1;
      resolve(change);
    });
    open(breaker);
    breaker.reset();
    expect((await promise).to).toBe('OPEN');
    expect(heard).toBe(1);
  },

  '`BrokenCircuitError`, `isBrokenCircuitError()`': async () => {
    const { breaker } = openBreaker();
    const error = await rejection(breaker.execute(called));
    expect(isBrokenCircuitError(error)).toBe(true);
    expect(error).toMatchObject({
      name: 'BrokenCircuitError',
      code: 'EOPENBREAKER',
      state: 'OPEN',
      retryAfterMs: MINUTE,
    });
  },

  '`IsolatedCircuitError`, `isIsolatedCircuitError()`': async () => {
    const { breaker } = newBreaker();
    breaker.isolate();
    const error = await rejection(breaker.execute(called));
    expect(error).toBeInstanceOf(IsolatedCircuitError);
    expect([isIsolatedCircuitError(error), isBrokenCircuitError(error)]).toEqual([true, true]);
    expect(isIsolatedCircuitError(await rejection(openBreaker().breaker.execute(called)))).toBe(false);
  },

  '`retry`, `timeout`, `bulkhead`, `fallback`, `wrap`, `usePolicy`, `noop`, `BulkheadRejectedError`':
    async () => {
      const { breaker, clock } = newBreaker({ policy: { failureThreshold: 2, successThreshold: 1 } });
      const retry = async <Result>(call: () => Promise<Result>): Promise<Result> => {
        for (;;) {
          try {
            return await call();
          } catch (error) {
            if (isBrokenCircuitError(error)) clock.increment(error.retryAfterMs);
          }
        }
      };
      let attempts = 0;
      const work = () => {
        attempts += 1;
        return attempts < 4 ? failing() : Promise.resolve('done');
      };
      expect(await retry(() => breaker.execute(work))).toBe('done');
      expect([attempts, breaker.state]).toEqual([4, 'CLOSED']);
      expect(clock.now()).toBe(2 * MINUTE);
    },
};
