import { describe, expect, test } from 'vitest';
import { type ActorRefFrom, createActor, setup } from 'xstate';
import {
  BrokenCircuitError,
  type CircuitBreaker,
  type Clock,
  circuitBreakerMachine,
  createCircuitBreaker,
  fromActor,
  type StateChange,
} from '../../src/index.ts';
import { HOUR, SECOND, StarvedClock, TestClock, WALL_START } from '../support/breaker.ts';

type BreakerActor = ActorRefFrom<typeof circuitBreakerMachine>;

const policy = { failureThreshold: 2, successThreshold: 2 };

const serviceMachine = setup({ actors: { breaker: circuitBreakerMachine } }).createMachine({
  id: 'service',
  initial: 'serving',
  states: {
    serving: {
      invoke: { src: 'breaker', id: 'breaker', systemId: 'theBreaker', input: { policy, name: 'rates' } },
      on: { CLOSE: 'closed' },
    },
    closed: {},
  },
});

/** A service with the breaker's machine invoked in it, and the facade over that actor. */
const aService = (clock: Clock = new TestClock(), given?: Clock) => {
  const service = createActor(serviceMachine, { clock: clock as never }).start();
  const actor = service.system.get('theBreaker') as BreakerActor;
  const breaker = fromActor(actor, given === undefined ? {} : { clock: given });
  return { service, actor, breaker };
};

const open = (breaker: CircuitBreaker): void => {
  breaker.recordFailure();
  breaker.recordFailure();
};

