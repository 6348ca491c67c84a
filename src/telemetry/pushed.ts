import { Gauge, Registry } from 'prom-client';
import type { BreakerStateCode } from '../../machines/index.ts';
import { FAILURES_GAUGE, STATE_GAUGE, SUCCESSES_GAUGE } from './breaker-gauges.ts';
import { assertUnclaimed } from './registry.ts';

/**
 * The registry that {@link setCircuitBreakerState} writes to: private to this package, never prom-client's global one.
 * It is empty until the first push, so that the pulled metrics can be registered here instead.
 */
export const treasuryRegistry = new Registry();

interface PushedGauges {
  readonly state: Gauge;
  readonly failures: Gauge;
  readonly successes: Gauge;
}

let pushed: PushedGauges | undefined;

function createGauges(): PushedGauges {
  assertUnclaimed(
    treasuryRegistry,
    [STATE_GAUGE, FAILURES_GAUGE, SUCCESSES_GAUGE].map(({ name }) => name),
  );
  const registers = [treasuryRegistry];
  return {
    state: new Gauge({ ...STATE_GAUGE, registers }),
    failures: new Gauge({ ...FAILURES_GAUGE, registers }),
    successes: new Gauge({ ...SUCCESSES_GAUGE, registers }),
  };
}

/**
 * Pushes the breaker's three gauges to {@link treasuryRegistry}, for services that push; it fits
 * `circuitBreakerTelemetry` of the executor. Where a registry is scraped, `registerBreakerMetrics` is the better choice:
 * it shows what is true at the scrape and not at the last push.
 *
 * @throws Error when `registerBreakerMetrics` has the gauges on that registry already
 */
export function setCircuitBreakerState(
  stateCode: BreakerStateCode,
  failures: number,
  successes: number,
): void {
  // Somebody may have cleared the registry since.
  if (pushed === undefined || treasuryRegistry.getSingleMetric(STATE_GAUGE.name) !== pushed.state) {
    pushed = createGauges();
  }
  pushed.state.set(stateCode);
  pushed.failures.set(failures);
  pushed.successes.set(successes);
}
