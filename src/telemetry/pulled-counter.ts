import { Counter } from 'prom-client';
import type { MetricText, Sample } from './pulled-gauge.ts';
import type { MetricsRegistry, NamedMetric } from './registry.ts';

/** A counter that somebody else counts: what it shows is read at each scrape, so that no reset of a registry loses any. */
export function pulledCounter(
  registry: MetricsRegistry,
  { name, help }: MetricText,
  labelNames: readonly string[],
  read: () => Iterable<Sample>,
): NamedMetric {
  const counter = new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of read()) if (value !== undefined) this.inc(labels, value);
    },
  });
  return [name, counter];
}
