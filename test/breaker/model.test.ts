import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { BreakerOutcome, CircuitBreakerPolicy } from '../../src/index.ts';
import { StarvedClock, TestClock } from '../support/breaker.ts';
import { BreakerPair } from '../support/breaker-pair.ts';

/** Runs for each kind of clock: 10,000 in all. A run over mutants makes fewer. */
const RUNS = Number(process.env['BREAKER_PROPERTY_RUNS'] ?? 5_000);

const outcomes = fc.constantFrom<BreakerOutcome[]>('SUCCESS', 'FAILURE', 'STORAGE_FATAL', 'CANCELLED');
const verdicts = fc.constantFrom<BreakerOutcome[]>('FAILURE', 'FAILURE', 'FAILURE', 'SUCCESS');
const someMs = fc.nat({ max: 60 });
const which = fc.nat({ max: 7 });

type Do = (pair: BreakerPair) => void | Promise<void>;

/** One thing that can happen. Named, so that a counterexample can be read. */
const step = <Args extends unknown[]>(
  name: string,
  args: fc.Arbitrary<Args>,
  run: (pair: BreakerPair, ...args: Args) => void | Promise<void>,
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
  { weight: 3, arbitrary: step('execute', none, (pair) => pair.execute()) },
  {
    weight: 4,
    arbitrary: step('end', fc.tuple(which, outcomes), (pair, n, outcome) => pair.end(n, outcome)),
  },
  { weight: 3, arbitrary: step('wait', none, (pair) => pair.wait()) },
  { weight: 1, arbitrary: step('executeAborted', none, (pair) => pair.executeAborted()) },
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
  openBackoff: fc.record({ factor: count(3), maxMs: count(200), jitter: fc.constantFrom(0, 0.5) }),
});

async function expectModelHolds(clock: () => TestClock): Promise<void> {
  const todo = fc.array(steps, { maxLength: 60, size: 'max' });
  const property = fc.asyncProperty(policies, todo, async (policy, todo) => {
    const pair = new BreakerPair(policy, clock());
    for (const act of todo) {
      const waiting = act(pair);
      // Only what waits lets other things run: calls that have ended are counted then, and not before.
      if (waiting !== undefined) await waiting;
      pair.expectSame();
    }
    await pair.wait();
    pair.expectSame();
  });
  await fc.assert(property, { numRuns: RUNS });
}

describe('a breaker and its plain model agree, whatever happens', { timeout: 60_000 }, () => {
  it('with timers that fire on time', () => expectModelHolds(() => new TestClock()));

  it('with timers that never fire', () => expectModelHolds(() => new StarvedClock()));
});
