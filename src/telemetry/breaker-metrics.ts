import type { CircuitBreaker } from '../breaker/types.ts';
import { BreakerFamily } from './breaker-family.ts';
import { type BreakerRef, BreakerSource } from './breaker-source.ts';
import { CollectorFaults } from './collector-faults.ts';
import type { MetricsRegistry } from './registry.ts';

/** What {@link registerBreakerMetrics} gives: call it to take the breaker off the registry. May be called again. */
export interface BreakerMetrics {
  (): void;
  /**
   * Counts the changes of a breaker that takes over, from now on, in the same series; gives it back. Call it where the
   * breaker is made. A function given as the source is asked at each scrape only: what a new breaker does before that
   * would go uncounted.
   */
  observe<Breaker extends CircuitBreaker>(breaker: Breaker): Breaker;
  [Symbol.dispose](): void;
}

/**
 * Shows a breaker on a registry, read at scrape time: state, failures, successes, isolated, seconds left of OPEN, how
 * often it refused, and its changes of state, every pair at 0 from the start. Before there is a breaker, only the zeros.
 *
 * A breaker with a name carries it as the label `name`; several breakers of one registry need different names.
 *
 * @param breaker the breaker, or a function that gives the one in use, for an executor that makes its breaker anew
 *
 * @example An executor's breaker, through every replacement
 * ```ts
 * const metrics = registerBreakerMetrics(registry, () => executor.circuitBreaker);
 * const executor = createTreasuryExecutor({
 *   ...ports,
 *   circuitBreaker: (snapshot) => metrics.observe(createCircuitBreaker({ snapshot })),
 * });
 * ```
 *
 * @throws Error when the registry has another breaker of that name, or another writer of one of the metrics
 */
export function registerBreakerMetrics(registry: MetricsRegistry, breaker: BreakerRef): BreakerMetrics {
  const family = BreakerFamily.of(registry);
  let isAdded = false; // before that a name that is taken is the caller's error
  const source = new BreakerSource(
    breaker,
    CollectorFaults.of(registry),
    (name) => isAdded && family.isTaken(name),
  );
  source.find();
  if (family.isTaken(source.name)) {
    source.close();
    const whose = source.name === undefined ? 'without a name' : `named ${JSON.stringify(source.name)}`;
    throw new Error(`the registry already shows a breaker ${whose}: give each breaker a name of its own`);
  }
  family.add(source);
  isAdded = true;
  const unregister = () => {
    source.close();
    family.remove(source);
  };
  const observe = <Breaker extends CircuitBreaker>(replacement: Breaker): Breaker => {
    source.observe(replacement);
    return replacement;
  };
  return Object.assign(unregister, { observe, [Symbol.dispose]: unregister });
}
