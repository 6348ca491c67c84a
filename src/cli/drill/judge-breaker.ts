import type { CircuitBreakerPolicy, CircuitState } from '../../../machines/index.ts';
import { changesOf, isSettled, METRIC, type Reading, submissionsOf } from './reading.ts';

/** What is wrong, each in one line; none when all is as it should be. */
export type Problems = readonly string[];

const shown = (value: number | string | undefined | null): string => `${value ?? 'absent'}`;

/** One problem when two values differ. */
export const expectSame = (
  name: string,
  actual: number | string | undefined | null,
  expected: number | string | undefined | null,
): Problems => (actual === expected ? [] : [`${name} is ${shown(actual)}, expected ${shown(expected)}`]);

/** In another state nothing else is as it should be either: what is wrong then is the state alone. */
const inState = ({ breaker }: Reading, state: CircuitState, judge: () => Problems): Problems => {
  const problems = expectSame('the state at /api/breaker', breaker.state, state);
  return problems.length > 0 ? problems : judge();
};

const expectChanges = (
  before: Reading,
  now: Reading,
  from: CircuitState,
  to: CircuitState,
  expected: number,
): Problems =>
  expectSame(
    `the number of changes ${from} -> ${to}`,
    changesOf(now, from, to) - changesOf(before, from, to),
    expected,
  );

/** The gauges tell the same as `/api/breaker`. */
export function judgeAgreement(reading: Reading): Problems {
  const { breaker, openRemainingSeconds } = reading;
  const agree = (name: string, gauge: number | undefined, there: number): Problems =>
    gauge === there ? [] : [`${name} is ${shown(gauge)}, but /api/breaker tells ${there}`];
  const isCounting = (openRemainingSeconds ?? 0) > 0;
  return [
    ...agree(METRIC.state, reading.state, breaker.stateCode),
    ...agree(METRIC.failures, reading.failures, breaker.failures),
    ...agree(METRIC.successes, reading.successes, breaker.successes),
    ...agree(METRIC.isolated, reading.isolated, breaker.state === 'ISOLATED' ? 1 : 0),
    ...(isCounting && breaker.state !== 'OPEN'
      ? [`${METRIC.openRemaining} is ${openRemainingSeconds} in ${breaker.state}`]
      : []),
  ];
}

/** It is CLOSED. */
export const judgeClosed = (reading: Reading): Problems =>
  inState(reading, 'CLOSED', () => judgeAgreement(reading));

/** It is CLOSED, and nothing counts against it. */
export const judgeHealthy = (reading: Reading): Problems =>
  inState(reading, 'CLOSED', () => [
    ...judgeAgreement(reading),
    ...expectSame(METRIC.failures, reading.failures, 0),
    ...expectSame(METRIC.successes, reading.successes, 0),
  ]);

/** The longest that OPEN can last under a policy, however often recovery has failed. */
const longestOpenMs = ({ openTimeoutMs, openBackoff }: CircuitBreakerPolicy): number =>
  openBackoff.factor === 1 && openBackoff.jitter === 0
    ? openTimeoutMs
    : Math.max(openTimeoutMs, openBackoff.maxMs);

function judgeOpen(now: Reading, policy: CircuitBreakerPolicy): Problems {
  const { retryAfterMs } = now.breaker;
  const longest = longestOpenMs(policy);
  const isCounting = retryAfterMs !== null && retryAfterMs > 0 && retryAfterMs <= longest;
  return [
    ...judgeAgreement(now),
    ...expectSame(METRIC.successes, now.successes, 0),
    ...((now.openRemainingSeconds ?? 0) > 0
      ? []
      : [`${METRIC.openRemaining} is ${shown(now.openRemainingSeconds)}, expected more than 0`]),
    ...(isCounting
      ? []
      : [`retryAfterMs at /api/breaker is ${retryAfterMs}, expected more than 0 and at most ${longest}`]),
  ];
}

/** It went from CLOSED to OPEN, once, with the number of failures that the policy names. */
export const judgeOpening = (before: Reading, now: Reading, policy: CircuitBreakerPolicy): Problems =>
  inState(now, 'OPEN', () => [
    ...judgeOpen(now, policy),
    ...expectSame(METRIC.failures, now.failures, policy.failureThreshold),
    ...expectChanges(before, now, 'CLOSED', 'OPEN', 1),
  ]);

/** The readings of each OPEN state, from the end of the tick on in which it was entered: what was out then is counted. */
export function openErasOf(readings: readonly Reading[]): readonly (readonly Reading[])[] {
  const open = readings.filter((reading) => reading.breaker.state === 'OPEN' && isSettled(reading));
  return [...Map.groupBy(open, ({ breaker }) => breaker.generation).values()];
}

