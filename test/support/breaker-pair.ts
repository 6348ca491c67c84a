import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import {
  type BreakerOutcome,
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  type ErrorVerdict,
  type Permit,
} from '../../src/index.ts';
import { type TestClock, WALL_START, watch } from './breaker.ts';
import { BreakerModel } from './breaker-model.ts';

/** A permit as breaker and model know it. */
interface Held {
  readonly permit: Permit;
  isSettled: boolean;
}

/** What a call's function throws: it says itself how it is to be counted. */
class Thrown extends Error {
  readonly verdict: ErrorVerdict;

  constructor(verdict: ErrorVerdict) {
    super(verdict);
    this.verdict = verdict;
  }
}

const VERDICT = {
  SUCCESS: 'success',
  FAILURE: 'failure',
  STORAGE_FATAL: 'storageFatal',
  CANCELLED: 'cancelled',
} as const satisfies Record<BreakerOutcome, ErrorVerdict>;

/** How an `execute` ended, or is to end: the very value, or the very error. */
type Ending = { readonly value: unknown } | { readonly error: unknown };

/** A call through `execute` that is out. The model knows its slot by `id`; `undefined`: its breaker is gone. */
interface Call {
  readonly work: PromiseWithResolvers<unknown>;
  readonly result: Promise<Ending>;
  readonly generation: number;
  id: string | undefined;
}

/** A call whose function is done, while `execute` has not yet had its turn to count it. */
interface Ended {
  readonly call: Call;
  readonly outcome: BreakerOutcome;
  readonly ending: Ending;
}

const endingOf = (call: Promise<unknown>): Promise<Ending> =>
  call.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );

/** Numbers for the jitter that leave every instant exact in binary, so that it can be compared. */
const LOTS = [0.75, 0, 0.5, 0.25];

/** The same sequence for whoever asks for one. */
function drawLots(): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    return LOTS[drawn % LOTS.length] as number;
  };
}

/** Compares by `expect` only what differs: it is slow, and this runs half a million times. */
function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

/** A breaker beside its model: every step is done to both. */
export class BreakerPair {
  readonly #clock: TestClock;
  readonly #options: Pick<Parameters<typeof watch>[0], 'policy' | 'random' | 'clock' | 'classify'>;
  readonly #model: BreakerModel;
  readonly #held: Held[] = [];
  readonly #out: Call[] = [];
  #ended: Ended[] = [];
  #calls = 0;
  #lastError: unknown;
  /** Refusals, and calls of a breaker that is gone: how they end is known, and looked at when it is time to wait. */
  #settled: { readonly result: Promise<Ending>; readonly ending: object }[] = [];
  #watched: ReturnType<typeof watch>;

