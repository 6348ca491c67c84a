import { describe, expect, test } from 'vitest';
import { createActor, createMachine, fromPromise, not, setup } from 'xstate';
import { createCircuitBreaker } from '../../src/index.ts';
import { TestClock } from '../support/breaker.ts';
import { eventsOf, lastEvent, machinePicture, newBook, picture, told } from './support.ts';

/** A breaker that is watched; `send` sends and tells what came of it. */
function aBreaker(policy = {}) {
  const book = newBook();
  const clock = new TestClock();
  const breaker = createCircuitBreaker({ clock, name: 'breaker', policy, inspect: book.inspect });
  const send = (event: Parameters<typeof breaker.actor.send>[0]) => {
    breaker.actor.send(event);
    const { verdict, reason } = lastEvent(book, 'breaker');
    return reason === undefined ? [verdict] : [verdict, reason];
  };
  return { book, clock, breaker, send };
}

describe('an event to a breaker', () => {
  test('that does something is taken', () => {
    const { send } = aBreaker();
    expect(send({ type: 'FAILURE' })).toEqual(['taken']);
    expect(send({ type: 'PERMIT', id: 'p' })).toEqual(['taken']);
    expect(send({ type: 'ISOLATE' })).toEqual(['taken']);
  });

  test('of an earlier generation is refused as stale', () => {
    const { send } = aBreaker();
    expect(send({ type: 'FAILURE', generation: 7 })).toEqual(['refused', 'stale generation']);
    expect(send({ type: 'FAILURE', generation: 0 })).toEqual(['taken']);
  });

  test('whose permit is not out is refused', () => {
    const { clock, send } = aBreaker({ failureThreshold: 1 });
    send({ type: 'FAILURE' });
    clock.increment(60_000);
    expect(send({ type: 'SUCCESS', permit: 'nobody' })).toEqual(['refused', 'its permit is not out']);
  });

  test('that asks for a permit is refused by an open one, and by one whose slot is taken', () => {
    const { clock, send } = aBreaker({ failureThreshold: 1 });
    send({ type: 'FAILURE' });
    expect(send({ type: 'PERMIT', id: 'a' })).toEqual(['refused', 'permit denied']);
    clock.increment(60_000);
    expect(send({ type: 'PERMIT', id: 'b' })).toEqual(['taken']);
    expect(send({ type: 'PERMIT', id: 'c' })).toEqual(['refused', 'permit denied']);
  });

  test('that the state hears without doing anything is ignored, one that it does not know as well', () => {
    const { send } = aBreaker();
    expect(send({ type: 'CANCELLED' })).toEqual(['ignored', 'CLOSED ignores it']);
    expect(send({ type: 'NONSENSE' } as never)).toEqual(['ignored', 'CLOSED does not know it']);
  });

  test('that is stopped finds it dead', () => {
    const { book, breaker, send } = aBreaker();
    breaker.stop();
    expect(send({ type: 'RESET' })).toEqual(['dead', 'the actor is stopped']);
    expect(machinePicture(book, 'breaker').refused).toMatchObject({
      count: 1,
      last: { what: 'RESET', reason: 'the actor is stopped' },
    });
  });
});

/** A machine in which every kind of guard says no. */
const gate = setup({
  guards: { isReady: () => false, isPaid: () => false, isBlocked: () => true },
}).createMachine({
  id: 'gate',
  initial: 'shut',
  states: {
    shut: {
      on: {
        GO: { guard: 'isReady', target: 'open' },
        PAY: [
          { guard: 'isReady', target: 'open' },
          { guard: 'isPaid', target: 'open' },
        ],
        ASK: [{ guard: 'isBlocked' }, { target: 'open' }],
        ODD: { guard: () => false, target: 'open' },
        MIX: { guard: not('isBlocked'), target: 'open' },
        IDLE: {},
        AGAIN: { target: 'shut', reenter: true },
        'door.*': { guard: 'isReady', target: 'open' },
      },
    },
    open: { type: 'final' },
  },
});

describe('a guard that says no', () => {
  const actor = (views = {}) => {
    const book = newBook({ machines: views });
    const started = createActor(gate, { id: 'gate', inspect: book.inspect }).start();
    return (type: string) => {
      started.send({ type } as never);
      return told(book, 'gate').at(-1)?.slice(1);
    };
  };

  test.each([
    ['GO', ['refused', 'the guard isReady said no']],
    ['PAY', ['refused', 'the guards isReady, isPaid said no']],
    ['ASK', ['refused', 'the guard isBlocked']],
    ['ODD', ['refused', 'the guard inline said no']],
    ['MIX', ['refused', 'the guard not isBlocked said no']],
    ['door.open', ['refused', 'the guard isReady said no']],
    ['door', ['refused', 'the guard isReady said no']],
    ['doors', ['ignored', 'shut does not know it']],
    ['IDLE', ['ignored', 'shut ignores it']],
    ['AGAIN', ['taken']],
  ])('is the reason: %s', (type, expected) => {
    expect(actor()(type)).toEqual(expected);
  });

  test('says so in the words that the machine is given', () => {
    const send = actor({ gate: { refusals: { isReady: 'not ready yet', isBlocked: 'blocked' } } });
    expect(send('GO')).toEqual(['refused', 'not ready yet']);
    expect(send('ASK')).toEqual(['refused', 'blocked']);
    expect(send('ODD')).toEqual(['refused', 'the guard inline said no']);
  });
});

