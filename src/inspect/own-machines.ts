import { DEFAULT_POLICY } from '../../machines/index.ts';
import type { MachineView } from './machine-view.ts';

const OUTCOME = ['generation', 'permit'];
const OPERATOR = ['reason', 'by'];
const CHANGE = ['from', 'to', 'generation', 'reason'];

const ROW = [
  'row.id',
  'row.destination',
  'row.amount',
  'row.scheduledEpoch',
  'row.status',
  'row.nonce',
  'row.attempts',
  'row.reason',
  'row.notBefore',
];

/** How this package's own machines are shown. Signed bytes, memos and ports are not on the lists. */
export const OWN_MACHINES: Readonly<Record<string, MachineView>> = {
  circuitBreaker: {
    title: 'Breaker',
    nameOf: ({ name }: { readonly name?: string }) => name ?? 'breaker',
    delays: { openTimeout: DEFAULT_POLICY.openTimeoutMs },
    show: {
      context: [
        'policy.*',
        'name',
        'failures',
        'successes',
        'generation',
        'openings',
        'openLengthMs',
        'openDelayMs',
        'probesInFlight',
        'probes[].id',
      ],
      events: {
        SUCCESS: OUTCOME,
        FAILURE: OUTCOME,
        STORAGE_FATAL: OUTCOME,
        CANCELLED: OUTCOME,
        PERMIT: ['id'],
        ISOLATE: OPERATOR,
        RESET: OPERATOR,
        'breaker.opened': CHANGE,
        'breaker.halfOpened': CHANGE,
        'breaker.closed': CHANGE,
        'breaker.isolated': CHANGE,
        '*': ['error'],
      },
    },
    refusals: {
      isStale: 'stale generation',
      permitIsNotOut: 'its permit is not out',
      denyPermit: 'permit denied',
    },
  },
  treasuryExecutor: {
    title: 'Executor',
    nameOf: () => 'executor',
    // A poll interval of 1 s, and a third of a lease of 60 s.
    delays: { pollInterval: 1_000, leaseRenewal: 20_000 },
    show: {
      context: [
        'settings.*',
        'isPolling',
        'isStopping',
        'ticks',
        'lease.owner',
        'lease.fence',
        'isLeaseLost',
        'epoch',
        'isEpochKnown',
        'nextNonce',
        'toSettle[].id',
        'toSign[].id',
        'toSubmit[].id',
        'toSubmit[].nonce',
        'toBump[].id',
        'toBump[].nonce',
        'unmined[].id',
        'unmined[].nonce',
        'unmined[].maxCost',
        'ordersOut[].id',
        'ordersOut[].type',
        'tally.*',
        'error',
        'fault',
      ],
      events: {
        SIGNED: ['intent.disbursementId', 'intent.nonce', 'intent.txHash', 'amount'],
        OUTCOME: ['outcome.type', 'outcome.generation', 'outcome.permit'],
        RESTED: ['id', 'nonce', 'order', 'status', 'isUnknownToChain', 'isOverdue', 'error'],
        FAULT: ['error'],
        'xstate.done.actor.acquireLease': ['output.owner', 'output.fence'],
        'xstate.done.actor.renewLease': ['output.owner', 'output.fence'],
        'xstate.done.actor.readEpoch': ['output.epoch', 'output.error'],
        'xstate.done.actor.loadInFlight': ['output[].id', 'output[].status'],
        'xstate.done.actor.loadReady': ['output.rows[].id', 'output.nextNonce', 'output.error'],
        '*': ['error'],
      },
    },
    refusals: { breakerRefuses: 'the breaker refuses' },
  },
  disbursement: {
    title: 'Payment',
    show: {
      context: [
        ...ROW,
        'order.type',
        'intent.nonce',
        'intent.txHash',
        'outcome.type',
        'outcome.generation',
        'outcome.permit',
        'isUnknownToChain',
        'isOverdue',
        'error',
        'change.*',
        'confirmations',
        'maxAttempts',
      ],
      events: {
        PAY: ['nonce'],
        'xstate.done.actor.sign': [
          'output.generation',
          'output.intent.nonce',
          'output.intent.txHash',
          'output.error',
        ],
        'xstate.done.actor.submit': ['output.permit.id', 'output.permit.generation', 'output.error'],
        'xstate.done.actor.lookUp': ['output.status', 'output.confirmations', 'output.isBackingOff'],
        '*': ['error'],
      },
    },
    refusals: { isRefusedByBreaker: 'the breaker refuses' },
  },
};
