import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createActor, setup } from 'xstate';
import { circuitBreakerMachine, fromActor } from '../../src/index.ts';
import { fail, MINUTE, SECOND, StarvedClock, TestClock, WALL_START } from '../support/breaker.ts';

// The facade over an actor in somebody else's system, whose timers it does not own.

const policy = { failureThreshold: 2 };

/** A clock that goes on without firing anything, until it is told to fire what is late. */
class LateClock extends TestClock {
  readonly #timers = new Map<number, { readonly dueAt: number; readonly fire: () => void }>();
  #lastId = 0;

  override setTimeout(fire: () => void, delayMs: number): number {
    this.#lastId += 1;
    this.#timers.set(this.#lastId, { dueAt: this.now() + delayMs, fire });
    return this.#lastId;
  }

  override clearTimeout(id: number): void {
    this.#timers.delete(id);
  }

  fireLate(): void {
    for (const [id, { dueAt, fire }] of this.#timers) {
      if (dueAt > this.now()) continue;
      this.#timers.delete(id);
      fire();
    }
  }
}

const newActor = (clock: TestClock) =>
  createActor(circuitBreakerMachine, { clock: clock as never, input: { policy } }).start();

describe('a deadline that was let happen', () => {
  test('does not happen again when its timer fires after all', () => {
    const clock = new LateClock();
    const breaker = fromActor(newActor(clock));
    fail(breaker, 2);
    clock.increment(MINUTE);
    expect(breaker.state).toBe('HALF_OPEN');
    breaker.recordFailure();
    clock.fireLate();
    expect(breaker).toMatchObject({ state: 'OPEN', generation: 3, retryAfterMs: MINUTE });
  });

  test('takes one failure only, though its timer fires after all', () => {
    const clock = new LateClock();
    const input = { policy: { failureThreshold: 9 } };
    const breaker = fromActor(createActor(circuitBreakerMachine, { clock: clock as never, input }).start());
    fail(breaker);
    clock.increment(MINUTE);
    fail(breaker);
    clock.increment(4 * MINUTE);
    expect(breaker.failures).toBe(1);
    clock.fireLate();
    expect(breaker.failures).toBe(1);
  });

  test('is let happen once, though the actor dies of it', () => {
    const mistake = new Error('no random numbers today');
    const lots = [() => 0.5];
    const random = () => {
      const lot = lots.pop();
      if (lot === undefined) throw mistake;
      return lot();
    };
    const clock = new StarvedClock();
    const input = { random, policy: { failureThreshold: 1, openBackoff: { jitter: 0.1 } } };
    const breaker = fromActor(createActor(circuitBreakerMachine, { clock: clock as never, input }).start());
    const errors: unknown[] = [];
    breaker.on('error', (error) => errors.push(error));
    fail(breaker);
    clock.increment(MINUTE);
    expect(breaker.allowRequest()).toBe(true);
    clock.increment(MINUTE);
    expect([breaker.admits, breaker.retryAfterMs]).toEqual([false, Number.POSITIVE_INFINITY]);
    expect(errors).toEqual([mistake]);
  });

  test('is told to listeners at its time, between two events', () => {
    const clock = new StarvedClock();
    const breaker = fromActor(newActor(clock));
    const told: unknown[] = [];
    breaker.on('stateChange', ({ to, retryAfterMs }) => {
      if (to !== 'HALF_OPEN') return;
      told.push({ retryAfterMs, isAdmitted: breaker.allowRequest(), state: breaker.state });
      told.push(breaker.retryAfterMs);
    });
    fail(breaker, 2);
    clock.increment(MINUTE + 45 * SECOND);
    // The probe that the listener takes at 60 s has timed out at 90 s, but not yet when the listener looks.
    expect(breaker.state).toBe('OPEN');
    expect(told).toEqual([{ retryAfterMs: 0, isAdmitted: true, state: 'HALF_OPEN' }, 30 * SECOND]);
    expect(breaker.changedAt).toBe(WALL_START + 90 * SECOND);
  });

  test('waits until the actor is done with its event, and is dated when it was due', () => {
    const clock = new StarvedClock();
    const actor = newActor(clock);
    const breaker = fromActor(actor);
    fail(breaker, 2);
    clock.increment(2 * MINUTE);
    const seen: string[] = [];
    const subscription = actor.subscribe(() => seen.push(breaker.state));
    actor.send({ type: 'CANCELLED' });
    subscription.unsubscribe();
    expect(seen).toEqual(['OPEN']);
    expect(breaker.state).toBe('HALF_OPEN');
    expect(breaker.changedAt).toBe(WALL_START + MINUTE);
  });
});

