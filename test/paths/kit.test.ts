import { describe, expect, it } from 'vitest';
import { assign, cancel, createMachine, emit, raise, setup } from 'xstate';
import {
  DeclaredTransitions,
  explorePaths,
  exploreSimplePaths,
  replayPath,
  TransitionCoverage,
} from '../../src/testing/index.ts';

interface Colour {
  readonly type: 'COLOUR';
  readonly colour: 'red' | 'blue' | 'green';
}

/** A lamp: delays by name and by number, a delayed raise that is cancelled, nested states, guards, and an end. */
const lampMachine = setup({
  types: {} as {
    context: { presses: number; limit: number };
    input: { limit: number };
    events: { type: 'PRESS' } | Colour | { type: 'FADE' } | { type: 'BURN_OUT' };
    emitted: { type: 'lit' };
  },
  delays: { shortly: 100 },
  guards: {
    isWornOut: ({ context }) => context.presses >= context.limit,
    isRed: ({ event }) => event.type === 'COLOUR' && event.colour === 'red',
    isBlue: ({ event }) => event.type === 'COLOUR' && event.colour === 'blue',
  },
  actions: {
    light: emit({ type: 'lit' }),
    countPress: assign({ presses: ({ context }) => context.presses + 1 }),
    startFading: raise({ type: 'FADE' }, { id: 'fading', delay: 20 }),
    stopFading: cancel('fading'),
  },
}).createMachine({
  id: 'lamp',
  context: ({ input }) => ({ presses: 0, limit: input.limit }),
  initial: 'off',
  states: {
    off: {
      on: {
        PRESS: [
          { guard: 'isWornOut', target: 'broken' },
          { target: 'on', actions: ['countPress', 'light'] },
        ],
      },
    },
    on: {
      initial: 'white',
      after: { shortly: 'off' },
      on: { PRESS: 'off', BURN_OUT: 'broken' },
      states: {
        white: {
          on: {
            COLOUR: [
              { guard: 'isRed', target: 'red' },
              { guard: 'isBlue', target: 'blue' },
            ],
          },
        },
        red: { after: { 40: 'white' } },
        blue: { entry: 'startFading', exit: 'stopFading', on: { FADE: 'white' } },
      },
    },
    broken: { type: 'final' },
  },
});

type Lamp = typeof lampMachine;
const serializeState = (snapshot: { value: unknown; context: { presses: number } }) =>
  JSON.stringify([snapshot.value, snapshot.context.presses]);

const explore = (machine: Lamp, limit = 2) =>
  explorePaths(machine, {
    input: { limit },
    events: [
      { type: 'COLOUR', colour: 'red' },
      { type: 'COLOUR', colour: 'blue' },
      { type: 'COLOUR', colour: 'green' },
    ],
    serializeState,
  });

