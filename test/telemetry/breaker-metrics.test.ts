import { Gauge, Registry } from 'prom-client';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { SimulatedClock } from 'xstate';
import {
  type CircuitBreaker,
  type CircuitBreakerOptions,
  circuitBreakerMachine,
  createCircuitBreaker,
} from '../../src/index.ts';
import { registerBreakerMetrics } from '../../src/telemetry/index.ts';
import { scrape } from './scrape.ts';

const POLICY = { failureThreshold: 2, successThreshold: 2, openTimeoutMs: 60_000 };

let clock: SimulatedClock;
let registry: Registry;
beforeEach(() => {
  clock = Object.assign(new SimulatedClock(), { wallNow: () => clock.now() });
  registry = new Registry();
});

const aBreaker = (options: CircuitBreakerOptions = {}) =>
  createCircuitBreaker({ clock, policy: POLICY, ...options });
const open = (breaker: CircuitBreaker) => {
  breaker.recordFailure();
  breaker.recordFailure();
};
const transitions = 'treasury_circuit_breaker_transitions_total';
const value = async (metric: string) => (await scrape(registry)).get(metric);
const gauges = async (labels = '') => {
  const page = await scrape(registry);
  const names = ['state', 'failures', 'successes', 'isolated', 'open_remaining_seconds'];
  return names.map((name) => page.get(`treasury_circuit_breaker_${name}${labels}`));
};

describe('the gauges of a breaker', () => {
  test('are read at each scrape, state for state', async () => {
    const breaker = aBreaker();
    registerBreakerMetrics(registry, breaker);
    expect(await gauges()).toEqual([0, 0, 0, 0, 0]);
    breaker.recordFailure();
    expect(await gauges()).toEqual([0, 1, 0, 0, 0]);
    breaker.recordFailure();
    expect(await gauges()).toEqual([1, 2, 0, 0, 60]);
    clock.increment(45_500);
    expect(await gauges()).toEqual([1, 2, 0, 0, 14.5]);
    clock.increment(14_500);
    breaker.recordSuccess();
    expect(await gauges()).toEqual([2, 2, 1, 0, 0]);
    breaker.isolate();
    expect(await gauges()).toEqual([1, 2, 0, 1, 0]);
    breaker.reset();
    expect(await gauges()).toEqual([0, 0, 0, 0, 0]);
  });

  test('leave out the time that is left of an OPEN that never ends', async () => {
    const breaker = aBreaker();
    registerBreakerMetrics(registry, breaker);
    open(breaker);
    breaker.stop();
    expect(await gauges()).toEqual([1, 2, 0, 0, undefined]);
  });

  test('carry the name of a breaker that has one', async () => {
    registerBreakerMetrics(registry, aBreaker({ name: 'rpc "main"' }));
    expect(await gauges('{name="rpc \\"main\\""}')).toEqual([0, 0, 0, 0, 0]);
    expect(await gauges()).toEqual(Array(5).fill(undefined));
  });
});