  constructor(policy: CircuitBreakerPolicy, clock: TestClock) {
    this.#clock = clock;
    this.#model = new BreakerModel(policy, drawLots());
    const classify = (error: unknown) => (error as Thrown).verdict;
    this.#options = { policy, clock, classify, random: drawLots() };
    this.#watched = watch(this.#options);
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
    expectEqual(this.#breaker.allowRequest(), this.#model.ask());
  }

  tryAcquire(): void {
    const permit = this.#breaker.tryAcquire();
    const isAdmitted = this.#model.ask(permit?.id ?? 'refused');
    expectEqual(permit !== undefined, isAdmitted);
    if (permit !== undefined) this.#held.push({ permit, isSettled: false });
  }

  /** Settles some permit, maybe of an earlier era, maybe a second time. */
  settle(which: number, outcome: BreakerOutcome): void {
    const held = this.#held[which % this.#held.length];
    if (held === undefined) return;
    const { permit } = held;
    permit[VERDICT[outcome]]();
    if (!held.isSettled) this.#model.end(outcome, permit.generation, permit.id);
    held.isSettled = true;
  }

  /** Makes a call whose function stays out until {@link BreakerPair.end}. */
  execute(): void {
    const { state, retryAfterMs, generation } = this.#model;
    const id = `call ${this.#calls}`;
    this.#calls += 1;
    const isAdmitted = this.#model.ask(id);
    const work = Promise.withResolvers<unknown>();
    let isCalled = false;
    const result = endingOf(
      this.#breaker.execute(() => {
        isCalled = true;
        return work.promise;
      }),
    );
    expectEqual(isCalled, isAdmitted);
    if (isAdmitted) this.#out.push({ work, result, generation, id });
    else this.#refused(result, { state, retryAfterMs, cause: this.#lastError });
  }

  #refused(result: Promise<Ending>, expected: object): void {
    const seen = result.then((ending) => {
      const error = 'error' in ending ? ending.error : undefined;
      if (!(error instanceof BrokenCircuitError)) throw new Error('it is no refusal');
      const { state, retryAfterMs, cause } = error;
      return { error: { state, retryAfterMs, cause } };
    });
    this.#settled.push({ result: seen, ending: { error: expected } });
  }

  /** A call whose caller has given up already: it reaches neither the function nor the counts. */
  executeAborted(): void {
    const reason = new Error('given up');
    const work = () => expect.unreachable('it was called');
    const result = endingOf(this.#breaker.execute(work, { signal: AbortSignal.abort(reason) }));
    this.#settled.push({ result, ending: { error: reason } });
  }

  /** Lets the function of some call that is out come to its end. It is counted later, in {@link BreakerPair.wait}. */
  end(which: number, outcome: BreakerOutcome): void {
    const [call] = this.#out.splice(which % (this.#out.length || 1), 1);
    if (call === undefined) return;
    const isResult = outcome === 'SUCCESS' && which % 2 === 0;
    const ending = isResult ? { value: Symbol('result') } : { error: new Thrown(VERDICT[outcome]) };
    if ('value' in ending) call.work.resolve(ending.value);
    else call.work.reject(ending.error);
    this.#ended.push({ call, outcome, ending });
  }

  /** Lets `execute` count what has ended, in the order in which it ended. */
  async wait(): Promise<void> {
    const ended = this.#ended;
    const settled = this.#settled;
    this.#ended = [];
    this.#settled = [];
    for (const { call, ending } of ended) expectEqual(await call.result, ending);
    for (const { result, ending } of settled) expectEqual(await result, ending);
    for (const { call, outcome, ending } of ended) {
      if (call.id === undefined) continue;
      this.#model.end(outcome, call.generation, call.id);
      if (outcome === 'FAILURE' && 'error' in ending) this.#lastError = ending.error;
    }
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
    expectEqual(this.#breaker.state, this.#model.state);
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
    for (const call of this.#out) call.id = undefined;
    for (const { call } of this.#ended) call.id = undefined;
    this.#lastError = undefined;
    this.#clock.increment(downMs);
    this.#clock.moveWall(wallJumpMs);
    this.#watched = watch({ ...this.#options, snapshot: JSON.parse(stored) });
    this.#clock.moveWall(-wallJumpMs);
    this.#watched.changes.unshift(...changes);
    this.#watched.errors.unshift(...errors);
    this.#model.restart(this.#clock.now(), wallJumpMs);
  }

  expectSame(): void {
    const model = this.#model;
    const { breaker, changes, errors } = this.#watched;
    const wall = (at: number | undefined) => (at === undefined ? undefined : at + WALL_START);
    expectEqual(
      {
        state: breaker.state,
        failures: breaker.failures,
        successes: breaker.successes,
        generation: breaker.generation,
        admits: breaker.admits,
        retryAfterMs: breaker.retryAfterMs,
        lastFailureAt: breaker.lastFailureAt,
        changedAt: breaker.changedAt,
        probesInFlight: breaker.actor.getSnapshot().context.probesInFlight,
        status: breaker.actor.getSnapshot().status,
      },
      {
        state: model.state,
        failures: model.failures,
        successes: model.successes,
        generation: model.generation,
        admits: model.admits,
        retryAfterMs: model.retryAfterMs,
        lastFailureAt: wall(model.lastFailureAt),
        changedAt: wall(model.changedAt),
        probesInFlight: model.probesInFlight,
        status: 'active',
      },
    );
    expectEqual(
      changes.map(({ from, to, generation }) => ({ from, to, generation })),
      model.changes,
    );
    expectEqual(errors, []);
  }
}
