export { type BreakerMetrics, registerBreakerMetrics } from './breaker-metrics.ts';
export type { BreakerRef } from './breaker-source.ts';
export { createTelemetry, type Telemetry } from './create-telemetry.ts';
export {
  type ExecutorMetricsOptions,
  registerExecutorMetrics,
  type ShownExecutor,
} from './executor-metrics.ts';
export { setCircuitBreakerState, treasuryRegistry } from './pushed.ts';
export type { MetricsRegistry } from './registry.ts';
