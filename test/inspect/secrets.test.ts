import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, createActor, raise, sendTo, setup } from 'xstate';
import { Feed } from '../../src/inspect/feed.ts';
import type { MachineView } from '../../src/inspect/machine-view.ts';
import { newBook } from './support.ts';

const SENTINEL = 'sentinel-c0de';
const TOKEN = 'token-that-nobody-may-see';

/** A machine into whose context and events anything can be put, which it passes on, throws, raises and emits. */
const carrier = setup({
  types: {} as { context: Record<string, unknown>; events: { type: string; [field: string]: unknown } },
  actions: {
    put: assign(({ event }) => ({ ...event })),
    boom: ({ event }) => {
      throw new Error(String(event['a']));
    },
  },
}).createMachine({
  id: 'carrier',
  context: ({ input }) => input as Record<string, unknown>,
  initial: 'x',
  states: {
    x: {
      on: {
        PUT: { actions: 'put' },
        GO: { target: 'y', actions: 'put' },
        LATER: { actions: raise(({ event }) => ({ ...event, type: 'PUT' }), { delay: 1_000 }) },
        PASS: {
          actions: sendTo(
            ({ self }) => self,
            ({ event }) => ({ ...event, type: 'PUT' }),
          ),
        },
        BOOM: { actions: 'boom' },
      },
    },
    y: {
      on: {
        GO: { target: 'x', actions: 'put' },
        WAKE: { actions: raise(({ event }) => ({ type: String(event['a']) }), { delay: 1_000 }) },
        '*': { target: 'x', actions: 'put' },
      },
    },
  },
});

/** Everything that leaves the process of what was recorded. */
async function everythingTold(book: ReturnType<typeof newBook>): Promise<string> {
  const { response, written } = aResponse();
  const feed = new Feed(book.history, book.recorder);
  feed.add(response, undefined);
  feed.stop();
  return [...written, JSON.stringify(book.records()), JSON.stringify(book.recorder.pictures())].join('\n');
}

/** What a feed needs of a response; a socket is none of this test's matters. */
function aResponse() {
  const written: string[] = [];
  const response = {
    writeHead: () => {},
    on: () => {},
    end: () => {},
    write: (text: string) => {
      written.push(text);
      return true;
    },
  };
  return { response: response as never, written };
}

const FIELDS = ['a', 'b', 'c', 'd'] as const;
const field = fc.constantFrom(...FIELDS);
const type = fc.constantFrom('PUT', 'GO', 'LATER', 'PASS', 'BOOM', 'OTHER');
const value = fc.oneof(
  fc.constant(SENTINEL),
  fc.constant([SENTINEL]),
  fc.constant({ a: SENTINEL, b: [{ c: SENTINEL }] }),
  fc.constant(new Map([[SENTINEL, SENTINEL]])),
  fc.constant(new Error(SENTINEL)),
  fc.constant({ toJSON: () => SENTINEL }),
  fc.constant(Buffer.from(SENTINEL)),
  fc.constant({ [SENTINEL]: 1 }),
);
const fields = fc.dictionary(field, value, { maxKeys: 4 });
/** Paths that end beside every sentinel: at containers, at names that are not there, one level off. */
const path = fc.constantFrom('a.x', 'b[].x', 'c.b[].x', 'd.b', 'x', 'a.b.c.d', 'b.toJSON.x');

describe('what no list names', () => {
  test('is in no record, picture or frame, whatever a machine does with it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fields,
        fc.array(fc.tuple(type, fields), { maxLength: 8 }),
        fc.array(path),
        fc.dictionary(fc.constantFrom('PUT', 'GO', '*'), fc.array(path)),
        async (input, events, context, lists) => {
          const view: MachineView = { show: { context, events: lists } };
          const book = newBook({ machines: { carrier: view } });
          const actor = createActor(carrier, { id: 'carrier', input, inspect: book.inspect });
          actor.subscribe({ error: () => {} });
          actor.start();
          for (const [kind, carried] of events) {
            if (actor.getSnapshot().status === 'active') actor.send({ ...carried, type: kind });
          }
          actor.stop();
          const told = await everythingTold(book);
          expect(told).toContain('carrier');
          expect(told).not.toContain(SENTINEL);
          expect(book.errors).toEqual([]);
        },
      ),
    );
  });
});

describe('the token', () => {
  test('is shown nowhere, though everything else is', async () => {
    const view: MachineView = { show: { context: ['*'], events: { '*': ['*'] } }, nameOf: () => TOKEN };
    const book = newBook({ machines: { carrier: view }, secrets: [TOKEN] });
    const input = { a: TOKEN, [TOKEN]: [TOKEN], b: { [TOKEN]: new Error(`no ${TOKEN}`) } };
    const actor = createActor(carrier, { input, inspect: book.inspect });
    actor.subscribe({ error: () => {} });
    actor.start();
    actor.send({ type: 'PUT', b: `Bearer ${TOKEN}` });
    actor.send({ type: 'LATER', a: TOKEN });
    actor.send({ type: TOKEN });
    actor.send({ type: 'GO', reason: TOKEN });
    actor.send({ type: 'WAKE', a: TOKEN });
    actor.send({ type: TOKEN, reason: TOKEN });
    actor.send({ type: 'BOOM', a: TOKEN });
    const told = await everythingTold(book);
    expect(told).toContain('***');
    expect(told).not.toContain(TOKEN);
  });

  test('is not in the name or the error of an actor', async () => {
    const book = newBook({
      machines: { carrier: { show: { events: { '*': ['error'] } } } },
      secrets: [TOKEN],
    });
    const actor = createActor(carrier, { id: `of ${TOKEN}`, input: {}, inspect: book.inspect });
    actor.subscribe({ error: () => {} });
    actor.start().send({ type: 'BOOM', a: TOKEN });
    expect(await everythingTold(book)).toContain('of ***');
    expect(await everythingTold(book)).not.toContain(TOKEN);
  });
});
