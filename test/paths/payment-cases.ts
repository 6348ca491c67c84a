import { createActor, fromTransition, type SnapshotFrom } from 'xstate';
import {
  type DisbursementInput,
  type DisbursementRow,
  type DisbursementStatus,
  disbursementMachine,
  type InsufficientFunds,
  type LookupResult,
  type SignedIntent,
} from '../../machines/index.ts';
import { actorDone, actorFailed, type ExploreOptions, fakeActors } from '../../src/testing/index.ts';
import { ERRORS } from './errors.ts';

/** The payment's chart, with everything beyond its port faked. */
export const fakedPayment = fakeActors(disbursementMachine);

type Options = ExploreOptions<typeof fakedPayment>;
type Snapshot = SnapshotFrom<typeof fakedPayment>;
type Events = Extract<Options['events'], readonly unknown[]>;

export const CONFIRMATIONS = 2;
export const MAX_ATTEMPTS = 2;
const GENERATION = 4;
const PERMIT = { id: 'permit', generation: GENERATION };

/** Stands for the executor that is told; what it is told is seen on the wire. */
const executor = createActor(
  fromTransition((none: null) => none, null),
  { id: 'executor' },
).start();

export const intentOf = (nonce: number): SignedIntent => ({
  disbursementId: 'a',
  nonce,
  txHash: `0x${nonce}`,
  rawTx: `0xf${nonce}`,
});

const rowOf = (status: DisbursementStatus, intents: readonly SignedIntent[]): DisbursementRow => ({
  id: 'a',
  destination: '0xpayee',
  amount: 5n,
  memo: '',
  scheduledEpoch: 0,
  dependsOn: [],
  status,
  nonce: intents.at(-1)?.nonce,
  intents,
  attempts: 0,
  reason: undefined,
  notBefore: undefined,
});

const inputOf = (
  row: DisbursementRow,
  onInsufficientFunds: InsufficientFunds = 'cancel',
): DisbursementInput => ({
  row,
  executor,
  confirmations: CONFIRMATIONS,
  maxAttempts: MAX_ATTEMPTS,
  onInsufficientFunds,
});

export interface PaymentVariant {
  readonly title: string;
  readonly input: DisbursementInput;
}

export const PAYMENTS: readonly PaymentVariant[] = [
  { title: 'a queued row', input: inputOf(rowOf('queued', [])) },
  { title: 'a queued row that an operator put back', input: inputOf(rowOf('queued', [intentOf(3)])) },
  { title: 'a staged row', input: inputOf(rowOf('staged', [intentOf(3)])) },
  {
    title: 'a submitted row that was refused before',
    input: inputOf({ ...rowOf('submitted', [intentOf(3), intentOf(4)]), reason: 'gas limit exceeded' }),
  },
  { title: 'an executed row', input: inputOf(rowOf('executed', [intentOf(3)])) },
  { title: 'a queued row that may wait for money', input: inputOf(rowOf('queued', []), 'hold') },
];

const found = (
  status: LookupResult['status'],
  confirmations: number,
  isBackingOff = false,
  isOverdue = false,
): LookupResult => ({ status, confirmations, isBackingOff, isOverdue });

