import { SimulatedClock } from 'xstate';
import {
  type CircuitBreaker,
  type CircuitBreakerOptions,
  createCircuitBreaker,
  type StateChange,
} from '../../src/index.ts';

/** The wall's time when a test begins; the monotonic clock begins at 0. */
export const WALL_START = Date.UTC(2026, 10, 24);

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A clock that stands still until it is told to go on, beside a wall clock that can be moved on its own. */
export class TestClock extends SimulatedClock {
  #wallShift = WALL_START;
  readonly #armed = new Map<number, number>();

  wallNow = (): number => this.now() + this.#wallShift;

  moveWall(ms: number): void {
    this.#wallShift += ms;
  }

  /** Timers that were set and neither fired nor were cleared: the delays that they were set with. */
  get pending(): readonly number[] {
    return [...this.#armed.values()];
  }

  override setTimeout(fire: () => void, delayMs: number): number {
    const id: number = super.setTimeout(() => {
      this.#armed.delete(id);
      fire();
    }, delayMs);
    this.#armed.set(id, delayMs);
    return id;
  }

  override clearTimeout(id: number): void {
    this.#armed.delete(id);
    super.clearTimeout(id);
  }
}

/** A clock whose timers never fire: the loop is starved, or the process was suspended. */
export class StarvedClock extends TestClock {
  override setTimeout(): number {
    return 0;
  }
}

interface Watched {
  readonly breaker: CircuitBreaker;
  /** Every change of state that listeners were told. */
  readonly changes: StateChange[];
  /** Every error that was reported. */
  readonly errors: unknown[];
}

type Options = Omit<CircuitBreakerOptions, 'clock'>;

/** A breaker that is listened to from the start. */
export function watch(options: CircuitBreakerOptions): Watched {
  const breaker = createCircuitBreaker(options);
  const changes: StateChange[] = [];
  const errors: unknown[] = [];
  breaker.on('stateChange', (change) => changes.push(change));
  breaker.on('error', (error) => errors.push(error));
  return { breaker, changes, errors };
}

/** A watched breaker on a clock that stands still. */
export function newBreaker(options: Options = {}): Watched & { readonly clock: TestClock } {
  const clock = new TestClock();
  return { clock, ...watch({ ...options, clock }) };
}

/** A watched breaker whose timers never fire. */
export function newStarvedBreaker(options: Options = {}): Watched & { readonly clock: StarvedClock } {
  const clock = new StarvedClock();
  return { clock, ...watch({ ...options, clock }) };
}

/** Everything that a breaker tells, as a plain object. */
export function look(breaker: CircuitBreaker) {
  const { state, stateCode, failures, successes, generation } = breaker;
  const { retryAfterMs, admits, lastFailureAt, changedAt } = breaker;
  return {
    state,
    stateCode,
    failures,
    successes,
    generation,
    retryAfterMs,
    admits,
    lastFailureAt,
    changedAt,
  };
}

export function fail(breaker: CircuitBreaker, times = 1): void {
  for (let i = 0; i < times; i += 1) breaker.recordFailure();
}

export function succeed(breaker: CircuitBreaker, times = 1): void {
  for (let i = 0; i < times; i += 1) breaker.recordSuccess();
}

/** Fails until it opens. */
export const open = (breaker: CircuitBreaker): void =>
  fail(breaker, breaker.policy.failureThreshold - breaker.failures);

/** A breaker that has failed until it opened. */
export function openBreaker(options: Options = {}) {
  const watched = newBreaker(options);
  open(watched.breaker);
  return watched;
}

/** A breaker that has opened and waited out its time. */
export function halfOpenBreaker(options: Options = {}) {
  const watched = openBreaker(options);
  watched.clock.increment(watched.breaker.retryAfterMs);
  return watched;
}

/** Takes a permit that must be there. */
export function acquire(breaker: CircuitBreaker) {
  const permit = breaker.tryAcquire();
  if (permit === undefined) throw new Error(`no permit: the breaker is ${breaker.state}`);
  return permit;
}
