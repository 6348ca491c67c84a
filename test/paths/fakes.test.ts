import { describe, expect, it } from 'vitest';
import { assign, fromPromise, setup } from 'xstate';
import {
  actorDone,
  actorFailed,
  explorePaths,
  fakeActors,
  replayPath,
  type World,
} from '../../src/testing/index.ts';

interface Said {
  readonly type: 'SAID';
  readonly from: string;
}

const clerkMachine = setup({ types: {} as { events: { type: 'HELP' } } }).createMachine({});
const never = fromPromise<string, string>(() => Promise.reject(new Error('the real one was asked')));

/** A shop that asks a bank, and after that a clerk, who must be asked before he answers. */
const shopMachine = setup({
  types: {} as { context: { receipt: string }; events: Said | { type: 'PAY' } },
  actors: { charge: never, clerk: clerkMachine },
  actions: {
    keepReceipt: assign({ receipt: ({ event }) => String((event as { output?: unknown }).output) }),
  },
}).createMachine({
  id: 'shop',
  context: { receipt: '' },
  initial: 'open',
  states: {
    open: { on: { PAY: 'charging' } },
    charging: {
      invoke: {
        src: 'charge',
        id: 'charge',
        input: 'a card',
        onDone: { target: 'asking', actions: 'keepReceipt' },
        onError: 'open',
      },
    },
    asking: {
      invoke: { src: 'clerk', id: 'clerk' },
      on: { SAID: 'open' },
    },
  },
});

const shop = fakeActors(shopMachine);
const serializeState = ({ value }: { value: unknown }) => String(value);
const sender = (event: { type: string; from?: string }) => event.from;
const walk = { serializeState, sender };

const explore = (events: Parameters<typeof explorePaths<typeof shop>>[1]['events'] = []) =>
  explorePaths(shop, { ...walk, events, onlyGiven: ['SAID'] });

const typeOf = ({ edge }: ReturnType<typeof explore>[number]): string => edge.event.type;

const titles = (paths: ReturnType<typeof explore>) => paths.map(({ title }) => title);

describe('fakeActors', () => {
  it('lets an invoked actor end as the path says, and no real one is asked', () => {
    const paths = explore([
      actorDone('charge', 'r1') as never,
      actorFailed('charge', new Error('no')) as never,
    ]);
    const paid = paths.find((path) => typeOf(path) === 'xstate.done.actor.charge');
    if (paid === undefined) throw new Error('no such path');
    const { edge, steps } = replayPath(shop, paid, walk);
    expect(edge.after.context.receipt).toBe('r1');
    expect(steps.flatMap(({ started }) => started)).toContainEqual({ id: 'charge', input: 'a card' });
    for (const path of paths) expect(() => replayPath(shop, path, walk)).not.toThrow();
  });

  it('tries each end that the chart listens to, also when no value was given', () => {
    const types = explore().map(typeOf);
    expect(types).toContain('xstate.done.actor.charge');
    expect(types).toContain('xstate.error.actor.charge');
  });

  it('lets an actor end only while it runs', () => {
    const ends = explore().filter((path) => typeOf(path) === 'xstate.done.actor.charge');
    expect(ends.map(({ source }) => source.value)).toEqual(['charging']);
  });

  it('lets a child speak while it is there, and only then', () => {
    const paths = explore([{ type: 'SAID', from: 'clerk' }]);
    const said = paths.filter(({ edge }) => edge.event.type === 'SAID');
    expect(said.map(({ source }) => source.value)).toEqual(['asking']);
    for (const path of said) expect(replayPath(shop, path, walk).edge.after.value).toBe('open');
  });

  it('tries nothing bare that is an answer', () => {
    expect(titles(explore()).filter((title) => title.includes('SAID'))).toEqual([]);
  });
});

describe('a world', () => {
  /** Counts payments up to two. */
  const world: World<typeof shop, number> = {
    begin: 0,
    next: (paid, { event }) => Math.min(2, paid + (event.type === 'PAY' ? 1 : 0)),
  };

  it('tells states apart, and is known to the events', () => {
    const seen = new Set<number>();
    const paths = explorePaths(shop, {
      ...walk,
      world,
      onlyGiven: ['SAID'],
      events: (_, paid) => {
        seen.add(paid);
        return [];
      },
    });
    expect([...seen]).toEqual([0, 1, 2]);
    expect(paths.length).toBeGreaterThan(explore().length);
    for (const path of paths) expect(() => replayPath(shop, path, { ...walk, world })).not.toThrow();
  });

  it('fails a path that leads to another world than the graph says', () => {
    const [path] = explorePaths(shop, { ...walk, world, onlyGiven: ['SAID'] });
    if (path === undefined) throw new Error('no such path');
    const other = { ...world, begin: 1 };
    expect(() => replayPath(shop, path, { ...walk, world: other })).toThrow('led to');
  });
});

describe('a chart that throws', () => {
  it('is reported with the path on which it does', () => {
    const throwing = setup({}).createMachine({
      initial: 'calm',
      states: {
        calm: {
          on: {
            POKE: {
              guard: () => {
                throw new Error('ouch');
              },
            },
          },
        },
      },
    });
    expect(() => explorePaths(throwing, { serializeState })).toThrow(/calm -POKE-> throws: .*ouch/s);
  });

  it('is reported, too, when it does so before its first state: no paths would prove nothing', () => {
    const stillborn = setup({}).createMachine({
      initial: 'a',
      states: { a: { always: { guard: 'isNowhere' as never, target: 'b' } }, b: {} },
    });
    expect(() => explorePaths(stillborn, { serializeState })).toThrow(
      /the machine cannot start: .*isNowhere/,
    );
  });
});
