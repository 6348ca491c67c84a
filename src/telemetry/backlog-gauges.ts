import { DISBURSEMENT_STATUSES } from '../../machines/index.ts';
import { systemClock } from '../clock.ts';
import { withDeadline } from '../executor/with-deadline.ts';
import { singleFlight } from '../single-flight.ts';
import type { Store, Tally } from '../store/store.ts';
import type { CollectorFaults } from './collector-faults.ts';
import { type MetricText, pulledGauge, type Sample } from './pulled-gauge.ts';
import type { MetricsRegistry, NamedMetric } from './registry.ts';

const ROWS: MetricText = { name: 'treasury_disbursements', help: 'Disbursements of the store, by status' };
const AMOUNTS: MetricText = {
  name: 'treasury_disbursements_base_units',
  help: 'Sum of the amounts of the disbursements, by status, in base units',
};
const OLDEST: MetricText = {
  name: 'treasury_oldest_pending_timestamp_seconds',
  help: 'Since when the oldest disbursement is due that is not settled and waits for no other, in seconds since the epoch; absent when there is none',
};

export const BACKLOG_NAMES = [ROWS, AMOUNTS, OLDEST].map(({ name }) => name);

/** A scrape that takes longer than this goes without what the store would have said. */
const STORE_TIMEOUT_MS = 1_000;

/**
 * What the store knows, read at each scrape: once for all of these, however many scrapes there are at once. A store that
 * does not answer costs these values only.
 */
export function backlogGauges(
  registry: MetricsRegistry,
  faults: CollectorFaults,
  store: () => Pick<Store, 'backlog'>,
): readonly NamedMetric[] {
  const read = singleFlight(() =>
    faults.attemptLater(() =>
      withDeadline(() => store().backlog(), {
        clock: systemClock,
        timeoutMs: STORE_TIMEOUT_MS,
        signal: new AbortController().signal,
        onTimeout: () => new Error('the store did not answer in time'),
      }),
    ),
  );
  const ofEach = (measure: (tally: Tally) => number) => async (): Promise<readonly Sample[]> => {
    const byStatus = (await read())?.byStatus;
    if (byStatus === undefined) return [];
    return DISBURSEMENT_STATUSES.map((status) => ({ labels: { status }, value: measure(byStatus[status]) }));
  };
  return [
    pulledGauge(
      registry,
      ROWS,
      ['status'],
      ofEach(({ rows }) => rows),
    ),
    pulledGauge(
      registry,
      AMOUNTS,
      ['status'],
      ofEach(({ amount }) => Number(amount)),
    ),
    pulledGauge(registry, OLDEST, [], async () => {
      const since = (await read())?.oldestPendingAt;
      return [{ labels: {}, value: since === undefined ? undefined : since / 1000 }];
    }),
  ];
}