describe('the changes of state', () => {
  test('stand at 0 from the start, every pair that the chart can make', async () => {
    const breaker = aBreaker();
    registerBreakerMetrics(registry, breaker);
    const shown = [...(await scrape(registry))].filter(([metric]) => metric.startsWith(transitions));
    const { states } = circuitBreakerMachine.root;
    const pairs = ['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED'].flatMap((from) => {
      const edges = [...(states[from as keyof typeof states]?.transitions.values() ?? [])].flat();
      const targets = new Set(edges.flatMap(({ target }) => target ?? []).map(({ key }) => key));
      return [...targets].map((to) => `${transitions}{from="${from}",to="${to}"}`);
    });
    expect(shown.map(([metric]) => metric).sort()).toEqual(pairs.sort());
    expect(shown.map(([, count]) => count)).toEqual(shown.map(() => 0));
  });

  test('are counted, each pair for itself', async () => {
    const breaker = aBreaker();
    registerBreakerMetrics(registry, breaker);
    for (let round = 0; round < 3; round += 1) {
      open(breaker);
      clock.increment(60_000);
      breaker.recordSuccess();
      breaker.recordSuccess();
    }
    breaker.isolate();
    const page = await scrape(registry);
    const seen = [...page].filter(([metric, count]) => metric.startsWith(transitions) && count > 0);
    expect(Object.fromEntries(seen)).toEqual({
      [`${transitions}{from="CLOSED",to="OPEN"}`]: 3,
      [`${transitions}{from="OPEN",to="HALF_OPEN"}`]: 3,
      [`${transitions}{from="HALF_OPEN",to="CLOSED"}`]: 3,
      [`${transitions}{from="CLOSED",to="ISOLATED"}`]: 1,
    });
  });

  test('that are due happen before they are shown, also when only they are asked for', async () => {
    let now = 0;
    const late = { now: () => now, setTimeout: () => 0, clearTimeout: () => {} };
    const breaker = aBreaker({ clock: late });
    registerBreakerMetrics(registry, breaker);
    open(breaker);
    now = 60_000;
    expect(await registry.getSingleMetricAsString(transitions)).toContain('{from="OPEN",to="HALF_OPEN"} 1');
  });

  test('survive a reset of the registry', async () => {
    const breaker = aBreaker();
    registerBreakerMetrics(registry, breaker);
    open(breaker);
    registry.resetMetrics();
    expect(await value(`${transitions}{from="CLOSED",to="OPEN"}`)).toBe(1);
  });
});

describe('a breaker that is made anew', () => {
  const openings = () => value(`${transitions}{from="CLOSED",to="OPEN"}`);

  test('shows only zero counts before there is one', async () => {
    let current: CircuitBreaker | undefined;
    registerBreakerMetrics(registry, () => current);
    expect(await gauges()).toEqual(Array(5).fill(undefined));
    expect(await openings()).toBe(0);
    current = aBreaker();
    expect(await gauges()).toEqual([0, 0, 0, 0, 0]);
  });

  test('goes on in the same series, nothing lost, nothing counted twice', async () => {
    let current: CircuitBreaker | undefined;
    const metrics = registerBreakerMetrics(registry, () => current);
    const make = (snapshot?: unknown) => {
      const before = current;
      current = metrics.observe(aBreaker({ snapshot }));
      before?.stop();
      return current;
    };
    const first = make();
    metrics.observe(first);
    open(first);
    expect(await openings()).toBe(1);
    const second = make(first.toJSON());
    expect(await gauges()).toEqual([1, 2, 0, 0, 60]);
    // Before the next scrape: only `observe` can have seen this.
    second.reset();
    open(second);
    expect(await openings()).toBe(2);
    open(make());
    expect(await openings()).toBe(3);
    expect(await value(`${transitions}{from="OPEN",to="CLOSED"}`)).toBe(1);
  });

  test('is counted from the next scrape on where nobody observes it', async () => {
    let current = aBreaker();
    registerBreakerMetrics(registry, () => current);
    current = aBreaker();
    await scrape(registry);
    open(current);
    expect(await openings()).toBe(1);
  });

  test('is counted on as long as it lives, beside the one that takes over', async () => {
    const metrics = registerBreakerMetrics(registry, () => undefined);
    const first = metrics.observe(aBreaker());
    metrics.observe(aBreaker());
    open(first);
    expect(await openings()).toBe(1);
  });

  test('is let go once it was stopped and replaced', () => {
    const metrics = registerBreakerMetrics(registry, () => undefined);
    const stopped = aBreaker();
    const stopListening = vi.fn();
    const on = vi.spyOn(stopped, 'on').mockReturnValue(stopListening);
    metrics.observe(stopped);
    stopped.stop();
    metrics.observe(aBreaker());
    expect(on).toHaveBeenCalled();
    expect(stopListening).toHaveBeenCalledTimes(on.mock.calls.length);
  });

  test('gives the series its name as soon as it has one', async () => {
    let current: CircuitBreaker | undefined;
    registerBreakerMetrics(registry, () => current);
    await scrape(registry);
    current = aBreaker({ name: 'rpc' });
    expect(await gauges('{name="rpc"}')).toEqual([0, 0, 0, 0, 0]);
    expect(await openings()).toBeUndefined();
    current = aBreaker({ name: 'other' });
    open(current);
    expect(await gauges('{name="rpc"}')).toEqual([1, 2, 0, 0, 60]);
    current = undefined;
    expect(await gauges('{name="rpc"}')).toEqual(Array(5).fill(undefined));
  });

  test('goes without a name that another has taken, and says so', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    let current: CircuitBreaker | undefined;
    registerBreakerMetrics(registry, aBreaker({ name: 'rpc' }));
    registerBreakerMetrics(registry, () => current);
    current = aBreaker({ name: 'rpc' });
    open(current);
    expect((await gauges('{name="rpc"}'))[0]).toBe(0);
    expect((await gauges())[0]).toBe(1);
    expect(emitWarning).toHaveBeenCalledOnce();
    emitWarning.mockRestore();
  });
});

