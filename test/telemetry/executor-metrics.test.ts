import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import packageJson from '../../package.json' with { type: 'json' };
import { createCircuitBreaker, type TreasuryExecutorSnapshot } from '../../src/index.ts';
import { createTelemetry, registerExecutorMetrics } from '../../src/telemetry/index.ts';
import { scrape } from './scrape.ts';

type Shown = Pick<TreasuryExecutorSnapshot, 'leaseHeld' | 'lastTickAt' | 'unmined'>;

/** An executor of which only the snapshot is looked at. */
const anExecutor = () => {
  const shown: { -readonly [Name in keyof Shown]: Shown[Name] } = {
    leaseHeld: false,
    lastTickAt: undefined,
    unmined: 0,
  };
  return { shown, snapshot: shown as TreasuryExecutorSnapshot };
};

const buildInfo = `treasury_build_info{version="${packageJson.version}"}`;

test('an executor is read at each scrape', async () => {
  const registry = new Registry();
  const executor = anExecutor();
  registerExecutorMetrics(registry, executor);
  expect(Object.fromEntries(await scrape(registry))).toEqual({
    treasury_executor_lease_held: 0,
    treasury_executor_staged_intents: 0,
    [buildInfo]: 1,
  });
  Object.assign(executor.shown, { leaseHeld: true, lastTickAt: 1_700_000_000_250, unmined: 3 });
  expect(Object.fromEntries(await scrape(registry))).toEqual({
    treasury_executor_lease_held: 1,
    treasury_executor_last_tick_timestamp_seconds: 1_700_000_000.25,
    treasury_executor_staged_intents: 3,
    [buildInfo]: 1,
  });
});

test('a version may be given', async () => {
  const registry = new Registry();
  registerExecutorMetrics(registry, anExecutor(), { version: '9.9.9' });
  expect((await scrape(registry)).get('treasury_build_info{version="9.9.9"}')).toBe(1);
});

test('a snapshot that cannot be read costs its own values only', async () => {
  const registry = new Registry();
  registerExecutorMetrics(registry, {
    get snapshot(): TreasuryExecutorSnapshot {
      throw new Error('no');
    },
  });
  expect(Object.fromEntries(await scrape(registry))).toEqual({ [buildInfo]: 1 });
});

test('one executor a registry, until it is unregistered', () => {
  const registry = new Registry();
  const unregister = registerExecutorMetrics(registry, anExecutor());
  expect(() => registerExecutorMetrics(registry, anExecutor())).toThrow('treasury_executor_lease_held');
  unregister();
  unregister();
  expect(registry.getMetricsAsArray()).toEqual([]);
  registerExecutorMetrics(registry, anExecutor());
});

test('telemetry shows an executor and the breakers that it makes, one after the other', async () => {
  const clock = new SimulatedClock();
  const telemetry = createTelemetry();
  telemetry.observeExecutor(anExecutor());
  const first = createCircuitBreaker({ clock, policy: { failureThreshold: 1 } });
  telemetry.observeBreaker(first);
  first.recordFailure();
  const second = createCircuitBreaker({ clock, snapshot: first.toJSON() });
  telemetry.observeBreaker(second);
  first.stop();
  second.reset();
  const page = await scrape(telemetry.registry);
  expect(page.get('treasury_executor_lease_held')).toBe(0);
  expect(page.get('treasury_circuit_breaker_state')).toBe(0);
  expect(page.get('treasury_circuit_breaker_transitions_total{from="CLOSED",to="OPEN"}')).toBe(1);
  expect(page.get('treasury_circuit_breaker_transitions_total{from="OPEN",to="CLOSED"}')).toBe(1);
});
