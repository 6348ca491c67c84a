import { register } from 'prom-client';
import { beforeEach, expect, test } from 'vitest';
import { createCircuitBreaker } from '../../src/index.ts';
import {
  registerBreakerMetrics,
  setCircuitBreakerState,
  treasuryRegistry,
} from '../../src/telemetry/index.ts';
import { scrape } from './scrape.ts';

beforeEach(() => treasuryRegistry.clear());

test('the registry is empty until somebody pushes, and never the global one', async () => {
  expect(treasuryRegistry.getMetricsAsArray()).toEqual([]);
  setCircuitBreakerState(1, 5, 0);
  expect(treasuryRegistry).not.toBe(register);
  expect(register.getMetricsAsArray()).toEqual([]);
});

test("a push sets the original's three gauges", async () => {
  setCircuitBreakerState(1, 5, 0);
  setCircuitBreakerState(2, 5, 1);
  expect(Object.fromEntries(await scrape(treasuryRegistry))).toEqual({
    treasury_circuit_breaker_state: 2,
    treasury_circuit_breaker_failures: 5,
    treasury_circuit_breaker_successes: 1,
  });
});

test('a push after a clear is shown', async () => {
  setCircuitBreakerState(1, 5, 0);
  treasuryRegistry.clear();
  setCircuitBreakerState(0, 1, 0);
  expect((await scrape(treasuryRegistry)).get('treasury_circuit_breaker_failures')).toBe(1);
});

test('one gauge has one writer, whoever came first', () => {
  const writers = 'treasury_circuit_breaker_state is on this registry already';
  const unregister = registerBreakerMetrics(treasuryRegistry, createCircuitBreaker());
  expect(() => setCircuitBreakerState(0, 0, 0)).toThrow(writers);
  unregister();
  setCircuitBreakerState(0, 0, 0);
  expect(() => registerBreakerMetrics(treasuryRegistry, createCircuitBreaker())).toThrow(writers);
});