describe('refusals', () => {
  const rejections = 'treasury_circuit_breaker_rejections_total';

  test('stand at 0 from the start, and count every call that was refused', async () => {
    const breaker = aBreaker();
    registerBreakerMetrics(registry, breaker);
    expect(await value(rejections)).toBe(0);
    open(breaker);
    breaker.allowRequest();
    breaker.tryAcquire();
    await breaker.execute(() => 'never').catch(() => {});
    expect(await value(rejections)).toBe(3);
    expect(breaker.admits).toBe(false);
    breaker.reset();
    breaker.allowRequest();
    expect(await value(rejections)).toBe(3);
  });

  test('go on counting with the breaker that takes over, under one name', async () => {
    const [first, second] = [aBreaker({ name: 'rpc' }), aBreaker({ name: 'rpc' })];
    const metrics = registerBreakerMetrics(registry, first);
    first.isolate();
    first.allowRequest();
    metrics.observe(second).isolate();
    second.allowRequest();
    expect(await value(`${rejections}{name="rpc"}`)).toBe(2);
    metrics();
    second.allowRequest();
    expect(await value(`${rejections}{name="rpc"}`)).toBeUndefined();
  });
});

describe('several breakers on one registry', () => {
  test('are told apart by name, and one may have none', async () => {
    const [a, b, unnamed] = [aBreaker({ name: 'a' }), aBreaker({ name: 'b' }), aBreaker()];
    for (const breaker of [a, b, unnamed]) registerBreakerMetrics(registry, breaker);
    open(a);
    b.isolate();
    unnamed.recordFailure();
    expect(await gauges('{name="a"}')).toEqual([1, 2, 0, 0, 60]);
    expect(await gauges('{name="b"}')).toEqual([1, 0, 0, 1, 0]);
    expect(await gauges()).toEqual([0, 1, 0, 0, 0]);
    expect(await value(`${transitions}{name="a",from="CLOSED",to="OPEN"}`)).toBe(1);
    expect(await value(`${transitions}{name="b",from="CLOSED",to="OPEN"}`)).toBe(0);
    expect(await value(`${transitions}{from="CLOSED",to="OPEN"}`)).toBe(0);
  });

  test.each([['rpc'], [undefined]])('with the same name (%s) are refused', async (name) => {
    const options = name === undefined ? {} : { name };
    const first = aBreaker(options);
    registerBreakerMetrics(registry, first);
    expect(() => registerBreakerMetrics(registry, aBreaker(options))).toThrow(
      name === undefined ? 'already shows a breaker without a name' : 'already shows a breaker named "rpc"',
    );
    open(first);
    expect((await gauges(name === undefined ? '' : '{name="rpc"}'))[0]).toBe(1);
  });

  test('leave one by one, and the last takes the metrics off', async () => {
    const [a, b] = [aBreaker({ name: 'a' }), aBreaker({ name: 'b' })];
    const [removeA, removeB] = [registerBreakerMetrics(registry, a), registerBreakerMetrics(registry, b)];
    removeA();
    removeA();
    expect(await gauges('{name="a"}')).toEqual(Array(5).fill(undefined));
    expect(await gauges('{name="b"}')).toEqual([0, 0, 0, 0, 0]);
    removeB[Symbol.dispose]();
    expect(registry.getMetricsAsArray()).toEqual([]);
    registerBreakerMetrics(registry, a);
    open(a);
    expect(await value(`${transitions}{name="a",from="CLOSED",to="OPEN"}`)).toBe(1);
  });
});

