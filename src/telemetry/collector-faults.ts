import type { MetricsRegistry } from './registry.ts';

const known = new WeakMap<MetricsRegistry, CollectorFaults>();

/**
 * What could not be read for a registry's pages. prom-client fails the whole page for one collector that throws: here
 * only that value is absent, and counted.
 */
export class CollectorFaults {
  /** Since the process started. */
  count = 0;

  static of(registry: MetricsRegistry): CollectorFaults {
    const faults = known.get(registry) ?? new CollectorFaults();
    known.set(registry, faults);
    return faults;
  }

  private constructor() {}

  /** `undefined` when it throws. */
  attempt<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch {
      this.count += 1;
      return undefined;
    }
  }

  /** `undefined` when it rejects. */
  async attemptLater<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await read();
    } catch {
      this.count += 1;
      return undefined;
    }
  }
}
