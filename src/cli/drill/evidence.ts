import type { Quiet } from './judge-breaker.ts';
import { METRIC, type Reading } from './reading.ts';
import type { Evidence } from './steps.ts';

/** The breaker by its gauges, and by `/api/breaker`. */
export const breakerEvidence = ({ breaker, state, failures, successes }: Reading): Evidence => ({
  [METRIC.state]: state ?? null,
  [METRIC.failures]: failures ?? null,
  [METRIC.successes]: successes ?? null,
  '/api/breaker': breaker.state,
  ...(breaker.state === 'OPEN' && { retryAfterMs: breaker.retryAfterMs && Math.round(breaker.retryAfterMs) }),
});

/** Submissions that have ended so far, by outcome. */
export const submissionEvidence = ({ submissions }: Reading): Evidence => ({
  [METRIC.submissions]: submissions ?? null,
});

/** What an executor did while it was OPEN. */
export const quietEvidence = ({ ticks, submissions, rejections }: Quiet): Evidence => ({
  'ticks while OPEN': ticks,
  'submissions in them': submissions ?? null,
  'rejections in them': rejections ?? null,
});

/** Changes of the breaker's state between two readings, as far as there were any. */
export function changeEvidence(before: Reading, now: Reading): Evidence {
  const changes = Object.entries(now.transitions).map(([change, count]) => {
    const earlier = before.transitions[change as keyof Reading['transitions']] ?? 0;
    return [change.replace('>', ' -> '), count - earlier] as const;
  });
  return Object.fromEntries(changes.filter(([, count]) => count > 0));
}

/** Rows of the store, by those statuses that have any. */
export const rowEvidence = (counts: Readonly<Record<string, number>>): Evidence => ({
  rows: Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
});

/** Payments whose last submission may or may not have reached the chain. */
export const doubtEvidence = (reading: Reading | undefined): Evidence => ({
  [METRIC.unknownOutcomes]: reading?.unknownOutcomes ?? null,
});
