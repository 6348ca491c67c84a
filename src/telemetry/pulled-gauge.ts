import { Gauge } from 'prom-client';
import type { MetricsRegistry, NamedMetric } from './registry.ts';

/** One line of a gauge. Without a value the line is left out. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | undefined;
}

export interface GaugeText {
  readonly name: string;
  readonly help: string;
}

/** `undefined` when it throws: prom-client fails the whole page for one collector, here only that value is absent. */
export function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** A gauge whose samples are read at each scrape, and of which nothing stays from the scrape before. */
export function pulledGauge(
  registry: MetricsRegistry,
  { name, help }: GaugeText,
  labelNames: readonly string[],
  read: () => Iterable<Sample>,
): NamedMetric {
  const gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      this.remove({}); // a gauge without labels is reset to 0, which is a value, too
      for (const { labels, value } of read()) if (value !== undefined) this.set(labels, value);
    },
  });
  return [name, gauge];
}
