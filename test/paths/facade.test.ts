import { describe, expect, it } from 'vitest';
import { type BreakerEvent, circuitBreakerMachine } from '../../machines/index.ts';
import type { Clock } from '../../src/clock.ts';
import type { CircuitBreaker, CircuitState, Permit } from '../../src/index.ts';
import { explorePaths, type Path, type Step } from '../../src/testing/index.ts';
import { StarvedClock, TestClock, watch } from '../support/breaker.ts';
import { eventsIn, NEW_BREAKERS, stateOf, type Variant } from './breaker-cases.ts';

// The paths of the chart, walked through what people call. Where the facade and the chart drift apart, an edge fails.

type BreakerPath = Path<typeof circuitBreakerMachine>;
type SettableClock = Clock & { set(now: number): void };

const RECORD = {
  SUCCESS: 'recordSuccess',
  FAILURE: 'recordFailure',
  STORAGE_FATAL: 'recordStorageFatal',
  CANCELLED: 'recordCancelled',
} as const;

const SETTLE = {
  SUCCESS: 'success',
  FAILURE: 'failure',
  STORAGE_FATAL: 'storageFatal',
  CANCELLED: 'cancelled',
} as const;

type Outcome = Extract<BreakerEvent, { type: keyof typeof RECORD }>;

const isOutcome = (event: BreakerEvent): event is Outcome => event.type in RECORD;

/** Someone who uses a breaker: keeps permits by the name that the path gives them. */
class Caller {
  readonly #breaker: CircuitBreaker;
  readonly #permits = new Map<string, Permit>();

  constructor(breaker: CircuitBreaker) {
    this.#breaker = breaker;
  }

  /** @returns whether a request was admitted, for one that asks. */
  does(event: BreakerEvent): boolean | undefined {
    if (isOutcome(event)) this.#record(event);
    else if (event.type === 'PERMIT') return this.#ask(event.id);
    else if (event.type === 'ISOLATE') this.#breaker.isolate(event.reason);
    else if (event.type === 'RESET') this.#breaker.reset(event.reason);
    else this.#breaker.actor.send(event);
    return undefined;
  }

  #ask(name: string | undefined): boolean {
    if (name === undefined) return this.#breaker.allowRequest();
    const permit = this.#breaker.tryAcquire();
    if (permit !== undefined) this.#permits.set(name, permit);
    return permit !== undefined;
  }

  #record({ type, generation, permit: name }: Outcome): void {
    const permit = name === undefined ? undefined : this.#permits.get(name);
    const isBare = name === undefined && generation === undefined;
    if (isBare) this.#breaker[RECORD[type]]();
    else if (permit !== undefined && generation === permit.generation) permit[SETTLE[type]]();
    // What no call can express is what an actor may send.
    else this.#breaker.actor.send({ type, generation, permit: permit?.id ?? name });
  }
}

/** Reads everything that the facade tells, in the terms of the chart. */
const readingsOf = (breaker: CircuitBreaker) => ({
  state: breaker.state,
  failures: breaker.failures,
  successes: breaker.successes,
  generation: breaker.generation,
  probesInFlight: breaker.actor.getSnapshot().context.probesInFlight,
  admits: breaker.admits,
});

function chartSays({ value, context }: BreakerPath['source']) {
  const { failures, successes, generation, probesInFlight, policy } = context;
  const isFree = probesInFlight < policy.halfOpenMaxProbes;
  const admits = value === 'CLOSED' || (value === 'HALF_OPEN' && isFree);
  return { state: value, failures, successes, generation, probesInFlight, admits };
}

function expectFacadeFollows({ policy }: Variant, path: BreakerPath, clock: SettableClock): void {
  const { breaker, changes, errors } = watch({ policy, clock });
  const caller = new Caller(breaker);
  const follow = ({ event, at, comesByTime }: Step<typeof circuitBreakerMachine>) => {
    if (!comesByTime) {
      clock.set(at);
      return caller.does(event);
    }
    const before = readingsOf(breaker);
    clock.set(at - 1);
    expect(readingsOf(breaker)).toEqual(before);
    clock.set(at);
    return undefined;
  };

  for (const step of path.approach) follow(step);
  expect(readingsOf(breaker)).toEqual(chartSays(path.source));
  changes.length = 0;
  const wasAdmitted = follow(path.edge);
  expect(readingsOf(breaker)).toEqual(chartSays(path.target));

  const from = path.source.value as CircuitState;
  const to = path.target.value as CircuitState;
  const { generation } = path.target.context;
  const { retryAfterMs } = breaker;
  const told = from === to ? [] : [{ from, to, generation, retryAfterMs, reason: expect.any(String) }];
  expect(changes).toEqual(told);
  expect(errors).toEqual([]);
  if (path.edge.event.type === 'PERMIT') expect(wasAdmitted).toBe(chartSays(path.source).admits);
}

for (const variant of NEW_BREAKERS) {
  const paths = explorePaths(circuitBreakerMachine, {
    input: { policy: variant.policy },
    events: eventsIn,
    serializeState: stateOf,
  });

  describe(`the facade on every edge with ${variant.title}`, () => {
    for (const path of paths) {
      it(path.title, () => {
        expectFacadeFollows(variant, path, new TestClock());
        expectFacadeFollows(variant, path, new StarvedClock());
      });
    }
  });
}
