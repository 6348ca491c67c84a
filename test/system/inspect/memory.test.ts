import { setImmediate as nextTask } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  type ActorRefFrom,
  createActor,
  createMachine,
  fromCallback,
  fromPromise,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { createCircuitBreaker, createCircuitBreakerRegistry } from '../../../src/index.ts';
import { newBook, picture } from '../../inspect/support.ts';
import { TestClock } from '../../support/breaker.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Bytes of heap that are in use. */
async function heapUsed(): Promise<number> {
  await nextTask();
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

const MB = 2 ** 20;
const child = createMachine({ id: 'child', context: { text: 'x'.repeat(100) } });

/** Starts a child with every event, and stops the one before. */
const nursery = setup({ actors: { child } }).createMachine({
  id: 'nursery',
  on: {
    NEXT: {
      actions: [stopChild('child'), spawnChild('child', { id: 'child' })],
    },
  },
});

describe('the book stays small', () => {
  test('while 100,000 children come and go, and keeps who is alive and silent', async () => {
    const book = newBook();
    const silent = createCircuitBreaker({ name: 'silent', clock: new TestClock(), inspect: book.inspect });
    const parent = createActor(nursery, { id: 'parent', inspect: book.inspect }).start();
    const spawn = (times: number) => {
      for (let i = 0; i < times; i += 1) parent.send({ type: 'NEXT' });
    };
    spawn(10_000);
    const before = await heapUsed();
    spawn(90_000);
    const grown = (await heapUsed()) - before;
    expect(grown).toBeLessThan(8 * MB);
    const pictures = book.recorder.pictures();
    expect(pictures.length).toBeLessThanOrEqual(2_000);
    expect(pictures.filter(({ machine }) => machine !== undefined).length).toBeLessThanOrEqual(53);
    expect(picture(book, 'silent')).toMatchObject({ status: 'active', machine: { value: 'CLOSED' } });
    expect(picture(book, 'parent').status).toBe('active');
    expect(silent.state).toBe('CLOSED');
  }, 60_000);

  test('beside promises that come and go all night, while a breaker is silent', async () => {
    const book = newBook({ history: 200 });
    createCircuitBreaker({ name: 'silent', clock: new TestClock(), inspect: book.inspect });
    const poll = setup({ actors: { ask: fromPromise(() => Promise.resolve(1)) } }).createMachine({
      id: 'poll',
      context: { n: 0 },
      initial: 'a',
      states: {
        a: { invoke: { src: 'ask', id: 'ask', onDone: 'b' } },
        b: { invoke: { src: 'ask', id: 'ask', onDone: 'a' } },
      },
    });
    const actor = createActor(poll, { id: 'poll', inspect: book.inspect }).start();
    for (let i = 0; i < 20_000; i += 1) await null;
    actor.stop();
    const pictures = book.recorder.pictures();
    expect(pictures.length).toBeLessThan(100);
    expect(book.history.last).toBeGreaterThan(10_000);
    expect(picture(book, 'silent').status).toBe('active');
  });

  test('of dead ones that records still name: they go before a silent one that lives', () => {
    const book = newBook({ history: 100_000 });
    createCircuitBreaker({ name: 'silent', clock: new TestClock(), inspect: book.inspect });
    const parent = createActor(nursery, { id: 'parent', inspect: book.inspect }).start();
    for (let i = 0; i < 3_000; i += 1) parent.send({ type: 'NEXT' });
    expect(book.recorder.pictures().length).toBeLessThanOrEqual(2_000);
    expect(picture(book, 'silent').status).toBe('active');
    expect(picture(book, 'parent').status).toBe('active');
  });

  test('of actors that nobody stops, which are known again by their ids when they speak', () => {
    const book = newBook();
    const registry = createCircuitBreakerRegistry({
      maxEntries: 10_000,
      clock: new TestClock(),
      inspect: book.inspect,
    });
    for (let i = 0; i < 5_000; i += 1) registry.get(`key ${i}`);
    expect(book.recorder.pictures().length).toBeLessThanOrEqual(2_000);
    const names = new Set(book.recorder.pictures().map(({ name }) => name));
    expect(names.has('key 4999')).toBe(true);
    expect(names.has('key 0')).toBe(false);
    registry.get('key 0').recordFailure();
    expect(picture(book, 'key 0')).toMatchObject({ id: 'a1', machine: { context: { failures: 1 } } });
  });

  test('and never lets go of the parent of one that lives', () => {
    const book = newBook();
    const family = setup({ actors: { leaf: fromCallback(() => {}), child } }).createMachine({
      id: 'family',
      invoke: { src: 'child', id: 'kid' },
    });
    createActor(family, { id: 'silent parent', inspect: book.inspect }).start();
    const crowd: ActorRefFrom<typeof child>[] = [];
    for (let i = 0; i < 5_000; i += 1) crowd.push(createActor(child, { inspect: book.inspect }).start());
    const pictures = book.recorder.pictures();
    const ids = new Set(pictures.map(({ id }) => id));
    expect(pictures.filter(({ parent }) => parent !== undefined && !ids.has(parent))).toEqual([]);
    expect(crowd).toHaveLength(5_000);
  });

  test('of events whose end is never told', async () => {
    const book = newBook();
    const unborn = createActor(child, { id: 'unborn', inspect: book.inspect });
    const before = await heapUsed();
    for (let i = 0; i < 20_000; i += 1) unborn.send({ type: 'X' });
    const ofMailbox = (await heapUsed()) - before;
    unborn.stop();
    expect(ofMailbox).toBeLessThan(30 * MB);
    // Only the sender's system tells: what came of it nobody will ever say.
    const deaf = createActor(child, { id: 'deaf' }).start();
    const machine = setup({}).createMachine({ on: { GO: { actions: sendTo(() => deaf, { type: 'X' }) } } });
    const sender = createActor(machine, { inspect: book.inspect }).start();
    sender.send({ type: 'GO' });
    const first = await heapUsed();
    for (let i = 0; i < 20_000; i += 1) sender.send({ type: 'GO' });
    expect((await heapUsed()) - first).toBeLessThan(8 * MB);
  }, 30_000);

  test('of charts, however many machines a program makes as it runs', () => {
    const book = newBook();
    for (let i = 0; i < 600; i += 1) {
      createActor(createMachine({ id: `m${i}` }), { inspect: book.inspect })
        .start()
        .stop();
    }
    const charts = new Set(
      book.records().flatMap((each) => (each.kind === 'started' ? (each.picture.machine?.chart ?? []) : [])),
    );
    expect(charts.size).toBe(600);
    const kept = [...charts].filter((name) => book.machines.chart(name) !== undefined);
    expect(kept).toHaveLength(500);
  });
});

test.each([
  ['forgotten', 4],
  ['still named by records', 1_000],
])('an actor that is over and %s is held by nobody', async (_name, history) => {
  const book = newBook({ history });
  const reference = (() => {
    const actor = createActor(child, { id: 'gone', inspect: book.inspect }).start();
    actor.stop();
    return new WeakRef(actor);
  })();
  const other = createActor(child, { inspect: book.inspect }).start();
  for (let i = 0; i < 10; i += 1) other.send({ type: 'X' });
  book.recorder.pictures();
  await nextTask();
  gc();
  expect(reference.deref()).toBeUndefined();
});

test('a machine with 500 children that all wait is watched in good time', () => {
  const book = newBook();
  const waiting = createMachine({ initial: 'a', states: { a: { after: { 1000: 'b' } }, b: {} } });
  const crowd = setup({ actors: { waiting } }).createMachine({
    id: 'crowd',
    entry: Array.from({ length: 500 }, (_, i) => spawnChild('waiting', { id: `w${i}` })),
  });
  const clock = new TestClock();
  createActor(crowd, { id: 'crowd', clock, inspect: book.inspect }).start();
  expect(book.recorder.pictures().filter(({ machine }) => machine?.timers.length === 1)).toHaveLength(500);
  clock.increment(1_000);
  expect(book.recorder.pictures().filter(({ machine }) => machine?.value === 'b')).toHaveLength(500);
});
