import type { BreakerMemory, CircuitBreakerPolicy, CircuitState } from '../../machines/index.ts';

const VERSION = 1;
/** No breaker counts so far; from 2^53 on, adding 1 changes nothing any more, and the fence would stand still. */
const HIGHEST_COUNT = 2 ** 50;
const STATES: readonly unknown[] = ['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED'] satisfies CircuitState[];

/** A breaker as plain JSON, with deadlines as epoch milliseconds, so that it can be restored at any later time. */
export interface CircuitBreakerSnapshot {
  readonly version: typeof VERSION;
  readonly state: CircuitState;
  readonly failures: number;
  readonly successes: number;
  readonly generation: number;
  /** Openings since the last recovery. */
  readonly openings: number;
  /** CLOSED: when each failure stops counting, oldest first. */
  readonly failuresUntil: readonly number[];
  /** How long the current or last opening lasts as a whole, in milliseconds. */
  readonly openLengthMs: number;
  /** OPEN: when it becomes HALF_OPEN. */
  readonly openUntil: number | null;
  readonly lastFailureAt: number | null;
  readonly changedAt: number | null;
}

/** What a restored breaker starts from. */
export interface Restored {
  readonly memory: BreakerMemory;
  readonly lastFailureAt: number | undefined;
  readonly changedAt: number | undefined;
}

export const snapshotOf = (fields: Omit<CircuitBreakerSnapshot, 'version'>): CircuitBreakerSnapshot => ({
  version: VERSION,
  ...fields,
});

const clamp = (value: number, highest: number): number => Math.min(Math.max(value, 0), highest);

/** Reads own fields only, so that nothing can be slipped in through a prototype. */
class Fields {
  readonly #source: object;

  constructor(source: unknown) {
    if (typeof source !== 'object' || source === null) throw new TypeError('it is no object');
    this.#source = source;
  }

  get(name: string): unknown {
    if (!Object.hasOwn(this.#source, name)) throw new TypeError(`it has no ${name}`);
    return (this.#source as Record<string, unknown>)[name];
  }

  number(name: string): number {
    const value = this.get(name);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError(`${name} is no number`);
    return value;
  }

  count(name: string): number {
    const value = this.number(name);
    if (!Number.isInteger(value) || value < 0 || value > HIGHEST_COUNT)
      throw new TypeError(`${name} is no count`);
    return value;
  }

  instant(name: string): number | undefined {
    return this.get(name) === null ? undefined : this.number(name);
  }

  instants(name: string): readonly number[] {
    const value = this.get(name);
    // Spread, so that a hole is an item like others: `every` would step over it.
    if (!Array.isArray(value) || ![...value].every((item) => Number.isFinite(item))) {
      throw new TypeError(`${name} is no list of instants`);
    }
    return value.toSorted((a, b) => a - b);
  }
}

/**
 * Reads a snapshot, with deadlines turned into the time that is left by the wall clock. HALF_OPEN becomes an OPEN whose
 * time is over.
 *
 * @throws TypeError when it is not one of ours.
 */
export function readSnapshot(source: unknown, policy: CircuitBreakerPolicy, wallNow: number): Restored {
  const fields = new Fields(source);
  if (fields.get('version') !== VERSION) throw new TypeError('its version is unknown');
  const state = fields.get('state') as CircuitState;
  if (!STATES.includes(state)) throw new TypeError('its state is unknown');

  const failures = fields.count('failures');
  const failuresUntil = fields.instants('failuresUntil');
  if (state === 'CLOSED' && failuresUntil.length !== failures) {
    throw new TypeError('failuresUntil does not match failures');
  }
  const openLengthMs = fields.number('openLengthMs');
  if (openLengthMs <= 0 || openLengthMs >= 2 ** 31) throw new TypeError('openLengthMs is out of bounds');
  const openUntil = fields.instant('openUntil');
  if (state === 'OPEN' && openUntil === undefined) throw new TypeError('openUntil is missing');

  return {
    memory: {
      state: state === 'HALF_OPEN' ? 'OPEN' : state,
      failures,
      generation: fields.count('generation'),
      openings: fields.count('openings'),
      failuresLeftMs:
        state === 'CLOSED'
          ? failuresUntil.map((until) => clamp(until - wallNow, policy.failureWindowMs))
          : [],
      openLengthMs,
      openLeftMs: state === 'OPEN' ? clamp((openUntil ?? 0) - wallNow, openLengthMs) : 0,
    },
    lastFailureAt: fields.instant('lastFailureAt'),
    changedAt: fields.instant('changedAt'),
  };
}

/** What becomes of a snapshot that cannot be read: never CLOSED, but OPEN for the whole time. */
export const unreadable = (policy: CircuitBreakerPolicy): Restored => ({
  memory: {
    state: 'OPEN',
    failures: 0,
    generation: 0,
    openings: 1,
    failuresLeftMs: [],
    openLengthMs: policy.openTimeoutMs,
    openLeftMs: policy.openTimeoutMs,
  },
  lastFailureAt: undefined,
  changedAt: undefined,
});
