import type { Problems } from './judge-breaker.ts';
import { METRIC, pendingOf, type Reading } from './reading.ts';

const rowsOf = ({ disbursements }: Reading, ...statuses: readonly string[]): number | undefined =>
  disbursements && statuses.reduce((sum, status) => sum + (disbursements[status] ?? 0), 0);

/** What must not be more than it was before: each with its name. */
const MEASURES: readonly (readonly [name: string, measure: (reading: Reading) => number | undefined])[] = [
  ['the number of rows that are queued, staged or submitted', pendingOf],
  [METRIC.stagedIntents, ({ stagedIntents }) => stagedIntents],
  [METRIC.unknownOutcomes, ({ unknownOutcomes }) => unknownOutcomes],
  [`${METRIC.disbursements}{status="cancelled"}`, (reading) => rowsOf(reading, 'cancelled')],
  [`${METRIC.disbursements}{status="deadLetter"}`, (reading) => rowsOf(reading, 'deadLetter')],
];

/**
 * What the outage held up is paid: nothing more is pending, in doubt or given up than before, and at least as many are
 * paid as were out when it opened. (The lowest nonces are mined first: these are the same payments.)
 */
export function judgeBacklog(before: Reading, opened: Reading, now: Reading): Problems {
  const out = rowsOf(opened, 'staged', 'submitted');
  const paid = (rowsOf(now, 'executed', 'finalized') ?? 0) - (rowsOf(opened, 'executed', 'finalized') ?? 0);
  return [
    ...MEASURES.flatMap(([name, measure]) => {
      const [was, is] = [measure(before), measure(now)];
      if (was === undefined || is === undefined) return [`${name} is absent`];
      return is > was ? [`${name} is ${is}, and was ${was} before the drill`] : [];
    }),
    ...(out !== undefined && paid < out
      ? [`${paid} payments were paid since it opened, and ${out} were staged or submitted then`]
      : []),
  ];
}
