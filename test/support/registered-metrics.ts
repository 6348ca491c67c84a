import { Registry } from 'prom-client';
import { createCircuitBreaker } from '../../src/index.ts';
import { registerBreakerMetrics, registerExecutorMetrics } from '../../src/telemetry/index.ts';

const TYPES = { Gauge: 'gauge', Counter: 'counter', Histogram: 'histogram' } as const;

export type MetricType = (typeof TYPES)[keyof typeof TYPES];

/** Every metric of a registry that shows a breaker and an executor: its name and its type. Nothing is scraped. */
export function registeredMetrics(): ReadonlyMap<string, MetricType> {
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
  breaker.stop();
  return new Map(
    registry
      .getMetricsAsArray()
      .map((metric) => [
        (metric as unknown as { readonly name: string }).name,
        TYPES[metric.constructor.name as keyof typeof TYPES],
      ]),
  );
}
