import { expect, vi } from 'vitest';
import {
  BrokenCircuitError,
  type CircuitBreaker,
  type CircuitState,
  createCircuitBreaker,
  isBrokenCircuitError,
  type StateChange,
} from '../../src/index.ts';
import {
  acquire,
  fail,
  halfOpenBreaker,
  newBreaker,
  open,
  openBreaker,
  SECOND,
  succeed,
} from '../support/breaker.ts';
import { callAndFail, down, failing, pendingWork, type RowTests, rejection } from './rows.ts';

class NotFoundError extends Error {}

const refusalOf = async (breaker: CircuitBreaker): Promise<BrokenCircuitError> => {
  const error = await rejection(breaker.execute(() => 'called'));
  expect(error).toBeInstanceOf(BrokenCircuitError);
  return error as BrokenCircuitError;
};

/** Lets at most one call run at a time, as p-limit(1) does. */
function limitOne() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(call: () => Promise<Result>): Promise<Result> => {
    const next = last.then(call, call);
    last = next.catch(() => {});
    return next;
  };
}

export const opossumRows: RowTests = {
  '`new CircuitBreaker(action, options)`': async () => {
    const { breaker } = newBreaker({ name: 'rates' });
    expect(await breaker.execute(() => 'one function')).toBe('one function');
    expect(await breaker.execute(async () => 'another')).toBe('another');
  },

  '`fire(...args)`, `call(context, ...args)`': async () => {
    const { breaker } = newBreaker();
    const account = {
      base: 1,
      add(a: number, b: number) {
        return this.base + a + b;
      },
    };
    expect(await breaker.execute(() => account.add(2, 3))).toBe(6);
  },

  '`timeout`, event `timeout`, `ETIMEDOUT`': async () => {
    const { breaker } = newBreaker();
    const error = await rejection(breaker.execute(pendingWork().work, { signal: AbortSignal.timeout(1) }));
    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect(breaker.failures).toBe(1);

    const deaf = pendingWork();
    const call = breaker.execute(() => deaf.work(), { signal: AbortSignal.timeout(1) });
    await new Promise((resolve) => setTimeout(resolve, 5));
    deaf.succeed();
    expect(await call).toBe('done');
  },

  '`errorThresholdPercentage`, `maxFailures`': async () => {
    const { breaker } = newBreaker({ policy: { failureThreshold: 3 } });
    for (let i = 0; i < 10; i += 1) {
      await callAndFail(breaker, 2);
      await breaker.execute(() => 'a success in between');
    }
    expect(breaker.state).toBe('CLOSED');
    await callAndFail(breaker, 3);
    expect(breaker.state).toBe('OPEN');
  },

  '`volumeThreshold`, `allowWarmUp`, `warmUp`': async () => {
    const { breaker } = newBreaker();
    await callAndFail(breaker, 4);
    expect(breaker.state).toBe('CLOSED');
    await callAndFail(breaker);
    expect(breaker.state).toBe('OPEN');
  },

  '`rollingCountTimeout`, `rollingCountBuckets`, `rotateBucketController`': () => {
    const { breaker, clock } = newBreaker({ policy: { failureWindowMs: 10 * SECOND } });
    fail(breaker);
    clock.increment(1);
    fail(breaker);
    clock.increment(10 * SECOND - 2);
    expect(breaker.failures).toBe(2);
    clock.increment(1);
    expect(breaker.failures).toBe(1);
    clock.increment(1);
    expect(breaker.failures).toBe(0);
  },

  '`resetTimeout`': () => {
    const { breaker, clock } = openBreaker({
      policy: { openTimeoutMs: 30 * SECOND, successThreshold: 1 },
    });
    clock.increment(30 * SECOND - 1);
    expect(breaker.state).toBe('OPEN');
    clock.increment(1);
    expect(breaker.state).toBe('HALF_OPEN');
    succeed(breaker);
    expect(breaker.state).toBe('CLOSED');
    expect(newBreaker().breaker.policy).toMatchObject({ openTimeoutMs: 60 * SECOND, successThreshold: 2 });
  },

  '`opened`, `closed`, `halfOpen`, `pendingClose`': () => {
    const { breaker, clock } = newBreaker();
    expect(breaker).toMatchObject({ state: 'CLOSED', admits: true });
    open(breaker);
    expect(breaker).toMatchObject({ state: 'OPEN', admits: false });
    clock.increment(60 * SECOND);
    expect(breaker).toMatchObject({ state: 'HALF_OPEN', admits: true });
    acquire(breaker);
    expect(breaker).toMatchObject({ state: 'HALF_OPEN', admits: false });
  },

  '`name`, `group`': async () => {
    const { breaker } = newBreaker({ name: 'payments/rates' });
    expect(breaker.name).toBe('payments/rates');
    breaker.isolate();
    expect((await refusalOf(breaker)).message).toBe('circuit breaker "payments/rates" is ISOLATED');
  },

  '`capacity`, event `semaphoreLocked`, `ESEMLOCKED`': async () => {
    const { breaker } = newBreaker();
    let running = 0;
    let mostAtOnce = 0;
    const work = async () => {
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      await Promise.resolve();
      running -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => breaker.execute(work)));
    expect(mostAtOnce).toBe(5);

    mostAtOnce = 0;
    const limit = limitOne();
    await Promise.all(Array.from({ length: 5 }, () => limit(() => breaker.execute(work))));
    expect(mostAtOnce).toBe(1);

    const halfOpen = halfOpenBreaker({ policy: { halfOpenMaxProbes: 2 } }).breaker;
    const probe = pendingWork();
    const calls = [halfOpen.execute(probe.work), halfOpen.execute(probe.work)];
    expect((await refusalOf(halfOpen)).state).toBe('HALF_OPEN');
    probe.succeed();
    await Promise.all(calls);
  },

  '`errorFilter`': async () => {
    const missing = new NotFoundError();
    const verdictOn = (verdict: 'success' | 'cancelled') =>
      newBreaker({ classify: (error) => (error instanceof NotFoundError ? verdict : 'failure') }).breaker;
    for (const [verdict, failuresLeft] of [
      ['success', 0],
      ['cancelled', 1],
    ] as const) {
      const breaker = verdictOn(verdict);
      await callAndFail(breaker);
      expect(await rejection(breaker.execute(() => Promise.reject(missing)))).toBe(missing);
      expect(breaker.failures).toBe(failuresLeft);
    }
  },

  '`enabled`, `enable()`, `disable()`': async () => {
    const { breaker } = openBreaker();
    const call = (isEnabled: boolean, work: () => string) => (isEnabled ? breaker.execute(work) : work());
    expect(call(false, () => 'called')).toBe('called');
    expect(await rejection(call(true, () => 'called') as Promise<string>)).toBeInstanceOf(BrokenCircuitError);
  },

  '`cache*`, `coalesce*`, `clearCache()`': async () => {
    const { breaker } = newBreaker();
    const load = vi.fn((key: string) => Promise.resolve(`value of ${key}`));
    const cache = new Map<string, Promise<string>>();
    const get = (key: string) => {
      const cached = cache.get(key) ?? breaker.execute(() => load(key));
      cache.set(key, cached);
      return cached;
    };
    const first = get('a');
    expect(get('a')).toBe(first);
    await first;
    open(breaker);
    expect(await get('a')).toBe('value of a');
    expect(load).toHaveBeenCalledTimes(1);
    expect(await rejection(get('b'))).toBeInstanceOf(BrokenCircuitError);
  },

  '`abortController`, `autoRenewAbortController`, `getSignal()`, `getAbortController()`': async () => {
    const { breaker } = newBreaker();
    const controller = new AbortController();
    const [mine, other] = [pendingWork(), pendingWork()];
    const aborted = breaker.execute(mine.work, { signal: controller.signal });
    const going = breaker.execute(other.work, { signal: new AbortController().signal });
    controller.abort();
    expect(await rejection(aborted)).toBe(controller.signal.reason);
    other.succeed();
    expect(await going).toBe('done');
    expect(breaker.failures).toBe(0);
  },

  '`fallback(func)`, event `fallback`': async () => {
    const { breaker } = newBreaker({ policy: { failureThreshold: 1 } });
    const causes: unknown[] = [];
    const call = () =>
      breaker.execute(failing).catch((error) => {
        causes.push(error);
        return 'instead';
      });
    expect([await call(), await call()]).toEqual(['instead', 'instead']);
    expect(causes).toEqual([down, expect.any(BrokenCircuitError)]);
  },

  '`open()`': async () => {
    const { breaker, clock } = newBreaker();
    breaker.isolate('maintenance');
    clock.increment(24 * 3600 * SECOND);
    expect(breaker.state).toBe('ISOLATED');
    expect((await refusalOf(breaker)).retryAfterMs).toBe(Number.POSITIVE_INFINITY);
    breaker.reset();
    expect(breaker.state).toBe('CLOSED');
  },

  '`close()`': () => {
    const { breaker, changes } = openBreaker();
    breaker.reset('mended');
    expect(breaker).toMatchObject({ state: 'CLOSED', failures: 0 });
    expect(changes.at(-1)).toMatchObject({ from: 'OPEN', to: 'CLOSED', reason: 'mended' });
  },

  '`shutdown()`, `isShutdown`, event `shutdown`, `ESHUTDOWN`': async () => {
    const { breaker, changes, clock } = openBreaker();
    const told = changes.length;
    breaker.stop();
    expect((await refusalOf(breaker)).code).toBe('ESHUTDOWN');
    expect(breaker.admits).toBe(false);
    expect(clock.pending).toEqual([]);
    expect(changes).toHaveLength(told);
  },

  '`healthCheck(func, ms)`, event `healthCheckFailed`': async () => {
    const { breaker, clock } = newBreaker({ policy: { failureThreshold: 2, successThreshold: 1 } });
    let isHealthy = false;
    const reports: unknown[] = [];
    const check = () => (isHealthy ? Promise.resolve() : failing());
    const everyMs = 10 * SECOND;
    const round = async () => {
      clock.increment(everyMs);
      await breaker.execute(check).catch((error) => reports.push(error));
    };
    await round();
    await round();
    expect(breaker.state).toBe('OPEN');
    expect(reports).toEqual([down, down]);
    isHealthy = true;
    for (let i = 0; i < 6; i += 1) await round();
    expect(breaker.state).toBe('CLOSED');
  },

  '`toJSON()`, option `state`': () => {
    const { breaker, clock } = openBreaker();
    clock.increment(20 * SECOND);
    const text = JSON.stringify(breaker);
    clock.increment(10 * SECOND);
    const restored = createCircuitBreaker({ clock, snapshot: JSON.parse(text) });
    expect(restored).toMatchObject({ state: 'OPEN', retryAfterMs: 30 * SECOND });
  },

  '`status`, `stats`, `newStatus()`, `rollingPercentilesEnabled`, `enableSnapshots`, event `snapshot`':
    async () => {
      const { Registry } = await import('prom-client');
      const { registerBreakerMetrics } = await import('../../src/telemetry/index.ts');
      const { breaker } = newBreaker();
      const registry = new Registry();
      registerBreakerMetrics(registry, breaker);
      fail(breaker, 3);
      expect(breaker).toMatchObject({ failures: 3, successes: 0 });
      expect(await registry.metrics()).toMatch(/^treasury_circuit_breaker_failures 3$/m);
    },

  'events `open`, `close`, `halfOpen`': () => {
    const { breaker, clock } = newBreaker();
    const states: CircuitState[] = [];
    const off = breaker.on('stateChange', ({ to }: StateChange) => states.push(to));
    open(breaker);
    clock.increment(60 * SECOND);
    succeed(breaker, 2);
    expect(states).toEqual(['OPEN', 'HALF_OPEN', 'CLOSED']);
    off();
    open(breaker);
    expect(states).toHaveLength(3);
  },

  'events `fire`, `success`, `failure`': async () => {
    const { breaker } = newBreaker();
    const log: string[] = [];
    const logged = (work: () => Promise<string>) =>
      breaker
        .execute(() => {
          log.push('fire');
          return work();
        })
        .then(
          () => log.push('success'),
          (error) => log.push(isBrokenCircuitError(error) ? 'refused' : 'failure'),
        );
    await logged(() => Promise.resolve('done'));
    await logged(failing);
    open(breaker);
    await logged(failing);
    expect(log).toEqual(['fire', 'success', 'fire', 'failure', 'refused']);
  },

  'event `reject`, `EOPENBREAKER`, `isOurError(error)`': async () => {
    const { breaker, clock } = newBreaker({ policy: { failureThreshold: 1 } });
    await callAndFail(breaker);
    clock.increment(15 * SECOND);
    const refusal = await refusalOf(breaker);
    expect(refusal).toMatchObject({ code: 'EOPENBREAKER', retryAfterMs: 45 * SECOND, cause: down });
    expect([isBrokenCircuitError(refusal), isBrokenCircuitError(down)]).toEqual([true, false]);
  },
};
