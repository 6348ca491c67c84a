import { describe, expect, test, vi } from 'vitest';
import {
  type AnyStateMachine,
  assign,
  createActor,
  fromCallback,
  fromEventObservable,
  fromObservable,
  fromPromise,
  fromTransition,
  sendTo,
  setup,
  stopChild,
} from 'xstate';
import { type Book, comparable, foldAll, kinds, machinePicture, newBook, picture, told } from './support.ts';

const SECRET = 'sentinel-9d1c';

const boom = () => {
  throw new TypeError(SECRET);
};

/** A machine that throws in this place. */
const throwing = setup({ actions: { boom }, guards: { boom } }).createMachine({
  id: 'm',
  initial: 'a',
  states: {
    a: { on: { ACT: { actions: 'boom' }, ASK: { guard: 'boom', target: 'b' }, GO: 'b' } },
    b: { entry: 'boom' },
  },
});

/** An actor whose error somebody hears, since else it is an error of the process. */
function start(machine: AnyStateMachine, inspect: Book['inspect']) {
  const actor = createActor(machine, { id: 'm', inspect });
  actor.subscribe({ error: () => {} });
  return actor.start();
}

const equalToFold = (book: Book) =>
  expect(foldAll(book).map(comparable)).toEqual(book.recorder.pictures().map(comparable));

describe('an actor that throws', () => {
  test.each([['ACT'], ['ASK'], ['GO']])('at %s is over, and the event is what it died of', (type) => {
    const book = newBook();
    start(throwing, book.inspect).send({ type } as never);
    expect(told(book, 'm')).toEqual([[type, 'taken', 'the actor died of it']]);
    expect(picture(book, 'm')).toMatchObject({
      status: 'error',
      machine: { value: 'a', timers: [], accepts: [] },
    });
    expect(kinds(book, 'ended')).toMatchObject([{ status: 'error' }]);
    equalToFold(book);
  });

  test('is dead for what is sent to it then', () => {
    const book = newBook();
    const actor = start(throwing, book.inspect);
    actor.send({ type: 'ACT' });
    actor.send({ type: 'GO' });
    expect(told(book, 'm')).toEqual([
      ['ACT', 'taken', 'the actor died of it'],
      ['GO', 'dead', 'the actor died of an error'],
    ]);
    equalToFold(book);
  });

  test('as it is made, or as it begins, is over', () => {
    for (const machine of [
      setup({}).createMachine({ id: 'm', context: boom }),
      setup({ actions: { boom } }).createMachine({ id: 'm', entry: 'boom' }),
      setup({ guards: { boom } }).createMachine({
        id: 'm',
        initial: 'a',
        states: { a: { always: { guard: 'boom', target: 'a' } } },
      }),
    ]) {
      const book = newBook();
      start(machine, book.inspect);
      expect(picture(book, 'm').status).toBe('error');
      equalToFold(book);
    }
  });

  test('does not show the text of its error, which is somebody’s data, unless that is allowed', () => {
    const book = newBook();
    start(throwing, book.inspect).send({ type: 'ACT' });
    expect(picture(book, 'm').error).toBe('TypeError: its text is on no allow-list');
    expect(JSON.stringify([book.records(), book.recorder.pictures()])).not.toContain(SECRET);
    for (const events of [{ '*': ['error'] }, { 'xstate.error.actor.m': ['error'] }, { '*': ['*'] }]) {
      const allowing = newBook({ machines: { m: { show: { events } } } });
      start(throwing, allowing.inspect).send({ type: 'ACT' });
      expect(picture(allowing, 'm').error).toBe(SECRET);
    }
  });

  test('something that is no error shows its type', () => {
    const odd = setup({
      actions: {
        odd: () => {
          throw SECRET;
        },
      },
    }).createMachine({ id: 'm', on: { ACT: { actions: 'odd' } } });
    const book = newBook();
    start(odd, book.inspect).send({ type: 'ACT' });
    expect(picture(book, 'm').error).toBe('string: its text is on no allow-list');
  });
});

describe('a child that fails', () => {
  const failing = fromPromise(() => Promise.reject(new Error(SECRET)));
  const parent = setup({ actors: { failing } }).createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { invoke: { src: 'failing', id: 'child', onError: 'b' } }, b: { type: 'final' } },
  });

  test.each([
    [{}, 'Error: its text is on no allow-list'],
    [{ 'xstate.error.actor.child': ['error'] }, SECRET],
    [{ 'xstate.error.actor.other': ['error'] }, 'Error: its text is on no allow-list'],
  ])('shows its error as the list of its parent says: %j', async (events, error) => {
    const book = newBook({ machines: { m: { show: { events } } } });
    const actor = createActor(parent, { id: 'm', inspect: book.inspect });
    const done = new Promise<void>((complete) => actor.subscribe({ complete }));
    actor.start();
    await done;
    expect(picture(book, 'child')).toMatchObject({ status: 'error', error });
    expect(picture(book, 'm')).toMatchObject({ status: 'done', machine: { value: 'b' } });
    equalToFold(book);
  });
});