describe('unregistering', () => {
  test('stops listening to the breaker that is shown', () => {
    const breaker = aBreaker();
    const stopListening = vi.fn();
    const on = vi.spyOn(breaker, 'on').mockReturnValue(stopListening);
    const metrics = registerBreakerMetrics(registry, breaker);
    metrics();
    expect(on).toHaveBeenCalled();
    expect(stopListening).toHaveBeenCalledTimes(on.mock.calls.length);
  });

  test('stops listening, to breakers that come later too', async () => {
    const breaker = aBreaker();
    const metrics = registerBreakerMetrics(registry, () => undefined);
    metrics();
    const on = vi.spyOn(breaker, 'on');
    metrics.observe(breaker);
    expect(on).not.toHaveBeenCalled();
  });

  test('leaves alone what came after a clear', async () => {
    const before = registerBreakerMetrics(registry, aBreaker());
    registry.clear();
    const breaker = aBreaker();
    registerBreakerMetrics(registry, breaker);
    before();
    expect(await gauges()).toEqual([0, 0, 0, 0, 0]);
  });
});

test('a gauge that somebody else writes is named, and nothing else is registered', () => {
  new Gauge({ name: 'treasury_circuit_breaker_failures', help: 'theirs', registers: [registry] });
  expect(() => registerBreakerMetrics(registry, aBreaker())).toThrow(
    'treasury_circuit_breaker_failures is on this registry already',
  );
  expect(registry.getMetricsAsArray()).toHaveLength(1);
});

test('a breaker that cannot be read costs its own values only', async () => {
  const broken = Object.create(aBreaker({ name: 'broken' }), {
    name: { value: 'broken' },
    on: { value: () => () => {} },
    failures: {
      get: () => {
        throw new Error('no');
      },
    },
    stateCode: { value: 2 },
    state: { value: 'HALF_OPEN' },
    successes: { value: 0 },
  }) as CircuitBreaker;
  let isLost = false;
  registerBreakerMetrics(registry, broken);
  registerBreakerMetrics(registry, aBreaker({ name: 'fine' }));
  registerBreakerMetrics(registry, () => {
    if (isLost) throw new Error('lost');
    return undefined;
  });
  isLost = true;
  expect(await gauges('{name="broken"}')).toEqual([2, undefined, 0, 0, 0]);
  expect(await gauges('{name="fine"}')).toEqual([0, 0, 0, 0, 0]);
  expect(await gauges()).toEqual(Array(5).fill(undefined));
});

test('a getter may name what is not there yet', async () => {
  registerBreakerMetrics(registry, () => later);
  const later = aBreaker();
  expect(await gauges()).toEqual([0, 0, 0, 0, 0]);
});

test('an OpenMetrics registry shows them too', async () => {
  const openMetrics = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const breaker = aBreaker();
  const metrics = registerBreakerMetrics(openMetrics, breaker);
  open(breaker);
  const page = await scrape(openMetrics);
  expect(page.get('treasury_circuit_breaker_state')).toBe(1);
  expect(page.get(`${transitions}{from="CLOSED",to="OPEN"}`)).toBe(1);
  metrics();
  expect(openMetrics.getMetricsAsArray()).toEqual([]);
});
