import { withPeer } from './with-peer.ts';

// `treasury-breaker/telemetry`: metrics of breakers and executors for Prometheus. Needs prom-client.
// Its types are those of the module itself.
export const {
  createTelemetry,
  registerBreakerMetrics,
  registerExecutorMetrics,
  setCircuitBreakerState,
  treasuryRegistry,
} = await withPeer('telemetry', ['prom-client'], () => import('../telemetry/index.ts'));
