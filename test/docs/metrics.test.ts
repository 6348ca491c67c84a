import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createCircuitBreaker } from '../../src/index.ts';
import { registerBreakerMetrics, registerExecutorMetrics } from '../../src/telemetry/index.ts';
import { codeIn, readDoc, tableOf } from './markdown.ts';

test('docs/metrics.md names every metric and its type, and no other', () => {
  const registry = new Registry();
  const breaker = createCircuitBreaker();
  registerBreakerMetrics(registry, breaker);
  const unused = () => {
    throw new Error('nothing is scraped');
  };
  registerExecutorMetrics(registry, {
    circuitBreaker: breaker,
    on: () => () => {},
    get snapshot() {
      return unused();
    },
    get store() {
      return unused();
    },
  });
  const types = { Gauge: 'gauge', Counter: 'counter', Histogram: 'histogram' };
  const registered = registry
    .getMetricsAsArray()
    .map((metric) => [
      (metric as unknown as { readonly name: string }).name,
      types[metric.constructor.name as keyof typeof types],
    ]);
  const told = tableOf(readDoc('docs/metrics.md'), 'metric').map(([name = '', type]) => [
    codeIn(name)[0],
    type,
  ]);
  expect(told.toSorted()).toEqual(registered.toSorted());
  breaker.stop();
});
