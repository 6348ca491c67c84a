import { assign, setup } from 'xstate';
import {
  DeclaredTransitions,
  explorePaths,
  replayPath,
  TransitionCoverage,
} from '../../src/testing/index.ts';

const doorMachine = setup({
  types: {} as {
    context: { tries: number };
    events: { type: 'CODE'; digits: string } | { type: 'CLOSE' };
  },
  guards: {
    isRight: ({ event }) => event.type === 'CODE' && event.digits === '4711',
    isThirdTry: ({ context }) => context.tries === 2,
  },
  actions: {
    countTry: assign({ tries: ({ context }) => context.tries + 1 }),
    forget: assign({ tries: 0 }),
  },
  delays: { lockout: 30_000 },
}).createMachine({
  id: 'door',
  context: { tries: 0 },
  initial: 'closed',
  states: {
    closed: {
      on: {
        CODE: [
          { guard: 'isRight', target: 'open' },
          { guard: 'isThirdTry', target: 'locked' },
          { actions: 'countTry' },
        ],
      },
    },
    open: { entry: 'forget', on: { CLOSE: 'closed' } },
    locked: { entry: 'forget', after: { lockout: 'closed' } },
  },
});

const serializeState = ({ value, context }: { value: unknown; context: { tries: number } }) =>
  JSON.stringify([value, context.tries]);
const paths = explorePaths(doorMachine, {
  serializeState,
  events: [
    { type: 'CODE', digits: '4711' },
    { type: 'CODE', digits: '0000' },
  ],
});

const coverage = new TransitionCoverage(doorMachine);
for (const path of paths) {
  const { taken } = replayPath(doorMachine, path, { serializeState }); // throws when the actor does otherwise
  coverage.add(taken);
}

const longest = paths.toSorted((a, b) => b.title.length - a.title.length)[0];
console.log(`${paths.length} paths, the longest: ${longest?.title}`);
for (const { title } of new DeclaredTransitions(doorMachine)) {
  console.log(coverage.isTaken(title) ? 'taken  ' : 'never  ', title);
}
