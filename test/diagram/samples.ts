import { and, assign, emit, fromPromise, not, or, raise, sendTo, setup, stateIn } from 'xstate';

const always = () => true;
const never = () => false;
const nothing = () => {};
const load = fromPromise(() => Promise.resolve());

const words = setup({
  types: {} as {
    events: { type: 'GO' | 'STOP' | 'TICK' | 'RETRY' | 'HALT' | 'PING' | 'PAUSE' | 'NOISE' | 'HUM' };
  },
  guards: {
    isReady: always,
    isSafe: always,
    isLate: never,
    isAbove: (_, _params: { limit: number }) => true,
  },
  actions: { note: nothing, count: nothing, clear: nothing, tell: nothing },
  delays: { patience: 90_000, nap: 250 },
  actors: { load },
});

/** One flat chart with everything that a state can say. */
export const flatMachine = words.createMachine({
  id: 'flat',
  initial: 'choosing',
  states: {
    choosing: { always: [{ guard: 'isLate', target: 'over' }, { target: 'waiting' }] },
    waiting: {
      entry: ['note', 'clear'],
      exit: 'tell',
      after: {
        patience: { target: 'working', actions: 'note' },
        1500: { guard: 'isLate', target: 'over' },
      },
      on: {
        GO: [
          { guard: 'isReady', target: 'working', actions: 'count' },
          { guard: and(['isSafe', not('isLate'), or(['isReady', 'isLate'])]), target: 'over' },
          { actions: ['count', 'note'] },
        ],
        TICK: { actions: 'count' },
        PING: { actions: 'count' },
        RETRY: { target: 'waiting', reenter: true, actions: 'clear' },
        STOP: { target: 'over' },
        HALT: { target: 'over' },
        PAUSE: { target: 'over', actions: 'clear' },
        NOISE: {},
        HUM: {},
      },
    },
    working: {
      invoke: { src: 'load', id: 'job', onDone: 'over', onError: { target: 'waiting', actions: 'note' } },
      on: { NOISE: [{ guard: 'isLate' }, { actions: 'tell' }], HUM: { guard: 'isLate' } },
    },
    over: { type: 'final' },
  },
});

/** Two levels of nesting, regions, history, edges from the root, from outside in and from inside out. */
export const nestedMachine = words.createMachine({
  id: 'nested',
  initial: 'idle',
  on: { HALT: { target: '.idle', actions: 'clear' }, PING: { actions: 'note' } },
  states: {
    idle: {
      on: { GO: 'busy', RETRY: 'busy.hist', TICK: { target: ['busy.both.left.b', 'busy.both.right.y'] } },
    },
    busy: {
      initial: 'first',
      entry: 'note',
      onDone: { target: 'idle' },
      on: { STOP: { target: '.first', reenter: true } },
      states: {
        first: {
          invoke: { src: 'load', onDone: 'both', onError: '#nested.idle' },
          after: { nap: '#nested.idle' },
        },
        both: {
          type: 'parallel',
          onDone: 'last',
          states: {
            left: {
              initial: 'a',
              states: {
                a: { on: { GO: 'b' } },
                b: { on: { GO: { guard: stateIn({ busy: { both: { right: 'y' } } }), target: '#done' } } },
              },
            },
            right: {
              initial: 'x',
              states: { x: { on: { TICK: 'y' } }, y: { type: 'final' } },
            },
          },
        },
        last: { id: 'done', type: 'final' },
        hist: { type: 'history', history: 'deep' },
      },
    },
  },
});

/** Names that are markup, quotes, keywords of Mermaid; logic without names; built-in actions. */
export const oddMachine = setup({
  types: {} as { context: { n: number }; events: { type: string }; emitted: { type: 'odd.told' } },
  guards: { 'a < b && "c"': always },
  actions: { "<script>alert('x')</script>": nothing },
}).createMachine({
  id: 'odd & <b>',
  context: { n: 0 },
  initial: 'end',
  states: {
    end: {
      entry: [
        assign({ n: 1 }),
        raise({ type: 'AGAIN' }),
        emit({ type: 'odd.told' }),
        sendTo('other', { type: 'HELLO' }),
      ],
      on: {
        'x;y --> z': {
          guard: 'a < b && "c"',
          target: 'state one',
          actions: "<script>alert('x')</script>",
        },
        AGAIN: { guard: () => true, actions: () => {} },
        '*': { target: 'state one' },
      },
    },
    'state one': { on: { BACK: { target: 'end' }, 'mouse.*': { actions: raise({ type: 'AGAIN' }) } } },
  },
});

/** As crowded as charts get: every state leads to every other one, with labels. */
export const denseMachine = words.createMachine({
  id: 'dense',
  initial: 'n0',
  states: Object.fromEntries(
    ['n0', 'n1', 'n2', 'n3', 'n4'].map((name, i, names) => [
      name,
      {
        on: {
          GO: { target: names[(i + 1) % 5], actions: 'count' },
          STOP: { guard: 'isReady', target: names[(i + 2) % 5] },
          TICK: { target: names[(i + 3) % 5] },
        },
        after: { patience: { target: names[(i + 4) % 5] } },
      },
    ]),
  ),
});

/** A guard of one name with different parameters. */
export const parametersMachine = words.createMachine({
  id: 'parameters',
  initial: 'low',
  states: {
    low: {
      on: {
        GO: [
          { guard: { type: 'isAbove', params: { limit: 2 } }, target: 'high' },
          { guard: { type: 'isAbove', params: { limit: 1 } }, actions: 'note' },
        ],
      },
    },
    high: {},
  },
});

export const samples = { flatMachine, nestedMachine, oddMachine, denseMachine, parametersMachine };
