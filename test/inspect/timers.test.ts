import { afterEach, describe, expect, test, vi } from 'vitest';
import { cancel, createActor, raise, sendTo, setup } from 'xstate';
import { createCircuitBreaker } from '../../src/index.ts';
import { attach, eventsOf, lastEvent, machinePicture, newBook } from './support.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** All clocks of the process stand still, wall and monotonic, and go on together when told. */
const freeze = () => vi.useFakeTimers({ now: 1_700_000_000_000 });

/** A machine with every kind of delay. */
const delays = setup({ delays: { soon: 1_000 }, guards: { yes: () => true } }).createMachine({
  id: 'm',
  initial: 'a',
  states: {
    a: {
      entry: raise({ type: 'RAISED' }, { id: 'r', delay: 5_000 }),
      on: {
        DROP: { actions: cancel('r') },
        SELF: { actions: sendTo(({ self }) => self, { type: 'MINE' }, { delay: 300 }) },
        GO: 'b',
        PLAIN: { actions: raise({ type: 'NOW' }) },
      },
      after: { soon: 'b', 2000: [{ guard: 'yes', target: 'c' }, { target: 'b' }] },
    },
    b: {},
    c: {},
  },
});

function start() {
  freeze();
  const book = newBook();
  const actor = createActor(delays, { id: 'm', inspect: book.inspect }).start();
  const timers = () =>
    machinePicture(book, 'm').timers.map(({ event, delayMs, leftMs }) => [event, delayMs, leftMs]);
  return { book, actor, timers };
}

const SOON = 'xstate.after.soon.m.a';
const LATER = 'xstate.after.2000.m.a';

describe('the timers of an actor', () => {
  test('tell what is due first, and how much of it is left', () => {
    const { timers } = start();
    vi.advanceTimersByTime(400);
    expect(timers()).toEqual([
      [SOON, 1_000, 600],
      [LATER, 2_000, 1_600],
      ['RAISED', 5_000, 4_600],
    ]);
  });

  test('tell the edges that an `after` may take, and where it leads when that is certain', () => {
    const { book } = start();
    expect(machinePicture(book, 'm').timers).toMatchObject([
      { event: SOON, edges: [`m.a|${SOON}|0`], target: 'b' },
      { event: LATER, edges: [`m.a|${LATER}|0`, `m.a|${LATER}|1`] },
      { event: 'RAISED', edges: [] },
    ]);
    expect(machinePicture(book, 'm').timers[1]).not.toHaveProperty('target');
  });

  test('vanish when their state is left; a delayed raise stays, as it does in XState', () => {
    const { book, actor, timers } = start();
    actor.send({ type: 'GO' });
    expect(lastEvent(book, 'm').timers?.map(({ event }) => event)).toEqual(['RAISED']);
    expect(timers()).toEqual([['RAISED', 5_000, 5_000]]);
  });

  test('vanish when they are cancelled', () => {
    const { book, actor, timers } = start();
    actor.send({ type: 'DROP' });
    expect(lastEvent(book, 'm').timers).toHaveLength(2);
    expect(timers().map(([event]) => event)).toEqual([SOON, LATER]);
  });

  test('vanish when they fire', () => {
    const { book, timers } = start();
    vi.advanceTimersByTime(1_000);
    expect(lastEvent(book, 'm')).toMatchObject({
      event: { type: SOON },
      verdict: 'taken',
      change: { to: 'b' },
      timers: [{ event: 'RAISED', leftMs: 4_000 }],
    });
    vi.advanceTimersByTime(4_000);
    expect(lastEvent(book, 'm')).toMatchObject({ event: { type: 'RAISED' }, timers: [] });
    expect(timers()).toEqual([]);
  });

  test('are told of an event that starts one, and not of one that starts none', () => {
    const { book, actor } = start();
    actor.send({ type: 'SELF' });
    expect(lastEvent(book, 'm').timers?.[0]).toMatchObject({ event: 'MINE', delayMs: 300, leftMs: 300 });
    actor.send({ type: 'NOTHING' });
    expect(lastEvent(book, 'm')).not.toHaveProperty('timers');
  });

  test('come from nobody but the actor itself', () => {
    freeze();
    const book = newBook();
    const parent = setup({ actors: { delays } }).createMachine({
      invoke: { src: 'delays', id: 'child' },
      on: { SEND: { actions: sendTo('child', { type: 'OTHERS' }, { delay: 10 }) } },
    });
    createActor(parent, { inspect: book.inspect }).start().send({ type: 'SEND' });
    expect(machinePicture(book, 'child').timers.map(({ event }) => event)).toEqual([SOON, LATER, 'RAISED']);
    vi.advanceTimersByTime(10);
    expect(lastEvent(book, 'child')).toMatchObject({ event: { type: 'OTHERS' }, verdict: 'ignored' });
  });

  test('end with the actor', () => {
    const { book, actor, timers } = start();
    actor.stop();
    expect(timers()).toEqual([]);
    expect(machinePicture(book, 'm').accepts).toEqual([]);
  });

  test('are not moved by a wall clock that is set', () => {
    const { timers } = start();
    const before = timers();
    vi.setSystemTime(1_800_000_000_000);
    expect(timers()).toEqual(before);
    vi.setSystemTime(1_600_000_000_000);
    expect(timers()).toEqual(before);
  });

  test('that ran already when the inspector came have the rest of their time', () => {
    freeze();
    const actor = createActor(delays).start();
    vi.advanceTimersByTime(700);
    const book = newBook();
    attach(book, actor, 'm');
    expect(machinePicture(book, 'm').timers[0]).toMatchObject({ event: SOON, delayMs: 1_000, leftMs: 300 });
  });
});

test('an open breaker tells when it probes, and where that leads', () => {
  freeze();
  const book = newBook();
  const breaker = createCircuitBreaker({ name: 'b', policy: { failureThreshold: 1 }, inspect: book.inspect });
  breaker.recordFailure();
  vi.advanceTimersByTime(20_000);
  const edge = 'circuitBreaker.OPEN|xstate.after.openTimeout.circuitBreaker.OPEN|0';
  expect(machinePicture(book, 'b').timers).toEqual([
    {
      event: 'xstate.after.openTimeout.circuitBreaker.OPEN',
      edges: [edge],
      target: 'HALF_OPEN',
      delayMs: 60_000,
      leftMs: 40_000,
    },
  ]);
  vi.advanceTimersByTime(40_000);
  expect(machinePicture(book, 'b')).toMatchObject({ value: 'HALF_OPEN', timers: [] });
  expect(eventsOf(book, 'b').at(-1)?.steps[0]?.edges).toEqual([edge]);
});
