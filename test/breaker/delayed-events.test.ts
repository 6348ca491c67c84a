import { expect, onTestFinished, test, vi } from 'vitest';
import { createActor } from 'xstate';
import { DeadlineClock } from '../../src/breaker/deadline-clock.ts';
import { keepDelayedEvents } from '../../src/breaker/delayed-events.ts';
import { circuitBreakerMachine, fromActor } from '../../src/index.ts';
import { fail, MINUTE, newBreaker, TestClock, WALL_START } from '../support/breaker.ts';

// What XState's own scheduler does is in test/paths/breaker-logic.test.ts; here is what no path needs.

function newActor() {
  const base = new TestClock();
  const clock = new DeadlineClock(base);
  const actor = createActor(circuitBreakerMachine, { clock });
  const events = keepDelayedEvents(actor, clock);
  actor.start();
  const told: string[] = [];
  actor.system.inspect((inspection) => {
    if (inspection.type === '@xstate.event') told.push(`${inspection.event.type} at ${clock.now()}`);
  });
  return { base, clock, actor, events, told };
}

const event = { type: 'FAILURE_AGED' };

test('an event that nobody named is sent, too, and each of several', () => {
  const { base, actor, events, told } = newActor();
  events.schedule(actor, actor, event, 10);
  events.schedule(actor, actor, event, 20);
  base.increment(20);
  expect(told).toEqual(['FAILURE_AGED at 10', 'FAILURE_AGED at 20']);
});

test('one that is cancelled is not sent, others are', () => {
  const { base, actor, events, told } = newActor();
  for (const [id, delay] of [
    ['one', 10],
    ['two', 20],
    ['three', 30],
  ] as const)
    events.schedule(actor, actor, event, delay, id);
  events.cancel(actor, 'two');
  events.cancel(actor, 'nobody');
  base.increment(30);
  expect(told).toEqual(['FAILURE_AGED at 10', 'FAILURE_AGED at 30']);
});

test('of two with one name the newer is cancelled', () => {
  const { base, actor, events, told } = newActor();
  events.schedule(actor, actor, event, 10, 'same');
  events.schedule(actor, actor, event, 20, 'same');
  events.cancel(actor, 'same');
  base.increment(30);
  expect(told).toEqual(['FAILURE_AGED at 10']);
});

test('all of them can be cancelled, and other deadlines of the clock stay', () => {
  const { base, clock, actor, events, told } = newActor();
  clock.setTimeout(() => told.push('a deadline'), 5);
  clock.setTimeout(() => told.push('another one'), 15);
  events.schedule(actor, actor, event, 10, 'one');
  events.schedule(actor, actor, event, 20, 'two');
  events.cancelAll();
  base.increment(30);
  expect(told).toEqual(['a deadline', 'another one']);
});

test('inspectors see when each began, by the wall of the host', () => {
  vi.useFakeTimers({ now: WALL_START, toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { base, actor, events } = newActor();
  base.increment(1_000);
  events.schedule(actor, actor, event, 500, 'one');
  base.increment(200);
  const { _scheduledEvents } = (
    actor.system as unknown as { getSnapshot(): { _scheduledEvents: object } }
  ).getSnapshot();
  expect(_scheduledEvents).toEqual({
    [`${actor.sessionId}.one`]: {
      id: 'one',
      event,
      delay: 500,
      startedAt: WALL_START - 200,
      source: actor,
      target: actor,
    },
  });
});

test('another facade over the actor of a breaker finds its deadlines', () => {
  // The wall tells how old they are.
  vi.useFakeTimers({ now: WALL_START, toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { breaker, clock } = newBreaker({ policy: { failureThreshold: 1 } });
  fail(breaker);
  const other = fromActor(breaker.actor, { clock });
  expect(other.state).toBe('OPEN');
  expect(other.retryAfterMs).toBe(MINUTE);
  clock.increment(MINUTE);
  expect(other.state).toBe('HALF_OPEN');
  expect(breaker.state).toBe('HALF_OPEN');
});
