import { type Command, Option } from 'commander';
import { type CircuitBreakerConfig, DEFAULT_POLICY } from '../../machines/policy.ts';
import { parseDuration, parseNumberWithin, parsePositiveInteger } from './options.ts';

const parseFactor = parseNumberWithin('a number of at least 1', (value) => value >= 1);
const parseJitter = parseNumberWithin('a number from 0 to below 1', (value) => value < 1);

const { openBackoff } = DEFAULT_POLICY;

/** One flag for each field of the breaker's policy: flag, parser, what it does, default. */
const POLICY_FLAGS: readonly (readonly [string, (text: string) => number, string, string | number])[] = [
  [
    '--failure-threshold <count>',
    parsePositiveInteger,
    'failures in a row, none older than the window, that open the breaker',
    DEFAULT_POLICY.failureThreshold,
  ],
  [
    '--success-threshold <count>',
    parsePositiveInteger,
    'successes in HALF_OPEN that close it',
    DEFAULT_POLICY.successThreshold,
  ],
  ['--open-timeout <time>', parseDuration, 'how long OPEN lasts', seconds(DEFAULT_POLICY.openTimeoutMs)],
  [
    '--failure-window <time>',
    parseDuration,
    'how long one failure counts',
    seconds(DEFAULT_POLICY.failureWindowMs),
  ],
  [
    '--half-open-max-probes <count>',
    parsePositiveInteger,
    'probes out at once in HALF_OPEN',
    DEFAULT_POLICY.halfOpenMaxProbes,
  ],
  [
    '--probe-timeout <time>',
    parseDuration,
    'a probe without a verdict counts as a failure after this',
    seconds(DEFAULT_POLICY.probeTimeoutMs),
  ],
  [
    '--open-backoff-factor <number>',
    parseFactor,
    'each opening without a recovery lasts so many times longer than the one before',
    openBackoff.factor,
  ],
  ['--open-backoff-max <time>', parseDuration, 'upper end of the time in OPEN', seconds(openBackoff.maxMs)],
  [
    '--open-backoff-jitter <part>',
    parseJitter,
    'part of the time in OPEN by which it is made longer or shorter at random',
    openBackoff.jitter,
  ],
];

function seconds(ms: number): string {
  return `${ms / 1000}s`;
}

/** What commander hands to the action of a command with policy flags. */
export interface PolicyOptions {
  readonly failureThreshold?: number;
  readonly successThreshold?: number;
  readonly openTimeout?: number;
  readonly failureWindow?: number;
  readonly halfOpenMaxProbes?: number;
  readonly probeTimeout?: number;
  readonly openBackoffFactor?: number;
  readonly openBackoffMax?: number;
  readonly openBackoffJitter?: number;
}

/**
 * Adds a flag for every field of the breaker's policy.
 *
 * @param defaults what help tells of a command that has another default, by the flag
 */
export function addPolicyOptions(command: Command, defaults: Readonly<Record<string, string>> = {}): Command {
  for (const [flag, parse, description, fallback] of POLICY_FLAGS) {
    const [name = ''] = flag.split(' ');
    command.addOption(
      new Option(flag, `${description} (default: ${defaults[name] ?? fallback})`).argParser(parse),
    );
  }
  return command;
}

type Defined<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> };

function defined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<Value>;
}

/** The policy that the flags ask for; what no flag names is left to the defaults. */
export function policyFrom(options: PolicyOptions): CircuitBreakerConfig {
  const backoff = defined({
    factor: options.openBackoffFactor,
    maxMs: options.openBackoffMax,
    jitter: options.openBackoffJitter,
  });
  return defined({
    failureThreshold: options.failureThreshold,
    successThreshold: options.successThreshold,
    openTimeoutMs: options.openTimeout,
    failureWindowMs: options.failureWindow,
    halfOpenMaxProbes: options.halfOpenMaxProbes,
    probeTimeoutMs: options.probeTimeout,
    openBackoff: Object.keys(backoff).length > 0 ? backoff : undefined,
  });
}
