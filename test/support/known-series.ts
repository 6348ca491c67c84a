import { RECORDING_RULES } from './alert-rules.ts';
import { type MetricType, registeredMetrics } from './registered-metrics.ts';

const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  gauge: [''],
  counter: [''],
  histogram: ['_bucket', '_sum', '_count'],
};

/** Every series that a Prometheus knows which scrapes a treasury and evaluates its rules. */
export const knownSeries = (): ReadonlySet<string> =>
  new Set([
    'up',
    ...[...registeredMetrics()].flatMap(([name, type]) => SUFFIXES[type].map((suffix) => name + suffix)),
    ...RECORDING_RULES.map(({ record }) => record),
  ]);
