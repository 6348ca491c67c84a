import { fromPromise, setup } from 'xstate';
import { actorDone, actorFailed, explorePaths, fakeActors, replayPath } from '../../src/testing/index.ts';

const done = actorDone('charge', { receipt: 'r1' });
const failed = actorFailed('charge', new Error('card refused'));

const checkoutMachine = setup({
  types: {} as { events: { type: 'PAY' } | typeof done | typeof failed },
  actors: {
    charge: fromPromise(async (): Promise<{ receipt: string }> => {
      throw new Error('a test would charge a card');
    }),
  },
  delays: { patience: 10_000 },
}).createMachine({
  id: 'checkout',
  initial: 'cart',
  states: {
    cart: { on: { PAY: 'charging' } },
    charging: {
      invoke: { src: 'charge', id: 'charge', onDone: 'paid', onError: 'cart' },
      after: { patience: 'cart' },
    },
    paid: { type: 'final' },
  },
});

const machine = fakeActors(checkoutMachine);
const serializeState = ({ value }: { value: unknown }) => JSON.stringify(value);
const describeEvent = ({ type }: { type: string }) => type.replace('xstate.', '').replace('.actor', '');
const paths = explorePaths(machine, { events: [done, failed], serializeState, describeEvent });
for (const path of paths) {
  replayPath(machine, path, { serializeState });
  console.log(path.title);
}
