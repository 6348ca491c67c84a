import type { CircuitBreakerPolicy } from '../../../machines/index.ts';

/** What opens a breaker of this policy. */
export const openingTitle = ({ failureThreshold }: CircuitBreakerPolicy): string =>
  failureThreshold === 1
    ? 'the first failure opens the breaker'
    : `${failureThreshold} failures in a row open the breaker`;

/** How many probes there may be. */
export const probingTitle = ({ halfOpenMaxProbes }: CircuitBreakerPolicy): string =>
  halfOpenMaxProbes === 1
    ? 'HALF_OPEN: one probe at a time'
    : `HALF_OPEN: at most ${halfOpenMaxProbes} probes at once`;

/** What closes it. */
export const closingTitle = ({ successThreshold }: CircuitBreakerPolicy): string =>
  successThreshold === 1 ? 'the first success closes it' : `${successThreshold} successes close it`;
