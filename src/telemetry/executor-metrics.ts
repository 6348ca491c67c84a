import { createRequire } from 'node:module';
import type { TreasuryExecutor } from '../executor/types.ts';
import { BACKLOG_NAMES, backlogGauges } from './backlog-gauges.ts';
import { CollectorFaults } from './collector-faults.ts';
import { EVENT_NAMES, executorEventMetrics } from './executor-event-metrics.ts';
import { EXECUTOR_GAUGES } from './executor-gauges.ts';
import { pulledCounter } from './pulled-counter.ts';
import { type MetricText, pulledGauge } from './pulled-gauge.ts';
import { assertUnclaimed, type MetricsRegistry, unregister } from './registry.ts';

const BUILD_INFO: MetricText = {
  name: 'treasury_build_info',
  help: 'Always 1; the version of treasury-breaker is its label',
};
const BALANCE: MetricText = {
  name: 'treasury_balance_base_units',
  help: 'What the signing account holds, in base units; absent when it was not read lately',
};
const TELEMETRY_ERRORS: MetricText = {
  name: 'treasury_telemetry_errors_total',
  help: 'Faults of telemetry itself: callbacks and inspectors that threw, values of this page that could not be read',
};

export interface ExecutorMetricsOptions {
  /** Shown by `treasury_build_info`. @defaultValue the version of the installed package; `other` in a bundle */
  readonly version?: string;
  /**
   * What the signing account holds as far as is known now, in base units. It is asked at each scrape: let it give what
   * was read before, and ask no chain.
   * @defaultValue not shown
   */
  readonly balance?: () => bigint | undefined;
}

/** What of an executor is shown. */
export type ShownExecutor = Pick<TreasuryExecutor, 'snapshot' | 'store' | 'on' | 'circuitBreaker'>;

/** Asked at run time: a bundle in an empty folder has no package around it. */
function installedVersion(): string {
  const require = createRequire(import.meta.url);
  try {
    return (require('treasury-breaker/package.json') as { version: string }).version;
  } catch {
    return 'other';
  }
}

/**
 * Shows an executor on a registry: its snapshot and the backlog of its store are read at scrape time, how long
 * submissions and ticks take is noted as they end. One executor a registry.
 *
 * What its breaker refuses is counted where `registerBreakerMetrics` shows the breaker on the same registry.
 *
 * @returns takes the metrics off the registry; may be called again
 * @throws Error when the registry has another writer of one of the metrics
 */
export function registerExecutorMetrics(
  registry: MetricsRegistry,
  executor: ShownExecutor,
  options: ExecutorMetricsOptions = {},
): () => void {
  const faults = CollectorFaults.of(registry);
  const { version = installedVersion(), balance } = options;
  const own = [...EXECUTOR_GAUGES.map(([text]) => text), BUILD_INFO, BALANCE, TELEMETRY_ERRORS];
  assertUnclaimed(registry, [...own.map(({ name }) => name), ...BACKLOG_NAMES, ...EVENT_NAMES]);
  const events = executorEventMetrics(registry, executor);
  const metrics = [
    ...events.metrics,
    ...EXECUTOR_GAUGES.map(([text, measure]) =>
      pulledGauge(registry, text, [], () => [
        { labels: {}, value: faults.attempt(() => measure(executor.snapshot)) },
      ]),
    ),
    ...backlogGauges(registry, faults, () => executor.store),
    pulledGauge(registry, BALANCE, [], () => {
      const held = faults.attempt(() => balance?.());
      return [{ labels: {}, value: held === undefined ? undefined : Number(held) }];
    }),
    pulledCounter(registry, TELEMETRY_ERRORS, ['source'], () => [
      {
        labels: { source: 'callback' },
        value: faults.attempt(() => executor.snapshot.telemetryErrors),
      },
      { labels: { source: 'collector' }, value: faults.count },
    ]),
    pulledGauge(registry, BUILD_INFO, ['version'], () => [{ labels: { version }, value: 1 }]),
  ];
  return () => {
    events.stopListening();
    unregister(registry, metrics);
  };
}
