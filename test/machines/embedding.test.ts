import { describe, expect, it } from 'vitest';
import {
  assertEvent,
  assign,
  createActor,
  type EmittedFrom,
  fromTransition,
  SimulatedClock,
  sendTo,
  setup,
} from 'xstate';
import {
  type BreakerMemory,
  type BreakerOutcome,
  circuitBreakerMachine,
  type PermitDenied,
  type PermitGranted,
} from '../../machines/index.ts';

const worker = setup({
  types: {} as {
    context: { answer: PermitGranted | PermitDenied | undefined };
    events: { type: 'WORK' } | { type: 'END'; outcome: BreakerOutcome } | PermitGranted | PermitDenied;
  },
  actors: { breaker: circuitBreakerMachine },
  actions: {
    ask: sendTo('breaker', ({ self }) => ({ type: 'PERMIT', id: 'w', replyTo: self })),
    keepAnswer: assign({
      answer: ({ event }) => {
        assertEvent(event, ['PERMIT_GRANTED', 'PERMIT_DENIED']);
        return event;
      },
    }),
    tell: sendTo('breaker', ({ event }) => {
      assertEvent(event, 'END');
      return { type: event.outcome };
    }),
  },
});

/** A machine of a user's, which keeps a breaker and asks it before each piece of work. */
const workerMachine = worker.createMachine({
  context: { answer: undefined },
  invoke: { src: 'breaker', id: 'breaker', input: { policy: { failureThreshold: 2 }, name: 'rpc' } },
  on: {
    WORK: { actions: 'ask' },
    END: { actions: 'tell' },
    PERMIT_GRANTED: { actions: 'keepAnswer' },
    PERMIT_DENIED: { actions: 'keepAnswer' },
  },
});

function newWorker() {
  const clock = new SimulatedClock();
  const worker = createActor(workerMachine, { clock }).start();
  const ask = () => {
    worker.send({ type: 'WORK' });
    return worker.getSnapshot().context.answer;
  };
  const end = (outcome: BreakerOutcome) => worker.send({ type: 'END', outcome });
  return { worker, clock, ask, end };
}

describe('the machine inside a machine of somebody else', () => {
  it('is asked and told by messages, on the clock of its owner', () => {
    const { clock, ask, end } = newWorker();
    expect(ask()).toEqual({ type: 'PERMIT_GRANTED', id: 'w', generation: 0 });
    end('FAILURE');
    end('FAILURE');
    expect(ask()).toEqual({ type: 'PERMIT_DENIED', id: 'w', state: 'OPEN', retryAfterMs: 60_000 });
    clock.increment(59_999);
    expect(ask()).toMatchObject({ type: 'PERMIT_DENIED' });
    clock.increment(1);
    expect(ask()).toEqual({ type: 'PERMIT_GRANTED', id: 'w', generation: 2, permit: 'w' });
  });

  it('has the policy and the name of its input', () => {
    const breaker = newWorker().worker.getSnapshot().children['breaker'];
    expect(breaker?.getSnapshot()).toMatchObject({
      value: 'CLOSED',
      context: { name: 'rpc', policy: { failureThreshold: 2, successThreshold: 2 } },
    });
  });

  it('may be spawned without any input', () => {
    const breaker = createActor(circuitBreakerMachine).start();
    expect(breaker.getSnapshot().value).toBe('CLOSED');
  });
});

describe('the bare machine', () => {
  const memory: BreakerMemory = {
    state: 'OPEN',
    failures: 5,
    generation: 3,
    openings: 1,
    failuresLeftMs: [],
    openLengthMs: 60_000,
    openLeftMs: 10_000,
  };

  it.each(['CLOSED', 'OPEN', 'ISOLATED'] as const)('emits nothing when it is restored %s', (state) => {
    const clock = new SimulatedClock();
    const actor = createActor(circuitBreakerMachine, {
      clock,
      input: { memory: { ...memory, state, failures: 0 } },
    });
    const emitted: EmittedFrom<typeof circuitBreakerMachine>[] = [];
    actor.on('*', (event) => emitted.push(event));
    actor.start();
    expect(actor.getSnapshot()).toMatchObject({ value: state, context: { generation: 3 } });
    expect(emitted).toEqual([]);
    clock.increment(9_999);
    expect(emitted).toEqual([]);
    clock.increment(1);
    expect(emitted.map(({ type }) => type)).toEqual(state === 'OPEN' ? ['breaker.halfOpened'] : []);
  });

  it('tells a denied asker how long it can take at the most, having no clock', () => {
    const clock = new SimulatedClock();
    const actor = createActor(circuitBreakerMachine, { clock, input: { memory } }).start();
    const answers: PermitDenied[] = [];
    const logic = fromTransition((none: null, event: PermitDenied) => {
      answers.push(event);
      return none;
    }, null);
    const replyTo = createActor(logic).start();
    const ask = () => {
      actor.send({ type: 'PERMIT', replyTo });
      return answers.at(-1)?.retryAfterMs;
    };
    clock.increment(5_000);
    expect(ask()).toBe(10_000);
    clock.increment(5_000);
    actor.send({ type: 'PERMIT' });
    expect(ask()).toBe(30_000);
    actor.send({ type: 'ISOLATE' });
    expect(ask()).toBe(Number.POSITIVE_INFINITY);
  });

  it('never comes to life with a policy out of bounds', () => {
    const actor = createActor(circuitBreakerMachine, { input: { policy: { failureThreshold: 0 } } });
    const errors: unknown[] = [];
    actor.subscribe({ error: (error) => errors.push(error) });
    actor.start();
    expect(actor.getSnapshot().status).toBe('error');
    expect(errors).toEqual([new RangeError('failureThreshold must be an integer of at least 1, got 0')]);
  });
});