test('timers of other actors in the same system are none of its business', () => {
  const service = setup({ actors: { breaker: circuitBreakerMachine } }).createMachine({
    initial: 'busy',
    states: { busy: { after: { 5000: 'idle' } }, idle: {} },
    invoke: { src: 'breaker', systemId: 'theBreaker', input: { policy } },
  });
  const clock = new StarvedClock();
  const root = createActor(service, { clock: clock as never }).start();
  const breaker = fromActor(root.system.get('theBreaker'));
  fail(breaker, 2);
  expect(breaker.retryAfterMs).toBe(MINUTE);
  clock.increment(10 * SECOND);
  expect(breaker.state).toBe('OPEN');
  expect(root.getSnapshot().value).toBe('busy');
});

describe('a facade that was stopped', () => {
  test('tells its listeners nothing more', () => {
    const actor = newActor(new TestClock());
    const breaker = fromActor(actor);
    const changes: unknown[] = [];
    breaker.on('stateChange', (change) => changes.push(change));
    breaker.stop();
    actor.send({ type: 'ISOLATE' });
    expect(changes).toEqual([]);
    expect(breaker).toMatchObject({ state: 'ISOLATED', changedAt: undefined });
  });

  test('sends the actor nothing more, neither outcomes nor what is due', () => {
    const clock = new StarvedClock();
    const actor = newActor(clock);
    const breaker = fromActor(actor);
    const permit = breaker.tryAcquire();
    fail(breaker, 1);
    breaker.stop();
    permit?.failure();
    breaker.recordFailure();
    breaker.isolate();
    expect(actor.getSnapshot()).toMatchObject({ value: 'CLOSED', context: { failures: 1 } });
    clock.increment(10 * MINUTE);
    expect(breaker.failures).toBe(1);
    expect(breaker.retryAfterMs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('an actor that was stopped by its owner', () => {
  test('has no chance any more, and hears nothing of what would have been due', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const clock = new StarvedClock();
    const actor = newActor(clock);
    const breaker = fromActor(actor);
    fail(breaker, 2);
    actor.stop();
    expect(breaker.retryAfterMs).toBe(Number.POSITIVE_INFINITY);
    clock.increment(2 * MINUTE);
    expect([breaker.admits, breaker.retryAfterMs]).toEqual([false, Number.POSITIVE_INFINITY]);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe('timers that ran before the facade was made', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const moveWall = (ms: number) => vi.setSystemTime(Date.now() + ms);

  test('are as old as the wall says', () => {
    const clock = new StarvedClock();
    const actor = newActor(clock);
    actor.send({ type: 'FAILURE' });
    actor.send({ type: 'FAILURE' });
    moveWall(20 * SECOND);
    const breaker = fromActor(actor);
    expect(breaker.retryAfterMs).toBe(40 * SECOND);
    clock.increment(40 * SECOND);
    expect(breaker.state).toBe('HALF_OPEN');
  });

  test('have their whole time to go where the wall was set back', () => {
    const actor = newActor(new StarvedClock());
    actor.send({ type: 'FAILURE' });
    actor.send({ type: 'FAILURE' });
    moveWall(-20 * SECOND);
    expect(fromActor(actor).retryAfterMs).toBe(MINUTE);
  });

  test('happen in the order of their due times, whatever order they came in', () => {
    const clock = new StarvedClock();
    const input = { policy: { failureThreshold: 9 } };
    const actor = createActor(circuitBreakerMachine, { clock: clock as never, input }).start();
    actor.send({ type: 'FAILURE' });
    moveWall(-MINUTE);
    actor.send({ type: 'FAILURE' });
    moveWall(10 * SECOND);
    const breaker = fromActor(actor);
    // The first looks new and lasts 300 s; the second is 10 s old.
    clock.increment(290 * SECOND);
    expect(breaker.failures).toBe(1);
    clock.increment(10 * SECOND);
    expect(breaker.failures).toBe(0);
  });
});

test('a service whose clock cannot be read runs on the monotonic one of the system', () => {
  const timers = new TestClock();
  const unreadable = {
    setTimeout: timers.setTimeout.bind(timers),
    clearTimeout: timers.clearTimeout.bind(timers),
  };
  const actor = createActor(circuitBreakerMachine, { clock: unreadable, input: { policy } }).start();
  const breaker = fromActor(actor);
  fail(breaker, 2);
  expect(breaker.state).toBe('OPEN');
  expect(breaker.retryAfterMs).toBeGreaterThan(50 * SECOND);
  actor.stop();
});
