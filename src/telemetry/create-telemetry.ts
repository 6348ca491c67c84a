import { Registry } from 'prom-client';
import type { CircuitBreaker } from '../breaker/types.ts';
import { registerBreakerMetrics } from './breaker-metrics.ts';
import {
  type ExecutorMetricsOptions,
  registerExecutorMetrics,
  type ShownExecutor,
} from './executor-metrics.ts';
import type { MetricsRegistry } from './registry.ts';

/** The metrics of one executor and its breaker. */
export interface Telemetry {
  readonly registry: MetricsRegistry;
  /** Shows this breaker from now on, in the place of the one before. Call it wherever the breaker is made. */
  observeBreaker(breaker: CircuitBreaker): void;
  /** Shows this executor. Once. */
  observeExecutor(executor: ShownExecutor): void;
}

/** A registry of its own for one executor and the breaker that it makes, and makes anew when it wins the lease. */
export function createTelemetry(options?: ExecutorMetricsOptions): Telemetry {
  const registry = new Registry();
  let inUse: CircuitBreaker | undefined;
  const breakerMetrics = registerBreakerMetrics(registry, () => inUse);
  return {
    registry,
    observeBreaker: (breaker) => {
      inUse = breakerMetrics.observe(breaker);
    },
    observeExecutor: (executor) => void registerExecutorMetrics(registry, executor, options),
  };
}
