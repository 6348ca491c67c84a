import { Counter, Histogram } from 'prom-client';
import type { SubmissionOutcome } from '../executor/executor-events.ts';
import type { TreasuryExecutor } from '../executor/types.ts';
import { BreakerFamily } from './breaker-family.ts';
import type { MetricText } from './pulled-gauge.ts';
import type { MetricsRegistry, NamedMetric } from './registry.ts';

const SUBMISSIONS: MetricText = {
  name: 'treasury_submissions_total',
  help: 'Submissions that ended, by what the breaker was told: success (the node has it), failure (it may have reached the chain or not), cancelled (refused, and no verdict on the node)',
};
const SUBMIT_DURATION: MetricText = {
  name: 'treasury_submit_duration_seconds',
  help: 'How long a submission took, from the permit to the answer of the node or the time-out',
};
const TICK_DURATION: MetricText = {
  name: 'treasury_executor_tick_duration_seconds',
  help: 'How long a tick took, refused, standby and fatal ones too',
};

export const EVENT_NAMES = [SUBMISSIONS, SUBMIT_DURATION, TICK_DURATION].map(({ name }) => name);

const OUTCOMES: readonly SubmissionOutcome[] = ['success', 'failure', 'cancelled'];

/** From a node on this machine to the executor's own time-out. Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What an executor tells as it happens: two histograms, the outcomes, and what its breaker refused. */
export function executorEventMetrics(
  registry: MetricsRegistry,
  executor: Pick<TreasuryExecutor, 'on' | 'circuitBreaker'>,
): { readonly metrics: readonly NamedMetric[]; readonly stopListening: () => void } {
  const registers = [registry];
  const submissions = new Counter({ ...SUBMISSIONS, labelNames: ['outcome'], registers });
  const submitDuration = new Histogram({ ...SUBMIT_DURATION, buckets: BUCKETS, registers });
  const tickDuration = new Histogram({ ...TICK_DURATION, buckets: BUCKETS, registers });
  for (const outcome of OUTCOMES) submissions.inc({ outcome }, 0);
  const stops = [
    executor.on('submissionEnded', ({ outcome, durationMs }) => {
      submissions.inc({ outcome });
      submitDuration.observe(durationMs / 1000);
    }),
    executor.on('tickEnded', ({ durationMs, tally }) => {
      tickDuration.observe(durationMs / 1000);
      const { circuitBreaker } = executor;
      if (tally.refused > 0 && circuitBreaker !== undefined)
        BreakerFamily.find(registry)?.countRejections(circuitBreaker, tally.refused);
    }),
  ];
  return {
    metrics: [
      [SUBMISSIONS.name, submissions],
      [SUBMIT_DURATION.name, submitDuration],
      [TICK_DURATION.name, tickDuration],
    ],
    stopListening: () => {
      for (const stop of stops) stop();
    },
  };
}
