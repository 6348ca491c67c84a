import { expect, test } from 'vitest';
import { changesOf, readBreakerView, readingOf, submissionsOf } from '../../../src/cli/drill/reading.ts';
import { MetricsPage } from '../../../src/cli/metrics-page.ts';

const PAGE = `# HELP treasury_circuit_breaker_state State of the circuit breaker
# TYPE treasury_circuit_breaker_state gauge
treasury_circuit_breaker_state 1
treasury_circuit_breaker_failures 5
treasury_circuit_breaker_successes 0
treasury_circuit_breaker_isolated 0
treasury_circuit_breaker_open_remaining_seconds 2.931
treasury_circuit_breaker_rejections_total 7

treasury_circuit_breaker_transitions_total{from="CLOSED",to="OPEN"} 1
treasury_circuit_breaker_transitions_total{to="HALF_OPEN",from="OPEN"} 2
treasury_circuit_breaker_transitions_total{name="other",from="CLOSED",to="OPEN"} 9
treasury_submissions_total{outcome="success"} 20
treasury_submissions_total{outcome="failure"} 5
treasury_executor_last_tick_timestamp_seconds 1764000000.123
treasury_executor_lease_held 1
treasury_executor_staged_intents 3
treasury_executor_unknown_outcomes 2
treasury_disbursements{status="queued"} 30
`;

const view = {
  state: 'OPEN',
  stateCode: 1,
  failures: 5,
  successes: 0,
  generation: 3,
  retryAfterMs: 2931,
  changedAt: 1764000000000,
};

test('page and breaker together are a reading', () => {
  const breaker = readBreakerView(view);
  if (breaker === undefined) throw new Error('it is one');
  const reading = readingOf(new MetricsPage(PAGE), breaker);
  expect(reading).toMatchObject({
    breaker: view,
    state: 1,
    failures: 5,
    successes: 0,
    isolated: 0,
    openRemainingSeconds: 2.931,
    rejections: 7,
    submissions: { success: 20, failure: 5 },
    lastTickAt: 1764000000123,
    leaseHeld: 1,
    stagedIntents: 3,
    unknownOutcomes: 2,
    disbursements: { queued: 30 },
  });
  expect(changesOf(reading, 'CLOSED', 'OPEN')).toBe(1);
  expect(changesOf(reading, 'OPEN', 'HALF_OPEN')).toBe(2);
  expect(changesOf(reading, 'HALF_OPEN', 'CLOSED')).toBe(0);
  expect(submissionsOf(reading)).toBe(25);
});

test.each([
  [null],
  ['OPEN'],
  [{}],
  [{ ...view, state: 'AJAR' }],
  [{ ...view, failures: '5' }],
  [{ ...view, generation: 1.5 }],
  [{ ...view, retryAfterMs: undefined }],
  [{ ...view, changedAt: 'now' }],
])('%j is no breaker', (answer) => expect(readBreakerView(answer)).toBeUndefined());
