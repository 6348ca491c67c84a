import { initialExecutorContext } from './executor-context.ts';
import { leaseInput, readyInput } from './executor-inputs.ts';
import { executorSetup } from './executor-setup.ts';
import { ignore } from './ignore.ts';

/**
 * One executor: a tick, a pause, the next tick.
 *
 * A tick takes the lease, lets the breaker follow the operator's orders, reads the epoch, asks the chain about
 * everything in flight, loads what can be paid, looks at the breaker, and then signs and submits until nothing is left
 * or the breaker refuses. Each payment is an actor of its own; the executor gives it orders and sends the breaker what
 * came of them.
 *
 * What may not go on (a lost lease, a stop, a fault of the store or the configuration) drains: nothing new is started,
 * what is out is awaited and recorded. `faulted` is final: it is left by a stop only, and not entered once that has come.
 */
export const treasuryExecutorMachine = executorSetup.createMachine({
  id: 'treasuryExecutor',
  context: initialExecutorContext,
  initial: 'idle',
  // A loop that starts nothing is a defect of the chart: better a dead executor than a process that hangs.
  options: { maxIterations: 10_000 },
  on: { FAULT: { actions: 'noteFault' }, ...ignore('SIGNED', 'OUTCOME', 'RESTED') },
  states: {
    idle: {
      on: {
        START: { target: 'ticking', actions: 'keepPolling' },
        TICK: { target: 'ticking' },
        STOP: { target: 'releasing' },
      },
    },
    ticking: {
      initial: 'leasing',
      entry: 'beginTick',
      exit: 'endTick',
      on: {
        START: { actions: 'keepPolling' },
        STOP: { actions: 'noteStop' },
        ...ignore('TICK'),
      },
      onDone: [
        { guard: 'isStopping', target: 'releasing' },
        { guard: 'hasFault', target: 'faulted' },
        { guard: 'isPolling', target: 'waiting' },
        { target: 'idle' },
      ],
      states: {
        leasing: {
          invoke: {
            src: 'acquireLease',
            id: 'acquireLease',
            onDone: [
              { guard: 'isLeaseKept', target: 'holding' },
              { guard: 'isStandby', target: 'done', actions: 'noteLease' },
              { target: 'restoringBreaker', actions: 'noteLease' },
            ],
            onError: { target: 'done', actions: 'noteFault' },
          },
        },
        restoringBreaker: {
          invoke: {
            src: 'restoreBreaker',
            id: 'restoreBreaker',
            onDone: [
              { guard: 'holdsLease', target: 'holding', actions: 'noteBreaker' },
              { target: 'done', actions: 'noteBreaker' },
            ],
            onError: { target: 'done', actions: ['noteFault', 'forgetBreaker'] },
          },
        },
        holding: {
          type: 'parallel',
          on: {
            SIGNED: { guard: 'isFromPaymentOut', actions: 'noteSignature' },
            OUTCOME: { guard: 'isFromPaymentOut', actions: ['countOutcome', 'tellBreaker'] },
            RESTED: { guard: 'isFromPaymentOut', actions: ['noteRest', 'dismissPayment'] },
          },
          states: {
            lease: {
              initial: 'kept',
              states: {
                kept: { after: { leaseRenewal: { target: 'renewing' } } },
                renewing: {
                  invoke: {
                    src: 'renewLease',
                    id: 'renewLease',
                    input: leaseInput,
                    onDone: [
                      { guard: 'isLeaseKept', target: 'kept' },
                      { target: 'lost', actions: 'noteLeaseLost' },
                    ],
                    onError: { target: 'lost', actions: 'noteFault' },
                  },
                },
                lost: {},
              },
            },
            work: {
              initial: 'applyingControl',
              states: {
                applyingControl: {
                  invoke: {
                    src: 'applyControl',
                    id: 'applyControl',
                    input: leaseInput,
                    onDone: { target: 'readingEpoch' },
                    onError: { target: '#treasuryExecutor.ticking.done', actions: 'noteFault' },
                  },
                },
                readingEpoch: {
                  invoke: {
                    src: 'readEpoch',
                    id: 'readEpoch',
                    input: leaseInput,
                    onDone: { target: 'loadingInFlight', actions: 'noteEpoch' },
                    onError: { target: '#treasuryExecutor.ticking.done', actions: 'noteFault' },
                  },
                },
                loadingInFlight: {
                  invoke: {
                    src: 'loadInFlight',
                    id: 'loadInFlight',
                    onDone: { target: 'settling', actions: 'noteInFlight' },
                    onError: { target: '#treasuryExecutor.ticking.done', actions: 'noteFault' },
                  },
                },
                settling: {
                  always: [
                    { guard: 'mustStop', target: 'draining' },
                    { guard: 'canSettle', actions: 'settleNext' },
                    { guard: 'isIdle', target: 'loadingReady' },
                  ],
                },
                loadingReady: {
                  invoke: {
                    src: 'loadReady',
                    id: 'loadReady',
                    input: readyInput,
                    onDone: { target: 'processing', actions: 'noteReady' },
                    onError: { target: '#treasuryExecutor.ticking.done', actions: 'noteFault' },
                  },
                },
                processing: {
                  always: [
                    { guard: 'mustStop', target: 'draining' },
                    { guard: 'breakerRefuses', target: 'draining', actions: 'noteCircuitOpen' },
                    { guard: 'canBump', actions: 'bumpNext' },
                    { guard: 'canFill', actions: 'fillNext' },
                    { guard: 'canSubmit', actions: 'submitNext' },
                    { guard: 'canSign', actions: 'signNext' },
                    { guard: 'isIdle', target: '#treasuryExecutor.ticking.done' },
                  ],
                },
                draining: {
                  always: { guard: 'isIdle', target: '#treasuryExecutor.ticking.done' },
                },
              },
            },
          },
        },
        done: { type: 'final' },
      },
    },
    waiting: {
      after: { pollInterval: { target: 'ticking' } },
      on: {
        TICK: { target: 'ticking' },
        STOP: { target: 'releasing' },
        ...ignore('START'),
      },
    },
    faulted: {
      on: {
        STOP: { target: 'releasing' },
        ...ignore('START', 'TICK'),
      },
    },
    releasing: {
      invoke: {
        src: 'releaseLease',
        id: 'releaseLease',
        input: leaseInput,
        onDone: { target: 'stopped' },
        onError: { target: 'stopped' },
      },
      on: ignore('START', 'TICK', 'STOP'),
    },
    stopped: { type: 'final' },
  },
});
