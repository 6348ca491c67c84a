import { type CircuitBreakerPolicy, DEFAULT_POLICY } from '../../../machines/policy.ts';
import { type Finding, warning } from './check.ts';
import { seconds } from './texts.ts';

/** Beyond these a breaker guards little. The original was approved with 5 failures, 60 s and 2 successes. */
const LIMITS = {
  fewestFailures: 2,
  mostFailures: 20,
  shortestOpenMs: 10_000,
  /** Failures of an RPC that hangs come so far apart: the executor's limit of one submission. */
  shortestWindowMs: 30_000,
} as const;

/** What makes this breaker weaker than the one that was approved. */
export function judgePolicy(policy: CircuitBreakerPolicy): readonly Finding[] {
  const { failureThreshold: failures, openTimeoutMs, failureWindowMs } = policy;
  const usual = DEFAULT_POLICY;
  const problems: Finding[] = [];
  if (failures < LIMITS.fewestFailures) {
    problems.push(
      warning(
        `--failure-threshold ${failures}: one failed request stops every payment for ${seconds(openTimeoutMs)}`,
        `take 3 or more; the default is ${usual.failureThreshold}`,
      ),
    );
  }
  if (failures > LIMITS.mostFailures) {
    problems.push(
      warning(
        `--failure-threshold ${failures}: so many submissions go to an RPC that fails before the breaker opens`,
        `take 10 or less; the default is ${usual.failureThreshold}`,
      ),
    );
  }
  if (openTimeoutMs < LIMITS.shortestOpenMs) {
    problems.push(
      warning(
        `--open-timeout ${seconds(openTimeoutMs)}: an RPC that is down is asked again before it can have recovered`,
        `take 30s or more; the default is ${seconds(usual.openTimeoutMs)}`,
      ),
    );
  }
  if (failureWindowMs <= LIMITS.shortestWindowMs) {
    problems.push(
      warning(
        `--failure-window ${seconds(failureWindowMs)}: a failure of an RPC that hangs is forgotten before the next one`,
        `take several minutes; the default is ${seconds(usual.failureWindowMs)}`,
      ),
    );
  }
  return problems;
}

/** The breaker in words, with every setting that is not the default. */
export function describePolicy({ openBackoff, ...policy }: CircuitBreakerPolicy): string {
  const { failureThreshold, openTimeoutMs, successThreshold } = policy;
  const { openBackoff: usualBackoff, ...usual } = DEFAULT_POLICY;
  const changed = [
    ...differences(policy, usual),
    ...differences(openBackoff, usualBackoff).map((text) => `openBackoff.${text}`),
  ];
  const summary = `breaker ${failureThreshold} failures, ${seconds(openTimeoutMs)} open, ${successThreshold} successes`;
  return changed.length === 0 ? summary : `${summary} (not the default: ${changed.join(', ')})`;
}

const differences = <Settings extends object>(settings: Settings, usual: Settings): string[] =>
  (Object.keys(settings) as (keyof Settings & string)[])
    .filter((name) => settings[name] !== usual[name])
    .map((name) => `${name} ${settings[name]}`);
