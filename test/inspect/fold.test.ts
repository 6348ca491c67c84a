import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyActorRef, createActor, raise, sendTo, setup } from 'xstate';
import { circuitBreakerMachine } from '../../machines/index.ts';
import { createCircuitBreaker } from '../../src/index.ts';
import { TestClock } from '../support/breaker.ts';
import { attach, type Book, comparable, foldAll, newBook } from './support.ts';

/** A page that came first, and one that comes now, know the same. */
const expectSame = (book: Book) =>
  expect(foldAll(book).map(comparable)).toEqual(book.recorder.pictures().map(comparable));

const outcome = fc.record({
  type: fc.constantFrom('SUCCESS', 'FAILURE', 'STORAGE_FATAL', 'CANCELLED'),
  generation: fc.constantFrom(undefined, undefined, 0, 1, 2, 3, 4),
  permit: fc.constantFrom(undefined, undefined, 'a', 'b'),
});
const order = fc.record({
  type: fc.constantFrom('ISOLATE', 'RESET'),
  reason: fc.constantFrom(undefined, 'drill'),
});
const permit = fc.record({
  type: fc.constant('PERMIT'),
  id: fc.constantFrom(undefined, 'a', 'b'),
});
const step = fc.oneof(
  { weight: 6, arbitrary: outcome.map((event) => ({ event })) },
  { weight: 2, arbitrary: permit.map((event) => ({ event })) },
  { weight: 1, arbitrary: order.map((event) => ({ event })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('NONSENSE', 'PROBE_TIMED_OUT').map((type) => ({ event: { type } })),
  },
  { weight: 3, arbitrary: fc.constantFrom(1, 500, 1_000, 5_000).map((ms) => ({ ms })) },
  { weight: 1, arbitrary: fc.constant({ looks: true }) },
  { weight: 1, arbitrary: fc.constant({ restarts: true }) },
);
type Doing = { event?: object; ms?: number; looks?: boolean; restarts?: boolean };

const policy = {
  failureThreshold: 3,
  successThreshold: 2,
  openTimeoutMs: 1_000,
  failureWindowMs: 2_000,
  probeTimeoutMs: 1_500,
};

describe('what a page makes of the records', () => {
  test('is what the server knows, after whatever happens to a breaker', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, isLate) => {
        const book = newBook();
        const clock = new TestClock();
        const start = () => {
          const made = createCircuitBreaker({
            name: 'breaker',
            clock,
            policy,
            ...(!isLate && { inspect: book.inspect }),
          });
          if (isLate) attach(book, made.actor);
          return made;
        };
        let breaker = start();
        for (const { event, ms, looks, restarts } of steps as readonly Doing[]) {
          if (event !== undefined) breaker.actor.send(event as never);
          if (ms !== undefined) clock.increment(ms);
          if (looks) expectSame(book);
          if (restarts) {
            breaker.stop();
            breaker = start();
          }
        }
        expectSame(book);
        expect(book.errors).toEqual([]);
      }),
    );
  });

  test('is what the server knows of machines that start, stop and break each other', () => {
    const types = ['GO', 'STOP', 'TELL', 'LATER', 'BREAK', 'NOBODY'] as const;
    const child = setup({
      actions: {
        boom: () => {
          throw new Error('no');
        },
      },
    }).createMachine({
      id: 'child',
      context: { n: 0 },
      initial: 'a',
      states: {
        a: { on: { GO: 'b', BREAK: { actions: 'boom' } }, after: { 1000: 'b' } },
        b: { on: { GO: 'a', BREAK: 'c' } },
        c: { type: 'final' },
      },
    });
    const parent = setup({ actors: { child } }).createMachine({
      id: 'parent',
      type: 'parallel',
      states: {
        work: {
          initial: 'on',
          states: {
            on: {
              invoke: { src: 'child', id: 'kid', onDone: 'off', onError: 'off' },
              on: {
                STOP: 'off',
                TELL: { actions: sendTo('kid', { type: 'GO' }) },
                BREAK: { actions: sendTo('kid', { type: 'BREAK' }) },
              },
            },
            off: { on: { GO: 'on' } },
          },
        },
        time: {
          initial: 'x',
          states: {
            x: { on: { LATER: { target: 'y', actions: raise({ type: 'GO' }, { delay: 300 }) } } },
            y: { after: { 500: 'x' } },
          },
        },
      },
    });
    const doing = fc.oneof(
      fc.constantFrom(...types).map((type) => ({ event: { type } })),
      fc.constantFrom(1, 299, 300, 1_000).map((ms) => ({ ms })),
      fc.constant({ looks: true }),
    );
    fc.assert(
      fc.property(fc.array(doing, { maxLength: 40 }), fc.boolean(), (steps, begins) => {
        const book = newBook();
        const clock = new TestClock();
        const actor: AnyActorRef = createActor(parent, { id: 'parent', clock, inspect: book.inspect });
        if (begins) actor.start();
        for (const [i, { event, ms, looks }] of (steps as readonly Doing[]).entries()) {
          if (i === 10) actor.start();
          if (event !== undefined) actor.send(event as never);
          if (ms !== undefined) clock.increment(ms);
          if (looks) expectSame(book);
        }
        actor.stop();
        expectSame(book);
        expect(book.errors).toEqual([]);
      }),
    );
  });

  test('is what the server knows of a breaker that was restored', () => {
    const book = newBook();
    const clock = new TestClock();
    const first = createCircuitBreaker({ clock, policy: { failureThreshold: 1 } });
    first.recordFailure();
    const snapshot = first.toJSON();
    createCircuitBreaker({ name: 'again', clock, snapshot, inspect: book.inspect });
    expect(book.recorder.pictures()).toMatchObject([{ name: 'again', machine: { value: 'OPEN' } }]);
    expectSame(book);
  });

  test('is what the server knows of a bare machine with all that it shows', () => {
    const book = newBook({
      machines: { circuitBreaker: { show: { context: ['*'], events: { '*': ['*'] } } } },
    });
    const actor = createActor(circuitBreakerMachine, {
      clock: new TestClock(),
      inspect: book.inspect,
    }).start();
    for (let i = 0; i < 7; i += 1) actor.send({ type: 'FAILURE' });
    actor.send({ type: 'RESET', reason: 'x' });
    expectSame(book);
  });
});
