import type { MetricsRegistry } from '../../src/telemetry/index.ts';

/** The page of a registry, each line by its metric and labels: `name{label="value"}` to its number. */
export const scrape = async (registry: MetricsRegistry): Promise<Map<string, number>> =>
  parsePage(await registry.metrics());

export function parsePage(page: string): Map<string, number> {
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1).replace('Inf', 'Infinity'))];
    }),
  );
}
