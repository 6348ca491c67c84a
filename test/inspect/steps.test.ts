import { describe, expect, test } from 'vitest';
import { createActor, setup } from 'xstate';
import { eventsOf, lastEvent, machinePicture, newBook } from './support.ts';

/** Every state names its entry and exit, so that what a step left and entered can be read. */
const named = (name: string) => ({ entry: `in ${name}`, exit: `out ${name}` });

const vocabulary = setup({
  types: {} as { context: { n: number } },
  guards: { few: ({ context }) => context.n < 3 },
  actions: Object.fromEntries(
    ['p', 'a', 'b', 'c', 'a1', 'a2', 'l', 'l1', 'l2', 'r', 'r1', 'r2', 'note'].flatMap((name) => [
      [`in ${name}`, () => {}],
      [`out ${name}`, () => {}],
      [name, () => {}],
    ]),
  ),
});

const nested = vocabulary.createMachine({
  id: 'm',
  context: { n: 0 },
  initial: 'p',
  states: {
    p: {
      ...named('p'),
      initial: 'a',
      on: {
        INNER: '.a',
        OUTER: { target: '.a', reenter: true },
        SELF: { target: 'p', reenter: true },
        AWAY: 'c',
      },
      states: {
        a: {
          ...named('a'),
          initial: 'a1',
          on: { NEXT: 'b', NOTE: { actions: 'note' } },
          states: {
            a1: { ...named('a1'), on: { DEEP: 'a2' } },
            a2: { ...named('a2') },
            memory: { type: 'history' },
          },
        },
        b: { ...named('b') },
      },
    },
    c: { ...named('c'), on: { BACK: '#m.p.a.memory' } },
  },
});

function run(...types: readonly string[]) {
  const book = newBook();
  const actor = createActor(nested, { id: 'm', inspect: book.inspect }).start();
  for (const type of types) actor.send({ type } as never);
  return book;
}

const actionsOf = (...types: readonly string[]) =>
  lastEvent(run(...types), 'm').steps.map(({ actions }) => actions);

describe('a step tells which states it left and entered', () => {
  test.each([
    [['NEXT'], [['out a1', 'out a', 'in b']]],
    [['DEEP'], [['out a1', 'in a2']]],
    [['NOTE'], [['note']]],
    [['AWAY'], [['out a1', 'out a', 'out p', 'in c']]],
    [['INNER'], [['out a1', 'out a', 'in a', 'in a1']]],
    [['OUTER'], [['out a1', 'out a', 'out p', 'in p', 'in a', 'in a1']]],
    [['SELF'], [['out a1', 'out a', 'out p', 'in p', 'in a', 'in a1']]],
    [['DEEP', 'AWAY', 'BACK'], [['out c', 'in p', 'in a', 'in a2']]],
  ])('%j', (types, expected) => {
    expect(actionsOf(...types)).toEqual(expected);
  });

  test('as XState itself does', () => {
    const order: string[] = [];
    const tell = (name: string) => [name, () => order.push(name)] as const;
    const names = ['p', 'a', 'b', 'c', 'a1', 'a2'].flatMap((name) => [`in ${name}`, `out ${name}`]);
    const heard = nested.provide({ actions: Object.fromEntries([...names, 'note'].map(tell)) });
    const types = ['NOTE', 'DEEP', 'INNER', 'DEEP', 'SELF', 'NEXT', 'OUTER', 'DEEP', 'AWAY', 'BACK', 'AWAY'];
    const book = newBook();
    const actor = createActor(heard, { id: 'm', inspect: book.inspect }).start();
    for (const type of types) {
      order.length = 0;
      actor.send({ type } as never);
      expect([type, lastEvent(book, 'm').steps.flatMap(({ actions }) => actions)]).toEqual([type, order]);
    }
  });

  test('in each region of a parallel state', () => {
    const book = newBook();
    const parallel = vocabulary.createMachine({
      id: 'm',
      context: { n: 0 },
      type: 'parallel',
      states: {
        l: {
          ...named('l'),
          initial: 'l1',
          states: { l1: { ...named('l1'), on: { X: 'l2' } }, l2: named('l2') },
        },
        r: {
          ...named('r'),
          initial: 'r1',
          states: { r1: { ...named('r1'), on: { X: { target: 'r2', guard: 'few' } } }, r2: named('r2') },
        },
      },
    });
    const actor = createActor(parallel, { id: 'm', inspect: book.inspect }).start();
    actor.send({ type: 'X' });
    const record = lastEvent(book, 'm');
    expect(record.steps).toEqual([
      {
        edges: ['m.l.l1|X|0', 'm.r.r1|X|0'],
        guards: ['few'],
        actions: ['out r1', 'out l1', 'in l2', 'in r2'],
      },
    ]);
    expect(record.change).toMatchObject({ from: { l: 'l1', r: 'r1' }, to: { l: 'l2', r: 'r2' } });
    expect(record.change?.active).toEqual(['m', 'm.l', 'm.r', 'm.l.l2', 'm.r.r2']);
  });
});

test('a chain of `always` is one event of several steps', () => {
  const book = newBook();
  const chain = vocabulary.createMachine({
    id: 'm',
    context: { n: 0 },
    initial: 'a',
    states: {
      a: { on: { GO: 'b' } },
      b: { always: [{ guard: 'few', target: 'c' }] },
      c: { always: 'p' },
      p: {},
    },
  });
  const actor = createActor(chain, { id: 'm', inspect: book.inspect }).start();
  actor.send({ type: 'GO' });
  const { steps, change } = lastEvent(book, 'm');
  expect(steps.map(({ edges, guards }) => [...edges, ...guards])).toEqual([
    ['m.a|GO|0'],
    ['m.b|always|0', 'few'],
    ['m.c|always|0'],
  ]);
  expect(change).toMatchObject({ from: 'a', to: 'p' });
});

test('what happens as an actor begins belongs to its beginning', () => {
  const book = newBook();
  const machine = vocabulary.createMachine({
    id: 'm',
    context: { n: 0 },
    initial: 'a',
    states: { a: { always: 'b' }, b: { ...named('b') } },
  });
  createActor(machine, { id: 'm', inspect: book.inspect }).start();
  const [init] = eventsOf(book, 'm', true);
  expect(init).toMatchObject({ event: { type: 'xstate.init' }, verdict: 'taken', isInternal: true });
  expect(init?.steps).toEqual([{ edges: ['m.a|always|0'], guards: [], actions: ['in b'] }]);
  expect(init?.change).toBeUndefined();
});

describe('what a state accepts', () => {
  test('is what it or a state around it would do something with', () => {
    expect(machinePicture(run(), 'm').accepts).toEqual([
      'INNER',
      'OUTER',
      'SELF',
      'AWAY',
      'NEXT',
      'NOTE',
      'DEEP',
    ]);
    expect(machinePicture(run('AWAY'), 'm').accepts).toEqual(['BACK']);
  });

  test('is not what an inner state ignores in place of the outer one', () => {
    const book = newBook();
    const machine = vocabulary.createMachine({
      id: 'm',
      context: { n: 0 },
      initial: 'a',
      on: { X: '.b', Y: '.b', Z: '.b' },
      states: { a: { on: { X: {}, Y: [{ guard: 'few' }], Z: [{ guard: 'few' }, {}] } }, b: {} },
    });
    const actor = createActor(machine, { id: 'm', inspect: book.inspect }).start();
    expect(machinePicture(book, 'm').accepts).toEqual(['Y']);
    actor.send({ type: 'X' });
    expect(lastEvent(book, 'm').verdict).toBe('ignored');
  });
});
