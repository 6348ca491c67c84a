import type { TreasuryExecutorSnapshot } from '../executor/types.ts';
import type { MetricText } from './pulled-gauge.ts';

type ExecutorGauge = readonly [
  text: MetricText,
  measure: (snapshot: TreasuryExecutorSnapshot) => number | undefined,
];

const seconds = (epochMs: number | undefined): number | undefined =>
  epochMs === undefined ? undefined : epochMs / 1000;

/** What is read from the executor's snapshot. */
export const EXECUTOR_GAUGES: readonly ExecutorGauge[] = [
  [
    {
      name: 'treasury_executor_lease_held',
      help: '1 while this executor holds the lease and pays; 0 on standby',
    },
    ({ leaseHeld }) => (leaseHeld ? 1 : 0),
  ],
  [
    {
      name: 'treasury_executor_last_tick_timestamp_seconds',
      help: 'When the last tick ended, in seconds since the epoch; absent before the first',
    },
    ({ lastTickAt }) => seconds(lastTickAt),
  ],
  [
    {
      name: 'treasury_executor_staged_intents',
      help: 'Payments with signed bytes that were not mined at the last look',
    },
    ({ unmined }) => unmined,
  ],
  [
    {
      name: 'treasury_executor_unknown_outcomes',
      help: 'Payments that may be on their way or not: no answer came, and no look-up has found them yet',
    },
    ({ unknownOutcomes }) => unknownOutcomes,
  ],
  [
    {
      name: 'treasury_executor_oldest_unknown_timestamp_seconds',
      help: 'Since when the oldest of them is unknown, in seconds since the epoch; absent when there is none',
    },
    ({ oldestUnknownAt }) => seconds(oldestUnknownAt),
  ],
];