describe('an event of a machine', () => {
  test('that any event takes by a wildcard is taken, unless a guard says no', () => {
    const book = newBook();
    const any = setup({ guards: { no: () => false }, actions: { note: () => {} } }).createMachine({
      id: 'any',
      initial: 'a',
      states: { a: { on: { '*': { actions: 'note' } } }, b: { on: { '*': { guard: 'no' } } } },
      on: { 'to.b': '.b' },
    });
    const actor = createActor(any, { id: 'any', inspect: book.inspect }).start();
    actor.send({ type: 'anything' });
    expect(lastEvent(book, 'any')).toMatchObject({
      verdict: 'taken',
      steps: [{ edges: ['any.a|*|0'], guards: [], actions: ['note'] }],
    });
  });

  test('without states is named by its id', () => {
    const book = newBook();
    const actor = createActor(createMachine({ id: 'flat' }), { id: 'x', inspect: book.inspect }).start();
    actor.send({ type: 'HI' });
    expect(told(book, 'x')).toEqual([['HI', 'ignored', 'flat does not know it']]);
  });

  test('that no state handles and that is an error kills it, and is not called ignored', () => {
    const book = newBook();
    const failing = fromPromise(() => Promise.reject(new Error('no')));
    const machine = createMachine({ id: 'parent', invoke: { src: failing, id: 'child' } });
    const actor = createActor(machine, { id: 'parent', inspect: book.inspect });
    const ended = Promise.withResolvers<void>();
    actor.subscribe({ error: () => ended.resolve() });
    actor.start();
    return ended.promise.then(() => {
      expect(told(book, 'parent')).toEqual([
        ['xstate.error.actor.child', 'taken', 'no state handles it: the actor dies of it'],
      ]);
      expect(picture(book, 'parent').status).toBe('error');
      expect(machinePicture(book, 'parent').refused.count).toBe(0);
    });
  });

  test('that is bookkeeping of XState does not count as refused', async () => {
    const book = newBook();
    const machine = createMachine({
      id: 'parent',
      invoke: { src: fromPromise(() => Promise.resolve(1)), id: 'child' },
    });
    const actor = createActor(machine, { id: 'parent', inspect: book.inspect }).start();
    const { child } = actor.getSnapshot().children;
    await new Promise<void>((resolve) => child?.subscribe({ complete: resolve }));
    const [done] = eventsOf(book, 'parent', true).filter(({ event }) => event.type.startsWith('xstate.done'));
    expect(done).toMatchObject({ verdict: 'ignored', isInternal: true });
    expect(machinePicture(book, 'parent').refused).toEqual({ count: 0 });
  });
});

describe('an event to an actor that has not begun', () => {
  const toggle = createMachine({
    id: 'toggle',
    initial: 'off',
    states: { off: { on: { T: 'on' } }, on: { on: { T: 'off' } } },
  });

  test('is queued, and told again with what came of it', () => {
    const book = newBook();
    const actor = createActor(toggle, { id: 'toggle', inspect: book.inspect });
    actor.send({ type: 'T' });
    expect(told(book, 'toggle')).toEqual([['T', 'queued']]);
    actor.start();
    expect(told(book, 'toggle')).toEqual([
      ['T', 'queued'],
      ['T', 'taken'],
    ]);
  });

  test('is told once where nobody looked before it began', () => {
    const book = newBook();
    const actor = createActor(toggle, { id: 'toggle', inspect: book.inspect });
    actor.send({ type: 'T' });
    actor.start();
    expect(told(book, 'toggle')).toEqual([['T', 'taken']]);
    expect(machinePicture(book, 'toggle').value).toBe('on');
  });

  test('and never will finds it dead', () => {
    const book = newBook();
    const actor = createActor(toggle, { id: 'toggle', inspect: book.inspect });
    actor.stop();
    actor.send({ type: 'T' });
    expect(told(book, 'toggle')).toEqual([['T', 'dead', 'the actor is stopped']]);
    expect(picture(book, 'toggle').status).toBe('stopped');
  });
});

test('the same event object may be sent again and again', () => {
  const { book, breaker } = aBreaker();
  const failure = { type: 'FAILURE' } as const;
  for (let i = 0; i < 6; i += 1) breaker.actor.send(failure);
  expect(told(book, 'breaker').map(([, verdict]) => verdict)).toEqual([
    ...Array.from({ length: 5 }, () => 'taken'),
    'ignored',
  ]);
});
