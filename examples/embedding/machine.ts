import {
  assertEvent,
  assign,
  createActor,
  fromPromise,
  SimulatedClock,
  sendTo,
  setup,
  waitFor,
} from 'xstate';
import { circuitBreakerMachine, type PermitDenied, type PermitGranted } from '../../machines/index.ts';

let isUp = false;

const pollerMachine = setup({
  types: {} as {
    context: { granted: PermitGranted | undefined };
    events: { type: 'POLL' } | PermitGranted | PermitDenied;
  },
  actors: {
    breaker: circuitBreakerMachine,
    loadRate: fromPromise(async () => {
      if (!isUp) throw new Error('no route to host');
    }),
  },
  actions: {
    ask: sendTo('breaker', ({ self }) => ({ type: 'PERMIT', id: 'poll', replyTo: self })),
    keepPermit: assign({
      granted: ({ event }) => {
        assertEvent(event, 'PERMIT_GRANTED');
        return event;
      },
    }),
    tellSuccess: sendTo('breaker', ({ context: { granted } }) => ({
      type: 'SUCCESS',
      generation: granted?.generation,
      permit: granted?.permit,
    })),
    tellFailure: sendTo('breaker', ({ context: { granted } }) => ({
      type: 'FAILURE',
      generation: granted?.generation,
      permit: granted?.permit,
    })),
    showAnswer: ({ event }) => console.log(JSON.stringify(event)),
  },
}).createMachine({
  context: { granted: undefined },
  invoke: {
    src: 'breaker',
    id: 'breaker',
    systemId: 'ratesBreaker',
    input: { name: 'rates', policy: { failureThreshold: 1, successThreshold: 1 } },
  },
  initial: 'idle',
  states: {
    idle: { on: { POLL: 'asking' } },
    asking: {
      entry: 'ask',
      on: {
        PERMIT_GRANTED: { target: 'loading', actions: ['keepPermit', 'showAnswer'] },
        PERMIT_DENIED: { target: 'idle', actions: 'showAnswer' },
      },
    },
    loading: {
      invoke: {
        src: 'loadRate',
        onDone: { target: 'idle', actions: 'tellSuccess' },
        onError: { target: 'idle', actions: 'tellFailure' },
      },
    },
  },
});

const clock = new SimulatedClock();
const poller = createActor(pollerMachine, { clock }).start();
const breaker = poller.system.get('ratesBreaker');
const poll = async () => {
  poller.send({ type: 'POLL' });
  await waitFor(poller, (snapshot) => snapshot.matches('idle'));
  console.log(`  ${breaker.getSnapshot().value}`);
};

await poll();
await poll();
isUp = true;
clock.increment(60_000);
await poll();
