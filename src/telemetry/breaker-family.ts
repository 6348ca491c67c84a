import { Counter } from 'prom-client';
import type { CircuitBreaker } from '../breaker/types.ts';
import {
  FAILURES_GAUGE,
  ISOLATED_GAUGE,
  OPEN_REMAINING_GAUGE,
  STATE_GAUGE,
  SUCCESSES_GAUGE,
} from './breaker-gauges.ts';
import type { BreakerSource } from './breaker-source.ts';
import { attempt, type GaugeText, pulledGauge } from './pulled-gauge.ts';
import {
  assertUnclaimed,
  isRegistered,
  type MetricsRegistry,
  type NamedMetric,
  unregister,
} from './registry.ts';

const TRANSITIONS = 'treasury_circuit_breaker_transitions_total';

type BreakerGauge = readonly [text: GaugeText, measure: (breaker: CircuitBreaker) => number | undefined];

const BREAKER_GAUGES: readonly BreakerGauge[] = [
  [STATE_GAUGE, (breaker) => breaker.stateCode],
  [FAILURES_GAUGE, (breaker) => breaker.failures],
  [SUCCESSES_GAUGE, (breaker) => breaker.successes],
  [ISOLATED_GAUGE, (breaker) => (breaker.state === 'ISOLATED' ? 1 : 0)],
  [OPEN_REMAINING_GAUGE, openRemainingSeconds],
];

/** A breaker that was stopped while OPEN has no end any more, and so no value. */
function openRemainingSeconds(breaker: CircuitBreaker): number | undefined {
  if (breaker.state !== 'OPEN') return 0;
  const { retryAfterMs } = breaker;
  return Number.isFinite(retryAfterMs) ? retryAfterMs / 1000 : undefined;
}

const families = new WeakMap<MetricsRegistry, BreakerFamily>();

/**
 * The breaker metrics of one registry, which any number of breakers share: a registry knows a metric's name once.
 * They are there from the first breaker to the last.
 *
 * `name` is a label of all of them, and an unnamed breaker leaves it out, which Prometheus reads as an empty one: so
 * named breakers and one unnamed go together.
 */
export class BreakerFamily {
  readonly #registry: MetricsRegistry;
  readonly #sources = new Set<BreakerSource>();
  readonly #metrics: readonly NamedMetric[];

  /** The family of this registry, a new one if there is none or somebody has cleared the registry. */
  static of(registry: MetricsRegistry): BreakerFamily {
    const known = families.get(registry);
    if (known?.isRegistered) return known;
    const family = new BreakerFamily(registry);
    families.set(registry, family);
    return family;
  }

  private constructor(registry: MetricsRegistry) {
    assertUnclaimed(registry, [...BREAKER_GAUGES.map(([{ name }]) => name), TRANSITIONS]);
    this.#registry = registry;
    this.#metrics = [...BREAKER_GAUGES.map((gauge) => this.#pull(gauge)), this.#count()];
  }

  get isRegistered(): boolean {
    return this.#metrics.every((metric) => isRegistered(this.#registry, metric));
  }

  isTaken(name: string | undefined): boolean {
    return [...this.#sources].some((source) => source.name === name);
  }

  add(source: BreakerSource): void {
    this.#sources.add(source);
  }

  remove(source: BreakerSource): void {
    this.#sources.delete(source);
    if (this.#sources.size === 0) unregister(this.#registry, this.#metrics);
  }

  #pull([text, measure]: BreakerGauge): NamedMetric {
    return pulledGauge(this.#registry, text, ['name'], () =>
      [...this.#sources].map((source) => {
        const breaker = source.find();
        const value = breaker === undefined ? undefined : attempt(() => measure(breaker));
        return { labels: source.labels, value };
      }),
    );
  }

  #count(): NamedMetric {
    const sources = this.#sources;
    const counter = new Counter({
      name: TRANSITIONS,
      help: 'Changes of state of the circuit breaker since the process started',
      labelNames: ['name', 'from', 'to'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const source of sources) {
          // Reading the state lets happen what is due by the clock, which may be one more change.
          attempt(() => source.find()?.state);
          const { labels, tally } = source;
          for (const { from, to, count } of tally.counts) this.inc({ ...labels, from, to }, count);
        }
      },
    });
    return [TRANSITIONS, counter];
  }
}