describe('an actor that is stopped', () => {
  test('tells so once', () => {
    const book = newBook();
    const actor = start(throwing, book.inspect);
    actor.stop();
    actor.stop();
    expect(kinds(book, 'ended')).toMatchObject([{ status: 'stopped' }]);
    expect(kinds(book, 'event').filter(({ isInternal }) => !isInternal)).toEqual([]);
    equalToFold(book);
  });

  test('with events before it tells that they found it gone', () => {
    const book = newBook();
    const machine = setup({}).createMachine({
      id: 'm',
      on: {
        STOP: {
          actions: ({ self }) => {
            self.send({ type: 'LATE' });
            self.stop();
          },
        },
      },
    });
    start(machine, book.inspect).send({ type: 'STOP' });
    expect(told(book, 'm')).toEqual([
      ['STOP', 'taken'],
      ['LATE', 'dead', 'the actor ended before its turn'],
    ]);
    equalToFold(book);
  });

  test('before it was begun is no actor that lives for ever', () => {
    const book = newBook();
    const never = fromCallback(() => {});
    const machine = setup({ actors: { never } }).createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { invoke: { src: 'never', id: 'never' }, always: 'b' }, b: {} },
    });
    start(machine, book.inspect);
    expect(picture(book, 'never').status).toBe('stopped');
    equalToFold(book);
  });
});

test('a machine that is done as soon as it begins is told as that, and finds nobody dead', () => {
  const book = newBook();
  const machine = setup({}).createMachine({ id: 'm', initial: 'a', states: { a: { type: 'final' } } });
  start(machine, book.inspect);
  expect(picture(book, 'm')).toMatchObject({ status: 'done', machine: { refused: { count: 0 } } });
  expect(kinds(book, 'event')).toMatchObject([{ event: { type: 'xstate.init' }, verdict: 'taken' }]);
  equalToFold(book);
});

test('actors of every kind of logic are told from their beginning to their end', async () => {
  const book = newBook();
  const source = (emit: (next: (value: unknown) => void) => void) => ({
    subscribe: (observer: { next?: (value: never) => void; complete?: () => void }) => {
      emit((value) => observer.next?.(value as never));
      queueMicrotask(() => observer.complete?.());
      return { unsubscribe: () => {} };
    },
  });
  const machine = setup({
    actors: {
      promise: fromPromise(() => Promise.resolve(1)),
      callback: fromCallback(({ sendBack }) => sendBack({ type: 'FROM_CALLBACK' })),
      observable: fromObservable(() => source((next) => next(1)) as never),
      events: fromEventObservable(() => source((next) => next({ type: 'FROM_EVENTS' })) as never),
      transition: fromTransition((count: number) => count + 1, 0),
    },
  }).createMachine({
    id: 'm',
    type: 'parallel',
    states: {
      a: { invoke: { src: 'promise', id: 'promise', onDone: { actions: stopChild('callback') } } },
      b: { invoke: { src: 'callback', id: 'callback' }, on: { FROM_CALLBACK: {} } },
      c: { invoke: { src: 'observable', id: 'observable' } },
      d: { invoke: { src: 'events', id: 'events' } },
      e: { invoke: { src: 'transition', id: 'transition' } },
    },
    on: { COUNT: { actions: sendTo('transition', { type: 'X' }) } },
  });
  const actor = start(machine, book.inspect);
  actor.send({ type: 'COUNT' });
  await vi.waitFor(() => expect(picture(book, 'callback').status).toBe('stopped'));
  const statuses = Object.fromEntries(book.recorder.pictures().map(({ name, status }) => [name, status]));
  expect(statuses).toEqual({
    m: 'active',
    promise: 'done',
    callback: 'stopped',
    observable: 'done',
    events: 'done',
    transition: 'active',
  });
  expect(book.errors).toEqual([]);
  equalToFold(book);
});

test('an actor that ended long ago and is sent an event again is told by the same id', () => {
  const book = newBook({ history: 4 });
  const toggle = setup({}).createMachine({ id: 'toggle' });
  const dead = createActor(toggle, { id: 'dead', inspect: book.inspect }).start();
  dead.stop();
  const other = createActor(toggle, { id: 'other', inspect: book.inspect }).start();
  const { id } = picture(book, 'dead');
  for (let i = 0; i < 20; i += 1) other.send({ type: 'X' });
  expect(book.recorder.pictures().map(({ name }) => name)).toEqual(['other']);
  dead.send({ type: 'X' });
  expect(picture(book, 'dead')).toMatchObject({ id, status: 'stopped' });
  const records = book.records().filter(({ actor }) => actor === id);
  expect(records).toMatchObject([{ kind: 'started' }, { kind: 'event', verdict: 'dead' }]);
});

test('a value that is assigned and taken away again is told as null', () => {
  const book = newBook({ machines: { m: { show: { context: ['a'] } } } });
  const machine = setup({ types: {} as { context: { a?: number | undefined } } }).createMachine({
    id: 'm',
    context: { a: 1 },
    on: { DROP: { actions: assign({ a: undefined }) } },
  });
  start(machine, book.inspect).send({ type: 'DROP' });
  expect(kinds(book, 'event').at(-1)).toMatchObject({ context: { a: null } });
  expect(machinePicture(book, 'm')).toMatchObject({ context: {}, hiddenFields: 0 });
});