/** What the readings of one OPEN state show. */
export interface Quiet {
  /** Ticks that ended between the first and the last of them. */
  readonly ticks: number;
  readonly submissions: number | undefined;
  readonly rejections: number | undefined;
}

const difference = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : b - a;

/** What the executor did in one OPEN state, from its first reading to its last. */
export function quietOf(era: readonly Reading[]): Quiet {
  const [first] = era;
  const last = era.at(-1);
  if (first === undefined || last === undefined) {
    return { ticks: 0, submissions: undefined, rejections: undefined };
  }
  return {
    ticks: new Set(era.map(({ lastTickAt }) => lastTickAt)).size - 1,
    submissions: difference(submissionsOf(first), submissionsOf(last)),
    rejections: difference(first.rejections, last.rejections),
  };
}

/** Ticks came and went while it was OPEN: each was refused, and nothing was submitted. */
export function judgeQuiet({ ticks, submissions, rejections }: Quiet): Problems {
  if (ticks < 1) return ['no tick ended while the breaker was OPEN: give it more time with --open-timeout'];
  return [
    ...expectSame(`the rise of ${METRIC.submissions} while OPEN`, submissions, 0),
    ...((rejections ?? 0) > 0 ? [] : [`${METRIC.rejections} did not rise although ticks were refused`]),
  ];
}

/** At least so many payments are known to be in doubt. */
export const judgeDoubt = ({ unknownOutcomes }: Reading, least: number): Problems =>
  unknownOutcomes !== undefined && unknownOutcomes >= least
    ? []
    : [
        `${METRIC.unknownOutcomes} is ${shown(unknownOutcomes)}, expected at least ${least}: replies were lost`,
      ];

/** How often it became HALF_OPEN between two readings. */
const halfOpeningsOf = (before: Reading, now: Reading): number =>
  changesOf(now, 'OPEN', 'HALF_OPEN') - changesOf(before, 'OPEN', 'HALF_OPEN');

/** The probes met an RPC that is still broken, and each time it was OPEN again. */
export function judgeReopening(before: Reading, now: Reading, policy: CircuitBreakerPolicy): Problems {
  const halfOpened = halfOpeningsOf(before, now);
  const probes = difference(submissionsOf(before), submissionsOf(now));
  const most = halfOpened * policy.halfOpenMaxProbes;
  return inState(now, 'OPEN', () => [
    ...judgeOpen(now, policy),
    ...(halfOpened < 1 ? ['it never became HALF_OPEN'] : []),
    ...expectChanges(before, now, 'HALF_OPEN', 'OPEN', halfOpened),
    ...expectChanges(before, now, 'HALF_OPEN', 'CLOSED', 0),
    ...(probes === undefined || probes > most
      ? [
          `the rise of ${METRIC.submissions} is ${shown(probes)}, expected at most ${most}: one round of probes`,
        ]
      : []),
  ]);
}

/** A change is told a little after it on a busy machine: by a twentieth of the time in OPEN, at most this. Milliseconds. */
const TOLD_WITHIN_MS = 100;

/** A further opening gets all of its time, by the policy: `retryAfterMs` as it was told with the change itself. */
export function judgeFreshDeadline(
  retryAfterMs: number,
  { openTimeoutMs, openBackoff }: CircuitBreakerPolicy,
): Problems {
  const longest = Math.max(openBackoff.maxMs, openTimeoutMs);
  const least = Math.min(openTimeoutMs * openBackoff.factor * (1 - openBackoff.jitter), longest);
  return retryAfterMs >= least - Math.min(least / 20, TOLD_WITHIN_MS)
    ? []
    : [`the new time in OPEN is ${retryAfterMs} ms, expected at least ${least}`];
}

/** It went by HALF_OPEN to CLOSED, once. */
export function judgeRecovery(before: Reading, now: Reading): Problems {
  const halfOpened = halfOpeningsOf(before, now);
  return inState(now, 'CLOSED', () => [
    ...judgeHealthy(now),
    ...(halfOpened < 1 ? ['it never became HALF_OPEN'] : []),
    ...expectChanges(before, now, 'HALF_OPEN', 'CLOSED', 1),
    ...expectChanges(before, now, 'HALF_OPEN', 'OPEN', Math.max(0, halfOpened - 1)),
    ...expectChanges(before, now, 'OPEN', 'CLOSED', 0),
  ]);
}
