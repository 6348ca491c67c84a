import { type ActorOptions, assign, createActor, enqueueActions, sendParent, setup, stopChild } from 'xstate';

/** Payments of a tick. */
const CHILDREN = 20;

const paymentMachine = setup({
  types: {} as {
    context: { id: string };
    events: { type: 'SIGNED' } | { type: 'ACCEPTED' };
    input: { id: string };
  },
  actions: { tellRested: sendParent(({ context: { id } }) => ({ type: 'RESTED', id })) },
}).createMachine({
  id: 'payment',
  context: ({ input }) => input,
  initial: 'signing',
  states: {
    signing: { on: { SIGNED: 'submitting' } },
    submitting: { on: { ACCEPTED: 'resting' } },
    resting: { type: 'final', entry: 'tellRested' },
  },
});

const executorMachine = setup({
  types: {} as {
    context: { ticks: number; resting: number };
    events: { type: 'TICK' } | { type: 'RESTED'; id: string };
  },
  actors: { payment: paymentMachine },
  guards: { isLastOut: ({ context }) => context.resting === CHILDREN - 1 },
  actions: {
    countTick: assign({ ticks: ({ context }) => context.ticks + 1, resting: 0 }),
    countRested: assign({ resting: ({ context }) => context.resting + 1 }),
    // XState keeps children that are done until they are stopped.
    letGo: stopChild(({ event }) => (event.type === 'RESTED' ? event.id : '')),
    spawnPayments: enqueueActions(({ context, enqueue }) => {
      for (let place = 0; place < CHILDREN; place += 1) {
        const id = `payment ${context.ticks}.${place}`;
        enqueue.spawnChild('payment', { id, input: { id } });
      }
    }),
  },
}).createMachine({
  id: 'executor',
  context: { ticks: 0, resting: 0 },
  initial: 'waiting',
  states: {
    waiting: { on: { TICK: { target: 'paying', actions: ['countTick', 'spawnPayments'] } } },
    paying: {
      on: {
        RESTED: [
          { guard: 'isLastOut', target: 'waiting', actions: ['countRested', 'letGo'] },
          { actions: ['countRested', 'letGo'] },
        ],
      },
    },
  },
});

/** A parent that starts twenty children at each tick, hears from each, and waits for the next tick. */
export function startTicking(options: Pick<ActorOptions<typeof executorMachine>, 'inspect'>) {
  const executor = createActor(executorMachine, options).start();
  let ticks = 0;
  return {
    once() {
      executor.send({ type: 'TICK' });
      const payments = Object.values(executor.getSnapshot().children);
      for (const payment of payments) payment?.send({ type: 'SIGNED' });
      for (const payment of payments) payment?.send({ type: 'ACCEPTED' });
      ticks += 1;
    },
    check() {
      const { value, context, children } = executor.getSnapshot();
      const isRight = value === 'waiting' && context.ticks === ticks && Object.keys(children).length === 0;
      if (!isRight) throw new Error(`the parent is ${value} after ${context.ticks} of ${ticks} ticks`);
    },
  };
}
