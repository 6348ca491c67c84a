import type { MetricText } from './pulled-gauge.ts';

/** The original's three gauges. Services push them, or they are pulled: the same names and texts for both. */
export const STATE_GAUGE: MetricText = {
  name: 'treasury_circuit_breaker_state',
  help: 'State of the circuit breaker: 0 CLOSED, 1 OPEN or ISOLATED, 2 HALF_OPEN',
};
export const FAILURES_GAUGE: MetricText = {
  name: 'treasury_circuit_breaker_failures',
  help: 'Failures in a row that count towards opening; outside CLOSED, as they stood when it opened',
};
export const SUCCESSES_GAUGE: MetricText = {
  name: 'treasury_circuit_breaker_successes',
  help: 'Successes that count towards closing; 0 outside HALF_OPEN',
};

export const ISOLATED_GAUGE: MetricText = {
  name: 'treasury_circuit_breaker_isolated',
  help: '1 while an operator keeps the circuit breaker from admitting anything',
};
export const OPEN_REMAINING_GAUGE: MetricText = {
  name: 'treasury_circuit_breaker_open_remaining_seconds',
  help: 'Seconds until OPEN becomes HALF_OPEN; 0 in every other state, ISOLATED (which has no end) too',
};

export const TRANSITIONS_COUNTER: MetricText = {
  name: 'treasury_circuit_breaker_transitions_total',
  help: 'Changes of state of the circuit breaker since the process started',
};
export const REJECTIONS_COUNTER: MetricText = {
  name: 'treasury_circuit_breaker_rejections_total',
  help: 'How often the circuit breaker refused: calls, and ticks of an executor that had something to send',
};
