/** Longest delay that a timer can hold: from 2^31 ms on, JavaScript timers fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** How the time in OPEN grows while recovery fails. */
export interface OpenBackoff {
  /**
   * The n-th opening without a recovery between lasts `openTimeoutMs * factor^(n-1)`. At least 1.
   * @defaultValue 1 (every opening lasts the same)
   */
  readonly factor: number;
  /**
   * Upper end of the time in OPEN, jitter included, but never below `openTimeoutMs`. Milliseconds, 1 ... 2^31-1.
   * @defaultValue 600_000
   */
  readonly maxMs: number;
  /**
   * Part of the time by which each opening is made longer or shorter at random, so that many breakers do not probe
   * at once. 0 <= jitter < 1.
   * @defaultValue 0
   */
  readonly jitter: number;
}

/** All settings of a breaker, complete. */
export interface CircuitBreakerPolicy {
  /**
   * Failures in a row, none older than the window, that open it. Integer, at least 1.
   * A usual RPC spike is 1-3 failures. Flaky network: 10; strict: 3.
   * @defaultValue 5
   */
  readonly failureThreshold: number;
  /**
   * Successes in HALF_OPEN that close it. Integer, at least 1. 3 for more confidence, 1 for speed.
   * @defaultValue 2
   */
  readonly successThreshold: number;
  /**
   * How long OPEN lasts. Milliseconds, 1 ... 2^31-1. 120 s for slow services, 30 s for fast ones.
   * @defaultValue 60_000
   */
  readonly openTimeoutMs: number;
  /**
   * How long one failure counts. Milliseconds, 1 ... 2^31-1.
   * @defaultValue 300_000
   */
  readonly failureWindowMs: number;
  /**
   * Probes out at once in HALF_OPEN. Integer, at least 1.
   * @defaultValue 1
   */
  readonly halfOpenMaxProbes: number;
  /**
   * A probe that nobody settles counts as a failure after this. Milliseconds, 1 ... 2^31-1.
   * @defaultValue 30_000
   */
  readonly probeTimeoutMs: number;
  /** Growth of the time in OPEN; a partial object is filled from the defaults. */
  readonly openBackoff: OpenBackoff;
}

/** What a user gives: any part of the policy. */
export type CircuitBreakerConfig = Partial<Omit<CircuitBreakerPolicy, 'openBackoff'>> & {
  readonly openBackoff?: Partial<OpenBackoff>;
};

/** The policy of a breaker that is given none. */
export const DEFAULT_POLICY: CircuitBreakerPolicy = Object.freeze({
  failureThreshold: 5,
  successThreshold: 2,
  openTimeoutMs: 60_000,
  failureWindowMs: 300_000,
  halfOpenMaxProbes: 1,
  probeTimeoutMs: 30_000,
  openBackoff: Object.freeze({ factor: 1, maxMs: 600_000, jitter: 0 }),
});

interface Bound {
  readonly expected: string;
  readonly holds: (value: number) => boolean;
}

const count: Bound = {
  expected: 'an integer of at least 1',
  holds: (value) => Number.isSafeInteger(value) && value >= 1,
};
const delay: Bound = {
  expected: `milliseconds from 1 to ${MAX_DELAY_MS}`,
  holds: (value) => value >= 1 && value <= MAX_DELAY_MS,
};
const factor: Bound = {
  expected: 'a finite number of at least 1',
  holds: (value) => Number.isFinite(value) && value >= 1,
};
const jitter: Bound = {
  expected: 'a number from 0 to below 1',
  holds: (value) => value >= 0 && value < 1,
};

const POLICY_BOUNDS = {
  failureThreshold: count,
  successThreshold: count,
  openTimeoutMs: delay,
  failureWindowMs: delay,
  halfOpenMaxProbes: count,
  probeTimeoutMs: delay,
} as const satisfies Record<keyof Omit<CircuitBreakerPolicy, 'openBackoff'>, Bound>;

const BACKOFF_BOUNDS = { factor, maxMs: delay, jitter } as const satisfies Record<keyof OpenBackoff, Bound>;

function asFields(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} must be an object, got ${describe(value)}`);
  }
  return value as Record<string, unknown>;
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function checkNames(given: object, known: object, name: string): void {
  for (const field of Object.keys(given)) {
    if (!Object.hasOwn(known, field)) {
      throw new TypeError(`unknown field ${name}${field}; known are ${Object.keys(known).join(', ')}`);
    }
  }
}

function fill<Name extends string>(
  given: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<Name, number>>,
  bounds: Readonly<Record<Name, Bound>>,
  prefix: string,
): Record<Name, number> {
  const filled: Record<Name, number> = { ...defaults };
  for (const field of Object.keys(bounds) as Name[]) {
    const value = given[field];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !bounds[field].holds(value)) {
      throw new RangeError(`${prefix}${field} must be ${bounds[field].expected}, got ${describe(value)}`);
    }
    filled[field] = value;
  }
  return filled;
}

function resolveBackoff(config: unknown, defaults: OpenBackoff): OpenBackoff {
  if (config === undefined) return defaults;
  const given = asFields(config, 'openBackoff');
  checkNames(given, defaults, 'openBackoff.');
  return Object.freeze(fill(given, { ...defaults }, BACKOFF_BOUNDS, 'openBackoff.'));
}

/** Policies that were made here: they need no second look, and breakers that are given the same one share it. */
const resolved = new WeakSet<object>([DEFAULT_POLICY]);

/**
 * Fills a configuration from {@link DEFAULT_POLICY} and checks every bound.
 *
 * @throws RangeError when a value is out of its bounds: the message names the field and the value it got.
 * @throws TypeError for an unknown field.
 */
export function resolvePolicy(config: CircuitBreakerConfig = DEFAULT_POLICY): CircuitBreakerPolicy {
  if (resolved.has(config)) return config as CircuitBreakerPolicy;
  const given = asFields(config, 'policy');
  checkNames(given, DEFAULT_POLICY, '');
  const { openBackoff: defaultBackoff, ...defaults } = DEFAULT_POLICY;
  const policy = Object.freeze({
    ...fill(given, defaults, POLICY_BOUNDS, ''),
    openBackoff: resolveBackoff(given['openBackoff'], defaultBackoff),
  });
  resolved.add(policy);
  return policy;
}
