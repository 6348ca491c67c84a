import { createRequire } from 'node:module';
import type { TreasuryExecutor, TreasuryExecutorSnapshot } from '../executor/types.ts';
import { attempt, type GaugeText, pulledGauge } from './pulled-gauge.ts';
import { assertUnclaimed, type MetricsRegistry, unregister } from './registry.ts';

type ExecutorGauge = readonly [
  text: GaugeText,
  measure: (snapshot: TreasuryExecutorSnapshot) => number | undefined,
];

const EXECUTOR_GAUGES: readonly ExecutorGauge[] = [
  [
    {
      name: 'treasury_executor_lease_held',
      help: '1 while this executor holds the lease and pays; 0 on standby',
    },
    ({ leaseHeld }) => (leaseHeld ? 1 : 0),
  ],
  [
    {
      name: 'treasury_executor_last_tick_timestamp_seconds',
      help: 'When the last tick ended, in seconds since the epoch; absent before the first',
    },
    ({ lastTickAt }) => (lastTickAt === undefined ? undefined : lastTickAt / 1000),
  ],
  [
    {
      name: 'treasury_executor_staged_intents',
      help: 'Payments with signed bytes that were not mined at the last look',
    },
    ({ unmined }) => unmined,
  ],
];

const BUILD_INFO: GaugeText = {
  name: 'treasury_build_info',
  help: 'Always 1; the version of treasury-breaker is its label',
};

export interface ExecutorMetricsOptions {
  /** Shown by `treasury_build_info`. @defaultValue the version of the installed package; `other` in a bundle */
  readonly version?: string;
}

/** Asked at run time: a bundle in an empty folder has no package around it. */
function installedVersion(): string {
  const require = createRequire(import.meta.url);
  const installed = attempt(() => require('treasury-breaker/package.json') as { version: string });
  return installed?.version ?? 'other';
}

/**
 * Shows an executor on a registry, read from its snapshot at scrape time. One executor a registry.
 *
 * @returns takes the metrics off the registry; may be called again
 * @throws Error when the registry has another writer of one of the metrics
 */
export function registerExecutorMetrics(
  registry: MetricsRegistry,
  executor: Pick<TreasuryExecutor, 'snapshot'>,
  options: ExecutorMetricsOptions = {},
): () => void {
  assertUnclaimed(registry, [...EXECUTOR_GAUGES.map(([{ name }]) => name), BUILD_INFO.name]);
  const { version = installedVersion() } = options;
  const metrics = [
    ...EXECUTOR_GAUGES.map(([text, measure]) =>
      pulledGauge(registry, text, [], () => [
        { labels: {}, value: attempt(() => measure(executor.snapshot)) },
      ]),
    ),
    pulledGauge(registry, BUILD_INFO, ['version'], () => [{ labels: { version }, value: 1 }]),
  ];
  return () => unregister(registry, metrics);
}
