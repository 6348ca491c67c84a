import { Gauge } from 'prom-client';
import type { MetricsRegistry, NamedMetric } from './registry.ts';

/** One line of a metric. Without a value the line is left out. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | undefined;
}

type Samples = Iterable<Sample>;

/** How a metric is called, and what it shows. */
export interface MetricText {
  readonly name: string;
  readonly help: string;
}

/** A gauge whose samples are read at each scrape, and of which nothing stays from the scrape before. */
export function pulledGauge(
  registry: MetricsRegistry,
  { name, help }: MetricText,
  labelNames: readonly string[],
  read: () => Samples | Promise<Samples>,
): NamedMetric {
  const gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      const show = (samples: Samples) => {
        this.reset();
        this.remove({}); // a gauge without labels is reset to 0, which is a value, too
        for (const { labels, value } of samples) if (value !== undefined) this.set(labels, value);
      };
      const samples = read();
      return samples instanceof Promise ? samples.then(show) : show(samples);
    },
  });
  return [name, gauge];
}
