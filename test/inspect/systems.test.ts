import { describe, expect, test } from 'vitest';
import { type AnyActorRef, createActor, fromCallback, type InspectionEvent, sendTo, setup } from 'xstate';
import { createCircuitBreaker } from '../../src/index.ts';
import {
  attach,
  type Book,
  comparable,
  eventsOf,
  foldAll,
  kinds,
  lastEvent,
  machinePicture,
  newBook,
  picture,
  told,
} from './support.ts';

type Inspect = (event: InspectionEvent) => void;

/** Somebody who reports to a breaker of another system, as the executor does. */
function reporterTo(breaker: AnyActorRef, inspect?: Inspect) {
  const machine = setup({}).createMachine({
    id: 'reporter',
    on: { REPORT: { actions: sendTo(() => breaker, { type: 'FAILURE', generation: 0 }) } },
  });
  return createActor(machine, { id: 'reporter', ...(inspect && { inspect }) }).start();
}

const aBreaker = (inspect?: Inspect, name = 'breaker') =>
  createCircuitBreaker({ name, policy: { failureThreshold: 2 }, ...(inspect && { inspect }) });

const idOf = (book: Book, name: string) => picture(book, name).id;

describe('an event from one system to another', () => {
  test('is told once, with its sender and what came of it', () => {
    const book = newBook();
    const breaker = aBreaker(book.inspect);
    reporterTo(breaker.actor, book.inspect).send({ type: 'REPORT' });
    expect(eventsOf(book, 'breaker')).toMatchObject([
      {
        from: idOf(book, 'reporter'),
        event: { type: 'FAILURE', generation: 0 },
        verdict: 'taken',
        context: { failures: 1 },
      },
    ]);
  });

  test('that changes the state tells by whom', () => {
    const book = newBook();
    const breaker = aBreaker(book.inspect);
    const reporter = reporterTo(breaker.actor, book.inspect);
    reporter.send({ type: 'REPORT' });
    reporter.send({ type: 'REPORT' });
    reporter.send({ type: 'REPORT' });
    expect(told(book, 'breaker').map(([, verdict]) => verdict)).toEqual(['taken', 'taken', 'ignored']);
    expect(machinePicture(book, 'breaker')).toMatchObject({
      value: 'OPEN',
      changes: [{ from: 'CLOSED', to: 'OPEN', by: 'reporter', reason: 'failureThreshold' }],
      refused: { count: 1 },
    });
    expect(picture(book, 'breaker').system).not.toBe(picture(book, 'reporter').system);
  });

  test('is told by the receiver alone where only that is inspected', () => {
    const book = newBook();
    const breaker = aBreaker(book.inspect);
    reporterTo(breaker.actor).send({ type: 'REPORT' });
    expect(told(book, 'breaker')).toEqual([['FAILURE', 'taken']]);
    expect(eventsOf(book, 'breaker')[0]).not.toHaveProperty('from');
  });

  test('is told by the sender alone where only that is inspected, and no more is claimed of the receiver', () => {
    const book = newBook();
    const breaker = aBreaker();
    const reporter = reporterTo(breaker.actor, book.inspect);
    reporter.send({ type: 'REPORT' });
    reporter.send({ type: 'REPORT' });
    const [sent] = kinds(book, 'event').filter(
      ({ isInternal, actor }) => !isInternal && actor !== idOf(book, 'reporter'),
    );
    expect(sent).toMatchObject({
      from: idOf(book, 'reporter'),
      verdict: 'queued',
      reason: 'its system is not inspected',
    });
    // It is OPEN by now, which nobody has told the inspector.
    expect(book.recorder.pictures().find((each) => each.id === sent?.actor)).not.toHaveProperty('machine');
    expect(breaker.state).toBe('OPEN');
  });

  test('is told in full from then on where the receiver is attached later', () => {
    const book = newBook();
    const breaker = aBreaker();
    const reporter = reporterTo(breaker.actor, book.inspect);
    reporter.send({ type: 'REPORT' });
    attach(book, breaker.actor, 'breaker');
    expect(machinePicture(book, 'breaker').context).toMatchObject({ failures: 1 });
    reporter.send({ type: 'REPORT' });
    expect(lastEvent(book, 'breaker')).toMatchObject({ verdict: 'taken', change: { to: 'OPEN' } });
    expect(foldAll(book).map(comparable)).toEqual(book.recorder.pictures().map(comparable));
  });
});

