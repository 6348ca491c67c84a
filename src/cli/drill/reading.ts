import type { CircuitState } from '../../../machines/index.ts';
import type { MetricsPage } from '../metrics-page.ts';

/** `GET /api/breaker`. */
export interface BreakerView {
  readonly state: CircuitState;
  readonly stateCode: number;
  readonly failures: number;
  readonly successes: number;
  readonly generation: number;
  /** `null`: never by itself. */
  readonly retryAfterMs: number | null;
  /** Epoch milliseconds; `null` before the first change. */
  readonly changedAt: number | null;
}

type Change = `${CircuitState}>${CircuitState}`;

/** What an executor shows of itself at one moment, by `/metrics` and `/api/breaker`. `undefined`: not on the page. */
export interface Reading {
  readonly breaker: BreakerView;
  readonly state: number | undefined;
  readonly failures: number | undefined;
  readonly successes: number | undefined;
  readonly isolated: number | undefined;
  readonly openRemainingSeconds: number | undefined;
  /** Changes of the breaker's state so far. */
  readonly transitions: Readonly<Partial<Record<Change, number>>>;
  /** How often the breaker has refused so far. */
  readonly rejections: number | undefined;
  /** Submissions that have ended so far, by outcome. */
  readonly submissions: Readonly<Record<string, number>> | undefined;
  /** When the last tick ended; epoch milliseconds. */
  readonly lastTickAt: number | undefined;
  readonly leaseHeld: number | undefined;
  /** Payments with signed bytes that are not mined. */
  readonly stagedIntents: number | undefined;
  readonly unknownOutcomes: number | undefined;
  /** Rows of the store, by status. */
  readonly disbursements: Readonly<Record<string, number>> | undefined;
}

/** Written out: a drill that shared the names with the code that it judges would not notice that one has changed. */
export const METRIC = {
  state: 'treasury_circuit_breaker_state',
  failures: 'treasury_circuit_breaker_failures',
  successes: 'treasury_circuit_breaker_successes',
  isolated: 'treasury_circuit_breaker_isolated',
  openRemaining: 'treasury_circuit_breaker_open_remaining_seconds',
  transitions: 'treasury_circuit_breaker_transitions_total',
  rejections: 'treasury_circuit_breaker_rejections_total',
  submissions: 'treasury_submissions_total',
  lastTick: 'treasury_executor_last_tick_timestamp_seconds',
  leaseHeld: 'treasury_executor_lease_held',
  stagedIntents: 'treasury_executor_staged_intents',
  unknownOutcomes: 'treasury_executor_unknown_outcomes',
  disbursements: 'treasury_disbursements',
} as const;

const STATES: readonly CircuitState[] = ['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED'];

function transitionsOn(page: MetricsPage): Reading['transitions'] {
  const changes = STATES.flatMap((from) => STATES.map((to) => ({ from, to })));
  return Object.fromEntries(
    changes.map(({ from, to }) => [`${from}>${to}`, page.value(METRIC.transitions, { from, to }) ?? 0]),
  );
}

/** Puts the two pages of one moment together. */
export function readingOf(page: MetricsPage, breaker: BreakerView): Reading {
  const lastTick = page.value(METRIC.lastTick);
  return {
    breaker,
    state: page.value(METRIC.state),
    failures: page.value(METRIC.failures),
    successes: page.value(METRIC.successes),
    isolated: page.value(METRIC.isolated),
    openRemainingSeconds: page.value(METRIC.openRemaining),
    transitions: transitionsOn(page),
    rejections: page.value(METRIC.rejections),
    submissions: page.by('outcome', METRIC.submissions),
    lastTickAt: lastTick === undefined ? undefined : Math.round(lastTick * 1000),
    leaseHeld: page.value(METRIC.leaseHeld),
    stagedIntents: page.value(METRIC.stagedIntents),
    unknownOutcomes: page.value(METRIC.unknownOutcomes),
    disbursements: page.by('status', METRIC.disbursements),
  };
}

/** What `/api/breaker` answered, or `undefined` when it is no answer of a treasury. */
export function readBreakerView(answer: unknown): BreakerView | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const view = answer as Record<keyof BreakerView, unknown>;
  const counts = [view.stateCode, view.failures, view.successes, view.generation];
  const isWhole =
    STATES.some((state) => state === view.state) &&
    counts.every(Number.isSafeInteger) &&
    [view.retryAfterMs, view.changedAt].every((each) => each === null || Number.isFinite(each));
  return isWhole ? (view as BreakerView) : undefined;
}

/** How often the breaker has gone from one state to another so far. */
export const changesOf = ({ transitions }: Reading, from: CircuitState, to: CircuitState): number =>
  transitions[`${from}>${to}`] ?? 0;

/** Submissions that have ended so far, whatever came of them; `undefined` when they are not on the page. */
export const submissionsOf = ({ submissions }: Reading): number | undefined =>
  submissions && Object.values(submissions).reduce((sum, count) => sum + count, 0);

/** Due or not: rows that are neither paid nor given up; `undefined` when they are not on the page. */
export function pendingOf({ disbursements }: Reading): number | undefined {
  if (disbursements === undefined) return undefined;
  const { queued = 0, staged = 0, submitted = 0 } = disbursements;
  return queued + staged + submitted;
}

/** A tick has ended since the breaker changed last: of what was out then, all is counted. */
export const isSettled = ({ breaker, lastTickAt }: Reading): boolean =>
  lastTickAt !== undefined && lastTickAt > (breaker.changedAt ?? 0);

/** A reading that has to be there. */
export function seen(reading: Reading | undefined): Reading {
  if (reading === undefined) throw new Error('the executor has no breaker yet: has a tick ended?');
  return reading;
}