/** Everything that each port can answer. */
const ANSWERS: Events = [
  actorDone('sign', { generation: GENERATION, intent: intentOf(7) }),
  ...(
    [ERRORS.cancelled, ERRORS.poor, ERRORS.notSigned, ERRORS.signerDown, ERRORS.configuration] as const
  ).map((error) => actorDone('sign', { generation: GENERATION, error })),
  actorFailed('stage', ERRORS.storage),
  actorFailed('stage', ERRORS.leaseLost),
  actorDone('submit', { permit: undefined }),
  actorDone('submit', { permit: PERMIT }),
  ...[
    ERRORS.alreadyKnown,
    ERRORS.refused,
    ERRORS.outage,
    ERRORS.cancelled,
    ERRORS.poor,
    ERRORS.configuration,
  ].map((error) => actorDone('submit', { permit: PERMIT, error })),
  ...[
    found('unknown', 0),
    found('unknown', 0, true),
    found('pending', 0),
    found('executed', CONFIRMATIONS - 1),
    found('executed', CONFIRMATIONS),
    found('reverted', CONFIRMATIONS - 1),
    found('reverted', CONFIRMATIONS),
    found('unknown', 0, false, true),
    found('unknown', 0, true, true),
    found('pending', 0, false, true),
    found('executed', CONFIRMATIONS - 1, false, true),
    found('replaced', 0),
    found('replaced', CONFIRMATIONS),
  ].map((verdict) => actorDone('lookUp', verdict)),
  actorFailed('lookUp', ERRORS.outage),
  actorFailed('record', ERRORS.storage),
  actorFailed('record', ERRORS.leaseLost),
];

const ENDED: readonly DisbursementStatus[] = ['finalized', 'cancelled', 'deadLetter'];

/** Any answer, and any order to a row that is not at its end: no executor gives one to that. */
function eventsIn({ context: { row } }: Snapshot): Events {
  if (ENDED.includes(row.status)) return ANSWERS;
  return [
    ...ANSWERS,
    { type: 'PAY', nonce: 7, unmined: [{ nonce: 6, maxCost: 2n }] },
    { type: 'SUBMIT' },
    { type: 'SETTLE' },
    {
      type: 'BUMP',
      unmined: [
        { nonce: 3, maxCost: 2n },
        { nonce: 4, maxCost: 2n },
        { nonce: 6, maxCost: 2n },
      ],
    },
  ];
}

function describeEvent(event: Parameters<NonNullable<Options['describeEvent']>>[0]): string {
  const ended = /^xstate\.(done|error)\.actor\.(.*)$/.exec(event.type);
  if (ended === null) return event.type;
  const [, how, port] = ended;
  if (how === 'error') return `${port} fails: ${'error' in event ? event.error.message : ''}`;
  return `${port} gives ${answerText('output' in event ? event.output : undefined)}`;
}

function answerText(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return 'nothing';
  if ('error' in answer && answer.error instanceof Error) return `"${answer.error.message}"`;
  if ('intent' in answer) return 'a signature';
  if ('permit' in answer) return answer.permit === undefined ? 'no permit' : 'a hash';
  const { status, confirmations, isBackingOff, isOverdue } = answer as LookupResult;
  const flags = [...(isBackingOff ? [', backing off'] : []), ...(isOverdue ? [', overdue'] : [])];
  return `${status}, ${confirmations} deep${flags.join('')}`;
}

/**
 * Attempts know no bound for a row that has bytes, nor do its transactions; what matters is whether the last attempt is
 * reached, and that there is more than one transaction. At rest nothing of the order before matters but what the chain
 * did not know. Its outcome is kept apart: one that lived on would be told to the breaker twice.
 */
function serializeState({ value, context }: Snapshot): string {
  const { row, order, outcome, change, error, isUnknownToChain, isOverdue } = context;
  const attempts = Math.min(row.attempts, MAX_ATTEMPTS);
  const durable = [row.status, attempts, Math.min(row.intents.length, 2)];
  if (value === 'queued' || value === 'underway') {
    return JSON.stringify([value, durable, outcome?.type, isUnknownToChain]);
  }
  const plan = value === 'recording' ? [change.to, change.backsOff, change.isHeld] : [];
  const chain = [isUnknownToChain, isOverdue];
  return JSON.stringify([value, durable, outcome?.type, order.type, error?.message, chain, plan]);
}

export const paymentOptions = {
  events: eventsIn,
  onlyGiven: ['PAY', 'SUBMIT', 'SETTLE', 'BUMP'],
  describeEvent,
  serializeState,
  limit: 5_000,
} satisfies Options;