describe('exploring', () => {
  const paths = explore(lampMachine);
  const titles = paths.map(({ title }) => title);

  it('finds each edge by the shortest path to it', () => {
    expect(titles).toContain('off -PRESS-> on.white');
    expect(titles).toContain('off -PRESS-> on.white -after shortly-> off');
    expect(titles).toContain('off -PRESS-> on.white -COLOUR(colour red)-> on.red -after 40 ms-> on.white');
    expect(titles).toContain(
      'off -PRESS-> on.white -PRESS-> off -PRESS-> on.white -PRESS-> off -PRESS-> broken',
    );
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('tries the events that it is given, and bare those that only the chart names', () => {
    expect(titles).toContain('off -COLOUR(colour blue)-> off');
    expect(titles).toContain('off -BURN_OUT-> off');
    expect(titles).not.toContain('off -COLOUR-> off');
  });

  it('finds nothing behind an end', () => {
    expect(titles.filter((title) => /broken -/.test(title))).toEqual([]);
  });

  it('sees a delayed raise as time, and as a bare event where its timer does not run', () => {
    const blue = 'off -PRESS-> on.white -COLOUR(colour blue)-> on.blue';
    expect(titles).toContain(`${blue} -FADE after 20 ms-> on.white`);
    expect(titles).not.toContain(`${blue} -FADE-> on.white`);
    expect(titles).toContain('off -FADE-> off');
  });

  it('lets the sooner of two timers come, and the later one only after it', () => {
    const red = 'off -PRESS-> on.white -COLOUR(colour red)-> on.red';
    expect(titles).toContain(`${red} -after 40 ms-> on.white`);
    expect(titles).not.toContain(`${red} -after shortly-> off`);
  });

  it('knows when things happen', () => {
    const back = paths.find(({ title }) => title.endsWith('on.red -after 40 ms-> on.white'));
    expect(back?.approach.map(({ at }) => at)).toEqual([8, 16]);
    expect(back?.edge).toMatchObject({ at: 56, comesByTime: true });
  });

  it('takes its events from the state, too', () => {
    const found = explorePaths(lampMachine, {
      input: { limit: 1 },
      events: ({ value }) => (value === 'off' ? [{ type: 'PRESS' as const }] : []),
      serializeState,
      describeEvent: ({ type }) => type.toLowerCase(),
    });
    expect(found[0]?.title).toBe('off -press-> on.white');
  });

  it('gives up on a state that knows no bound', () => {
    const endless = createMachine({
      context: { n: 0 },
      on: { MORE: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
    });
    const options = {
      serializeState: ({ context }: { context: unknown }) => JSON.stringify(context),
      limit: 50,
    };
    expect(() => explorePaths(endless, options)).toThrow('limit');
  });

  it('finds more when the chart has more', () => {
    const { config } = lampMachine;
    const more = setup({}).createMachine({
      ...config,
      states: { ...config.states, dimmed: { on: { PRESS: 'off' } } },
      on: { DIM: '.dimmed' },
    } as never) as unknown as Lamp;
    const wider = explore(more.provide(lampMachine.implementations as never) as Lamp).map(
      ({ title }) => title,
    );
    expect(wider).toContain('off -DIM-> dimmed -PRESS-> off');
    expect(wider.length).toBeGreaterThan(titles.length);
  });
});

describe('simple paths', () => {
  const doorMachine = setup({ delays: { shortly: 50 } }).createMachine({
    id: 'door',
    initial: 'shut',
    states: {
      shut: { on: { OPEN: 'ajar', KICK: 'broken' } },
      ajar: { on: { OPEN: 'wide', SHUT: 'shut', KICK: 'broken' }, after: { shortly: 'wide' } },
      wide: { on: { SHUT: 'shut' } },
      broken: { type: 'final' },
    },
  });
  const walk = { serializeState: ({ value }: { value: unknown }) => String(value) };

  it('are all ways that meet no state twice, timers included', () => {
    expect(exploreSimplePaths(doorMachine, walk).map(({ title }) => title)).toEqual([
      'shut -OPEN-> ajar',
      'shut -OPEN-> ajar -OPEN-> wide',
      'shut -OPEN-> ajar -KICK-> broken',
      'shut -OPEN-> ajar -after shortly-> wide',
      'shut -KICK-> broken',
    ]);
  });

  it('can be replayed', () => {
    for (const path of exploreSimplePaths(doorMachine, walk)) {
      expect(replayPath(doorMachine, path, walk).edge.after.value).toBe(path.target.value);
    }
  });

  it('come at the time of their own way, where another way to the same state is shorter', () => {
    const egg = setup({}).createMachine({
      id: 'egg',
      initial: 'raw',
      states: {
        raw: { on: { BOIL: 'hot', SOAK: 'wet' } },
        wet: { after: { 100: 'hot' } },
        hot: { after: { 10: 'done' } },
        done: {},
      },
    });
    const ends = exploreSimplePaths(egg, walk).filter(({ target }) => target.value === 'done');
    expect(ends.map(({ title }) => title)).toEqual([
      'raw -BOIL-> hot -after 10 ms-> done',
      'raw -SOAK-> wet -after 100 ms-> hot -after 10 ms-> done',
    ]);
    const [short, long] = ends.map(({ edge }) => edge.at);
    expect((long ?? 0) - (short ?? 0)).toBe(100);
  });

  it('are given up when they are too many', () => {
    expect(() => exploreSimplePaths(doorMachine, { ...walk, limit: 4 })).toThrow('more than 4 simple paths');
    expect(exploreSimplePaths(doorMachine, { ...walk, limit: 5 })).toHaveLength(5);
  });
});

describe('replaying', () => {
  const paths = explore(lampMachine);

  it('does on a real actor what the graph says, for every edge', () => {
    for (const path of paths) {
      const { before, after } = replayPath(lampMachine, path, { serializeState }).edge;
      expect(before.value).toEqual(path.source.value);
      expect(after.value).toEqual(path.target.value);
    }
  });

  it('tells what the edge made it emit, and only that', () => {
    const emitted = (title: string) => {
      const path = paths.find((found) => found.title === title);
      return path && replayPath(lampMachine, path, { serializeState }).edge.emitted;
    };
    expect(emitted('off -PRESS-> on.white')).toEqual([{ type: 'lit' }]);
    expect(emitted('off -PRESS-> on.white -PRESS-> off')).toEqual([]);
  });

  it('fails when the actor goes elsewhere, or acts too early or not at all', () => {
    const timed = paths.find(({ title }) => title === 'off -PRESS-> on.white -after shortly-> off');
    if (timed === undefined) throw new Error('no such path');
    const at = (ms: number) => ({ ...timed, edge: { ...timed.edge, at: timed.edge.at + ms } });
    const replay = (path: typeof timed) => () => replayPath(lampMachine, path, { serializeState });
    expect(replay(at(0))).not.toThrow();
    expect(replay(at(-1))).toThrow('no xstate.after.shortly');
    expect(replay(at(1))).toThrow('came before');
    expect(replay({ ...timed, edge: { ...timed.edge, reaches: 'elsewhere' } })).toThrow('not to elsewhere');
  });
});

describe('coverage', () => {
  const coverageOf = (limit: number) => {
    const coverage = new TransitionCoverage(lampMachine);
    for (const path of explore(lampMachine, limit)) {
      coverage.add(replayPath(lampMachine, path, { serializeState }).taken);
    }
    return coverage;
  };
  const declared = [...new DeclaredTransitions(lampMachine)];
  const titles = declared.map(({ title }) => title);

  it('knows every declared transition by name', () => {
    expect(titles).toEqual([
      'off PRESS[0] isWornOut -> broken',
      'off PRESS[1] -> on',
      'on PRESS[0] -> off',
      'on BURN_OUT[0] -> broken',
      'on xstate.after.shortly.lamp.on[0] -> off',
      'on.white COLOUR[0] isRed -> on.red',
      'on.white COLOUR[1] isBlue -> on.blue',
      'on.red xstate.after.40.lamp.on.red[0] -> on.white',
      'on.blue FADE[0] -> on.white',
    ]);
  });

  it('is whole when every transition was taken and every guard refused', () => {
    const coverage = coverageOf(2);
    expect(titles.filter((title) => !coverage.isTaken(title))).toEqual([]);
    expect(coverage.isRefused('off PRESS[0] isWornOut -> broken')).toBe(true);
    expect(coverage.isRefused('on.white COLOUR[0] isRed -> on.red')).toBe(true);
    expect(coverage.isRefused('on.white COLOUR[1] isBlue -> on.blue')).toBe(true);
  });

  it('sees a guard refuse by the transition of a state around it that was taken instead', () => {
    const machine = setup({ guards: { never: () => false, always: () => true } }).createMachine({
      initial: 'a',
      on: { GO: {} },
      states: {
        a: { on: { GO: { guard: 'never', target: 'b' } } },
        b: { on: { GO: { guard: 'always', target: 'a' } } },
      },
    });
    const coverage = new TransitionCoverage(machine);
    const walk = { serializeState: ({ value }: { value: unknown }) => String(value) };
    for (const path of explorePaths(machine, walk)) coverage.add(replayPath(machine, path, walk).taken);
    expect(coverage.isTaken('(root) GO[0]')).toBe(true);
    expect(coverage.isRefused('a GO[0] never -> b')).toBe(true);
    expect(coverage.isRefused('b GO[0] always -> a')).toBe(false);
  });

  it('lacks what no path took, and guards that never refused', () => {
    const coverage = coverageOf(0);
    expect(coverage.isTaken('off PRESS[0] isWornOut -> broken')).toBe(true);
    expect(coverage.isRefused('off PRESS[0] isWornOut -> broken')).toBe(false);
    expect(coverage.isTaken('off PRESS[1] -> on')).toBe(false);
    expect(coverage.isTaken('on.red xstate.after.40.lamp.on.red[0] -> on.white')).toBe(false);
  });
});
