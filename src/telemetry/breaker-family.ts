import type { CircuitBreaker } from '../breaker/types.ts';
import {
  FAILURES_GAUGE,
  ISOLATED_GAUGE,
  OPEN_REMAINING_GAUGE,
  REJECTIONS_COUNTER,
  STATE_GAUGE,
  SUCCESSES_GAUGE,
  TRANSITIONS_COUNTER,
} from './breaker-gauges.ts';
import type { BreakerSource } from './breaker-source.ts';
import { CollectorFaults } from './collector-faults.ts';
import { pulledCounter } from './pulled-counter.ts';
import { type MetricText, pulledGauge } from './pulled-gauge.ts';
import {
  assertUnclaimed,
  isRegistered,
  type MetricsRegistry,
  type NamedMetric,
  unregister,
} from './registry.ts';

type BreakerGauge = readonly [text: MetricText, measure: (breaker: CircuitBreaker) => number | undefined];

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
  readonly #faults: CollectorFaults;
  readonly #sources = new Set<BreakerSource>();
  readonly #metrics: readonly NamedMetric[];

  /** The family of this registry, a new one if there is none or somebody has cleared the registry. */
  static of(registry: MetricsRegistry): BreakerFamily {
    const known = BreakerFamily.find(registry);
    if (known !== undefined) return known;
    const family = new BreakerFamily(registry);
    families.set(registry, family);
    return family;
  }

  /** The family that this registry shows. */
  static find(registry: MetricsRegistry): BreakerFamily | undefined {
    const known = families.get(registry);
    return known?.isRegistered ? known : undefined;
  }

  private constructor(registry: MetricsRegistry) {
    const texts = [...BREAKER_GAUGES.map(([text]) => text), TRANSITIONS_COUNTER, REJECTIONS_COUNTER];
    assertUnclaimed(
      registry,
      texts.map(({ name }) => name),
    );
    this.#registry = registry;
    this.#faults = CollectorFaults.of(registry);
    this.#metrics = [
      ...BREAKER_GAUGES.map((gauge) => this.#pull(gauge)),
      this.#countTransitions(),
      this.#countRejections(),
    ];
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

  /** Of this breaker; nothing where it is not shown here. */
  countRejections(breaker: CircuitBreaker, count: number): void {
    for (const source of this.#sources) if (source.find() === breaker) source.rejections += count;
  }

  #pull([text, measure]: BreakerGauge): NamedMetric {
    return pulledGauge(this.#registry, text, ['name'], () =>
      [...this.#sources].map((source) => {
        const breaker = source.find();
        const value = breaker === undefined ? undefined : this.#faults.attempt(() => measure(breaker));
        return { labels: source.labels, value };
      }),
    );
  }

  #countTransitions(): NamedMetric {
    return pulledCounter(this.#registry, TRANSITIONS_COUNTER, ['name', 'from', 'to'], () =>
      [...this.#sources].flatMap((source) => {
        // Reading the state lets happen what is due by the clock, which may be one more change.
        this.#faults.attempt(() => source.find()?.state);
        const { labels, tally } = source;
        return tally.counts.map(({ from, to, count }) => ({ labels: { ...labels, from, to }, value: count }));
      }),
    );
  }

  #countRejections(): NamedMetric {
    return pulledCounter(this.#registry, REJECTIONS_COUNTER, ['name'], () =>
      [...this.#sources].map(({ labels, rejections }) => ({ labels, value: rejections })),
    );
  }
}
