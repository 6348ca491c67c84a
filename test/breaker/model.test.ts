import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BreakerOutcome, CircuitBreakerPolicy, Permit } from '../../src/index.ts';
import { StarvedClock, TestClock, WALL_START, watch } from '../support/breaker.ts';
import { BreakerModel } from '../support/breaker-model.ts';

/** A permit as breaker and model know it. */
interface Held {
  readonly permit: Permit;
  isSettled: boolean;
}

/** A breaker beside its model: every step is done to both. */
class Pair {
  readonly #clock: TestClock;
  readonly #policy: CircuitBreakerPolicy;
  readonly #model: BreakerModel;
  readonly #held: Held[] = [];
  #watched: ReturnType<typeof watch>;

  constructor(policy: CircuitBreakerPolicy, clock: TestClock) {
    this.#policy = policy;
    this.#clock = clock;
    this.#model = new BreakerModel(policy);
    this.#watched = watch({ policy, clock });
  }

  get #breaker() {
    return this.#watched.breaker;
  }

  pass(ms: number): void {
    this.#clock.increment(ms);
    this.#model.passTo(this.#clock.now());
  }

  /** To the next moment at which something is due, or a little before or after it. */
  passToDue(offsetMs: number): void {
    const { dueAt } = this.#model;
    if (dueAt !== undefined) this.pass(Math.max(0, dueAt - this.#clock.now() + offsetMs));
  }

  allowRequest(): void {
    expect(this.#breaker.allowRequest()).toBe(this.#model.ask());
  }

  tryAcquire(): void {
    const permit = this.#breaker.tryAcquire();
    const isAdmitted = this.#model.ask(permit?.id ?? 'refused');
    expect(permit !== undefined).toBe(isAdmitted);
    if (permit !== undefined) this.#held.push({ permit, isSettled: false });
  }

  /** Settles some permit, maybe of an earlier era, maybe a second time. */
  settle(which: number, outcome: BreakerOutcome): void {
    const held = this.#held[which % this.#held.length];
    if (held === undefined) return;
    const { permit } = held;
    const ways = {
      SUCCESS: permit.success,
      FAILURE: permit.failure,
      STORAGE_FATAL: permit.storageFatal,
      CANCELLED: permit.cancelled,
    };
    ways[outcome]();
    if (!held.isSettled) this.#model.end(outcome, permit.generation, permit.id);
    held.isSettled = true;
  }

  record(outcome: BreakerOutcome): void {
    if (outcome === 'SUCCESS') this.#breaker.recordSuccess();
    if (outcome === 'FAILURE') this.#breaker.recordFailure();
    if (outcome === 'STORAGE_FATAL') this.#breaker.recordStorageFatal();
    if (outcome === 'CANCELLED') this.#breaker.recordCancelled();
    this.#model.end(outcome, undefined, undefined);
  }

  /** What only an actor sends: any generation with any permit. It reads the breaker first, so that time catches up. */
  send(outcome: BreakerOutcome, generationShift: number | undefined, which: number | undefined): void {
    const generation = generationShift === undefined ? undefined : this.#breaker.generation + generationShift;
    const held = which === undefined ? undefined : this.#held[which % this.#held.length];
    const permit = which === undefined ? undefined : (held?.permit.id ?? 'never given');
    expect(this.#breaker.state).toBe(this.#model.state);
    this.#breaker.actor.send({ type: outcome, generation, permit });
    this.#model.end(outcome, generation, permit);
  }

  isolate(): void {
    this.#breaker.isolate();
    this.#model.isolate();
  }

  reset(): void {
    this.#breaker.reset();
    this.#model.reset();
  }

  /** Stops it, and makes a new one from its snapshot after some time; the wall clock may be wrong meanwhile. */
  restart(downMs: number, wallJumpMs: number, isStoppedFirst: boolean): void {
    const { breaker, changes, errors } = this.#watched;
    if (isStoppedFirst) breaker.stop();
    const stored = JSON.stringify(breaker);
    breaker.stop();
    this.#held.length = 0;
    this.#clock.increment(downMs);
    this.#clock.moveWall(wallJumpMs);
    this.#watched = watch({ policy: this.#policy, clock: this.#clock, snapshot: JSON.parse(stored) });
    this.#clock.moveWall(-wallJumpMs);
    this.#watched.changes.unshift(...changes);
    this.#watched.errors.unshift(...errors);
    this.#model.restart(this.#clock.now(), wallJumpMs);
  }

  expectSame(): void {
    const model = this.#model;
    const { breaker, changes, errors } = this.#watched;
    const wall = (at: number | undefined) => (at === undefined ? undefined : at + WALL_START);
    expect({
      state: breaker.state,
      failures: breaker.failures,
      successes: breaker.successes,
      generation: breaker.generation,
      admits: breaker.admits,
      retryAfterMs: breaker.retryAfterMs,
      probesInFlight: breaker.actor.getSnapshot().context.probesInFlight,
      lastFailureAt: breaker.lastFailureAt,
      changedAt: breaker.changedAt,
      status: breaker.actor.getSnapshot().status,
    }).toEqual({
      state: model.state,
      failures: model.failures,
      successes: model.successes,
      generation: model.generation,
      admits: model.admits,
      retryAfterMs: model.retryAfterMs,
      probesInFlight: model.probesInFlight,
      lastFailureAt: wall(model.lastFailureAt),
      changedAt: wall(model.changedAt),
      status: 'active',
    });
    expect(changes.map(({ from, to, generation }) => ({ from, to, generation }))).toEqual(model.changes);
    expect(errors).toEqual([]);
  }
}

const outcomes = fc.constantFrom<BreakerOutcome[]>('SUCCESS', 'FAILURE', 'STORAGE_FATAL', 'CANCELLED');
const verdicts = fc.constantFrom<BreakerOutcome[]>('FAILURE', 'FAILURE', 'FAILURE', 'SUCCESS');
const someMs = fc.nat({ max: 60 });
const which = fc.nat({ max: 7 });

type Do = (pair: Pair) => void;

/** One thing that can happen. Named, so that a counterexample can be read. */
const step = <Args extends unknown[]>(
  name: string,
  args: fc.Arbitrary<Args>,
  run: (pair: Pair, ...args: Args) => void,
) =>
  args.map((values): Do => {
    const act: Do = (pair) => run(pair, ...values);
    return Object.assign(act, { [fc.toStringMethod]: () => `${name}(${values.join(', ')})` });
  });

const none = fc.constant<[]>([]);
const steps = fc.oneof(
  { weight: 6, arbitrary: step('record', fc.tuple(verdicts), (pair, outcome) => pair.record(outcome)) },
  { weight: 2, arbitrary: step('record', fc.tuple(outcomes), (pair, outcome) => pair.record(outcome)) },
  {
    weight: 4,
    arbitrary: step('passToDue', fc.tuple(fc.constantFrom(-1, 0, 0, 1)), (pair, off) => pair.passToDue(off)),
  },
  { weight: 3, arbitrary: step('pass', fc.tuple(someMs), (pair, ms) => pair.pass(ms)) },
  { weight: 3, arbitrary: step('tryAcquire', none, (pair) => pair.tryAcquire()) },
  { weight: 2, arbitrary: step('allowRequest', none, (pair) => pair.allowRequest()) },
  {
    weight: 4,
    arbitrary: step('settle', fc.tuple(which, outcomes), (pair, n, outcome) => pair.settle(n, outcome)),
  },
  {
    weight: 3,
    arbitrary: step(
      'send',
      fc.tuple(
        outcomes,
        fc.option(fc.integer({ min: -2, max: 2 }), { nil: undefined }),
        fc.option(which, { nil: undefined }),
      ),
      (pair, outcome, shift, n) => pair.send(outcome, shift, n),
    ),
  },
  { weight: 1, arbitrary: step('isolate', none, (pair) => pair.isolate()) },
  { weight: 1, arbitrary: step('reset', none, (pair) => pair.reset()) },
  {
    weight: 1,
    arbitrary: step(
      'restart',
      fc.tuple(someMs, fc.integer({ min: -50, max: 50 }), fc.boolean()),
      (pair, ...args) => pair.restart(...args),
    ),
  },
);

const count = (max: number) => fc.integer({ min: 1, max });
const policies: fc.Arbitrary<CircuitBreakerPolicy> = fc.record({
  failureThreshold: count(4),
  successThreshold: count(3),
  openTimeoutMs: count(50),
  failureWindowMs: count(80),
  halfOpenMaxProbes: count(3),
  probeTimeoutMs: count(40),
  openBackoff: fc.record({ factor: count(3), maxMs: count(200), jitter: fc.constant(0) }),
});

function expectModelHolds(clock: () => TestClock): void {
  const property = fc.property(policies, fc.array(steps, { maxLength: 60, size: 'max' }), (policy, todo) => {
    const pair = new Pair(policy, clock());
    for (const act of todo) {
      act(pair);
      pair.expectSame();
    }
  });
  fc.assert(property, { numRuns: 500 });
}

describe('a breaker and its plain model agree, whatever happens', () => {
  it('with timers that fire on time', () => expectModelHolds(() => new TestClock()));

  it('with timers that never fire', () => expectModelHolds(() => new StarvedClock()));
});
