import type { OpenMetricsContentType, PrometheusContentType, Registry } from 'prom-client';

/** A registry of prom-client, of either text format. */
export type MetricsRegistry = Registry<PrometheusContentType> | Registry<OpenMetricsContentType>;

/** A metric under the name that its registry knows it by. */
export type NamedMetric = readonly [name: string, metric: object];

/**
 * One gauge has one writer: two would overwrite each other in turn, and a graph would show neither.
 *
 * @throws Error naming the metric that is there already, before anything is registered
 */
export function assertUnclaimed(registry: MetricsRegistry, names: readonly string[]): void {
  const taken = names.find((name) => registry.getSingleMetric(name) !== undefined);
  if (taken === undefined) return;
  throw new Error(
    `${taken} is on this registry already and has one writer: unregister that one, or use another registry`,
  );
}

/** False once the registry was cleared, also when another metric of that name came after. */
export function isRegistered(registry: MetricsRegistry, [name, metric]: NamedMetric): boolean {
  return registry.getSingleMetric(name) === metric;
}

/** Takes off what is still there of these, and nothing of anybody else's. */
export function unregister(registry: MetricsRegistry, metrics: readonly NamedMetric[]): void {
  for (const metric of metrics) if (isRegistered(registry, metric)) registry.removeSingleMetric(metric[0]);
}