describe('an inspector that is told of a system twice', () => {
  test('by the option and by attach tells each event once', () => {
    const book = newBook();
    const breaker = aBreaker(book.inspect);
    attach(book, breaker.actor);
    attach(book, breaker.actor);
    breaker.recordFailure();
    expect(told(book, 'breaker')).toEqual([['FAILURE', 'taken']]);
    expect(kinds(book, 'started')).toHaveLength(1);
  });
});

describe('attach()', () => {
  test('to what runs already tells its present state, and from then on everything', () => {
    const breaker = aBreaker();
    breaker.recordFailure();
    const book = newBook();
    attach(book, breaker.actor, 'late');
    expect(machinePicture(book, 'late')).toMatchObject({ value: 'CLOSED', context: { failures: 1 } });
    breaker.recordFailure();
    expect(machinePicture(book, 'late').value).toBe('OPEN');
    expect(foldAll(book).map(comparable)).toEqual(book.recorder.pictures().map(comparable));
  });

  test('to what is over tells so', () => {
    const breaker = aBreaker();
    breaker.stop();
    const book = newBook();
    attach(book, breaker.actor, 'gone');
    expect(picture(book, 'gone')).toMatchObject({
      status: 'stopped',
      machine: { value: 'CLOSED', timers: [] },
    });
  });

  test('under another name renames', () => {
    const book = newBook();
    const breaker = aBreaker(book.inspect, 'old');
    attach(book, breaker.actor, 'new');
    expect(picture(book, 'new').machine?.value).toBe('CLOSED');
    expect(kinds(book, 'renamed')).toMatchObject([{ name: 'new' }]);
    expect(foldAll(book)).toMatchObject([{ name: 'new' }]);
  });

  test('in the middle of an event does not mind', () => {
    const book = newBook();
    const machine = setup({
      actions: { look: ({ self }) => attach(book, self, 'self'), after: () => {} },
    }).createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { on: { GO: { target: 'b', actions: ['look', 'after'] } } }, b: {} },
    });
    const actor = createActor(machine).start();
    actor.send({ type: 'GO' });
    expect(machinePicture(book, 'self').value).toBe('b');
    expect(foldAll(book).map(comparable)).toEqual(book.recorder.pictures().map(comparable));
  });
});

test('a breaker that is replaced by another of its name is another actor of that name', () => {
  const book = newBook();
  const first = aBreaker(book.inspect);
  first.recordFailure();
  first.stop();
  const second = aBreaker(book.inspect);
  second.recordFailure();
  const breakers = book.recorder.pictures().filter(({ name }) => name === 'breaker');
  expect(breakers.map(({ status }) => status)).toEqual(['stopped', 'active']);
  expect(new Set(breakers.map(({ id }) => id)).size).toBe(2);
});

describe('names', () => {
  test('are those that were given, by system, id, or the machine', () => {
    const book = newBook({ machines: { named: { nameOf: ({ who }: { who: string }) => `is ${who}` } } });
    const child = fromCallback(() => {});
    const machine = setup({ actors: { child } }).createMachine({
      id: 'named',
      context: { who: 'me' },
      invoke: [
        { src: 'child', id: 'kid' },
        { src: 'child', id: 'other', systemId: 'known' },
      ],
    });
    createActor(machine, { inspect: book.inspect }).start();
    createActor(machine, { id: 'given', inspect: book.inspect }).start();
    expect(book.recorder.pictures().map(({ name }) => name)).toEqual([
      'is me',
      'kid',
      'known',
      'given',
      'kid',
      'known',
    ]);
  });

  test('that cannot be made are told to somebody, and the actor is shown all the same', () => {
    const mistake = new Error('no name');
    const throwing = {
      nameOf: () => {
        throw mistake;
      },
    };
    const book = newBook({ machines: { m: throwing } });
    const actor = createActor(setup({}).createMachine({ id: 'm' }), { inspect: book.inspect }).start();
    actor.send({ type: 'X' });
    expect(book.errors[0]).toBe(mistake);
    expect(kinds(book, 'event').filter(({ isInternal }) => !isInternal)).toMatchObject([
      { verdict: 'ignored' },
    ]);
  });
});