describe('the facade over an actor of somebody else', () => {
  test('reads name, policy and state of the actor', () => {
    const { breaker, actor } = aService();
    expect(breaker).toMatchObject({
      name: 'rates',
      state: 'CLOSED',
      stateCode: 0,
      failures: 0,
      generation: 0,
    });
    expect(breaker.policy.failureThreshold).toBe(2);
    expect(breaker.actor).toBe(actor);
  });

  test('goes through a whole cycle on the clock of the service', async () => {
    const clock = new TestClock();
    const { breaker } = aService(clock);
    await expect(breaker.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await expect(breaker.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(breaker.state).toBe('OPEN');
    expect(breaker.retryAfterMs).toBe(60 * SECOND);
    await expect(breaker.execute(() => 1)).rejects.toBeInstanceOf(BrokenCircuitError);
    clock.increment(60 * SECOND - 1);
    expect([breaker.admits, breaker.retryAfterMs]).toEqual([false, 1]);
    clock.increment(1);
    expect(await breaker.execute(() => 'a')).toBe('a');
    expect(await breaker.execute(() => 'b')).toBe('b');
    expect(breaker).toMatchObject({ state: 'CLOSED', failures: 0, generation: 3 });
  });

  test('limits probes, and frees a slot by its permit', () => {
    const clock = new TestClock();
    const { breaker } = aService(clock);
    open(breaker);
    clock.increment(60 * SECOND);
    const permit = breaker.tryAcquire();
    expect(permit).toBeDefined();
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(breaker.retryAfterMs).toBe(30 * SECOND);
    permit?.cancelled();
    expect(breaker.allowRequest()).toBe(true);
  });

  test('sees what other actors tell the breaker, and when', () => {
    const clock = new TestClock();
    const { breaker, actor } = aService(clock);
    const changes: StateChange[] = [];
    breaker.on('stateChange', (change) => changes.push(change));
    clock.increment(SECOND);
    actor.send({ type: 'FAILURE' });
    actor.send({ type: 'FAILURE' });
    expect(changes).toEqual([
      { from: 'CLOSED', to: 'OPEN', generation: 1, reason: 'failureThreshold', retryAfterMs: 60 * SECOND },
    ]);
    expect(breaker.changedAt).toBe(WALL_START + SECOND);
    expect(breaker.lastFailureAt).toBe(WALL_START + SECOND);
  });

  test('lets what is due happen although the timers of the service are late', () => {
    const clock = new StarvedClock();
    const { breaker } = aService(clock);
    open(breaker);
    clock.increment(60 * SECOND - 1);
    expect(breaker.state).toBe('OPEN');
    clock.increment(1);
    expect(breaker.state).toBe('HALF_OPEN');
    // The probe times out at 90 s, which opens it until 150 s: both are over at 160 s, in this order.
    expect(breaker.allowRequest()).toBe(true);
    clock.increment(100 * SECOND);
    expect(breaker).toMatchObject({ state: 'HALF_OPEN', generation: 4 });
    expect(breaker.changedAt).toBe(WALL_START + 150 * SECOND);
  });

  test('forgets failures one by one, each when its own window is over, late timers or not', () => {
    const clock = new StarvedClock();
    const service = createActor(circuitBreakerMachine, { clock: clock as never }).start();
    const breaker = fromActor(service);
    for (const at of [0, 60, 120]) {
      clock.set(at * SECOND);
      breaker.recordFailure();
    }
    clock.set(300 * SECOND - 1);
    expect(breaker.failures).toBe(3);
    clock.set(300 * SECOND);
    expect(breaker.failures).toBe(2);
    clock.set(360 * SECOND);
    expect(breaker.failures).toBe(1);
  });

  test('a success takes the timers of its failures with it', () => {
    const clock = new StarvedClock();
    const breaker = fromActor(createActor(circuitBreakerMachine, { clock: clock as never }).start());
    breaker.recordFailure();
    breaker.recordSuccess();
    clock.increment(HOUR);
    breaker.recordFailure();
    expect(breaker.failures).toBe(1);
  });

  test('tells its state as JSON, which a breaker of its own restores', () => {
    const clock = new TestClock();
    const { breaker } = aService(clock);
    open(breaker);
    clock.increment(20 * SECOND);
    const restored = createCircuitBreaker({ policy, clock, snapshot: JSON.parse(JSON.stringify(breaker)) });
    expect(restored).toMatchObject({ state: 'OPEN', retryAfterMs: 40 * SECOND, generation: 1 });
  });

  test('takes the time that a breaker had been open from the wall when it comes late', () => {
    const { service, actor } = aService({ ...realClock, setTimeout: () => 0 });
    actor.send({ type: 'FAILURE' });
    actor.send({ type: 'FAILURE' });
    const late = fromActor(actor);
    expect(late.state).toBe('OPEN');
    expect(late.retryAfterMs).toBeGreaterThan(59 * SECOND);
    expect(late.retryAfterMs).toBeLessThanOrEqual(60 * SECOND);
    service.stop();
  });

  test('uses the clock that it is given where the service has none that can be read', () => {
    const timers = new TestClock();
    const { setTimeout, clearTimeout } = timers;
    const unreadable = {
      setTimeout: setTimeout.bind(timers),
      clearTimeout: clearTimeout.bind(timers),
    } as unknown as Clock;
    const given = new StarvedClock();
    const { breaker } = aService(unreadable, given);
    open(breaker);
    given.increment(60 * SECOND);
    expect(breaker.state).toBe('HALF_OPEN');
  });

  test('stops itself and leaves the actor alone', async () => {
    const { breaker, actor, service } = aService();
    breaker.stop();
    breaker[Symbol.dispose]();
    await expect(breaker.execute(() => 1)).rejects.toMatchObject({ code: 'ESHUTDOWN' });
    expect(actor.getSnapshot().status).toBe('active');
    expect(fromActor(actor).admits).toBe(true);
    service.stop();
  });

  test('hears nothing of the actor once it is stopped', () => {
    const { breaker, actor } = aService();
    const heard: StateChange[] = [];
    breaker.on('stateChange', (change) => heard.push(change));
    breaker.stop();
    actor.send({ type: 'ISOLATE' });
    expect(heard).toEqual([]);
  });

  test('refuses once the service has stopped its actor', async () => {
    const { breaker, service } = aService();
    service.send({ type: 'CLOSE' });
    expect(breaker.admits).toBe(false);
    await expect(breaker.execute(() => 1)).rejects.toMatchObject({ code: 'ESHUTDOWN' });
  });

  test('listeners may call back into it', () => {
    const clock = new TestClock();
    const { breaker } = aService(clock);
    breaker.on('stateChange', ({ to }) => {
      if (to === 'OPEN') breaker.reset('listener');
    });
    open(breaker);
    expect(breaker).toMatchObject({ state: 'CLOSED', generation: 2 });
  });
});

const realClock: Clock = {
  now: () => performance.now(),
  setTimeout: (fire, ms) => setTimeout(fire, ms),
  clearTimeout: (handle) => clearTimeout(handle),
};
