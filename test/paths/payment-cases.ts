import { createActor, fromTransition, type SnapshotFrom } from 'xstate';
import {
  type DisbursementInput,
  type DisbursementRow,
  type DisbursementStatus,
  disbursementMachine,
  type InsufficientFunds,
  type LookupResult,
  type SignedIntent,
  unminedOf,
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

/** Of transactions with the same nonce the payments are told apart by their mark. */
export const intentOf = (nonce: number, mark = ''): SignedIntent => ({
  disbursementId: 'a',
  nonce,
  txHash: `0x${nonce}${mark}`,
  rawTx: `0xf${nonce}${mark}`,
  ...(mark.startsWith('fill') && { purpose: 'fill' as const }),
});

const rowOf = (status: DisbursementStatus, intents: readonly SignedIntent[]): DisbursementRow => ({
  id: 'a',
  destination: '0xpayee',
  amount: 5n,
  memo: '',
  scheduledEpoch: 0,
  dependsOn: [],
  status,
  // An operator who puts a row back takes its nonce away.
  nonce: status === 'queued' ? undefined : intents.at(-1)?.nonce,
  intents,
  attempts: 0,
  reason: undefined,
  notBefore: undefined,
  isGap: status === 'cancelled',
});

const inputOf = (
  row: DisbursementRow,
  onInsufficientFunds: InsufficientFunds = 'cancel',
  isUntried = false,
): DisbursementInput => ({
  row,
  executor,
  confirmations: CONFIRMATIONS,
  maxAttempts: MAX_ATTEMPTS,
  onInsufficientFunds,
  isUntried,
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
  {
    title: 'a staged row that was never sent',
    input: inputOf(rowOf('staged', [intentOf(3)]), 'cancel', true),
  },
  {
    title: 'a cancelled row with a nonce, whose nonce before was filled',
    input: inputOf({
      ...rowOf('cancelled', [intentOf(2), intentOf(2, 'fill1'), intentOf(3)]),
      reason: 'insufficient balance',
    }),
  },
  {
    title: 'a staged row that is given up, and waits for money',
    input: inputOf(
      { ...rowOf('staged', [intentOf(3)]), attempts: MAX_ATTEMPTS, reason: 'gas limit exceeded' },
      'hold',
    ),
  },
];

/** The nonce that a queued row is given. */
export const PAY_NONCE = 7;

/** The highest that is out: right before it, or with one between that is mined. */
export const nonceBefore = ({ intents }: Pick<DisbursementRow, 'intents'>): number =>
  intents.length === 0 ? PAY_NONCE - 1 : PAY_NONCE - 2;

const found = (
  status: LookupResult['status'],
  confirmations: number,
  isBackingOff = false,
  isOverdue = false,
): LookupResult => ({ status, confirmations, isBackingOff, isOverdue });

/** Whether a fill is what is signed for a row now, and its payments are sent no more. */
export const isToFill = ({ status, attempts }: Pick<DisbursementRow, 'status' | 'attempts'>): boolean =>
  status === 'cancelled' || (status !== 'queued' && status !== 'executed' && attempts >= MAX_ATTEMPTS);

const hasFill = ({ intents, nonce }: DisbursementRow): boolean =>
  intents.some((intent) => intent.nonce === nonce && intent.purpose === 'fill');

/** A signature, of what was ordered. */
const signature = ({ context: { row, order } }: Snapshot) => {
  const purpose = isToFill(row) ? 'fill' : 'bump';
  const intent =
    order.type === 'PAY' ? intentOf(PAY_NONCE) : intentOf(row.nonce ?? -1, `${purpose}${row.intents.length}`);
  return actorDone('sign', { generation: GENERATION, intent });
};

/** Everything else that each port can answer. */
const ANSWERS: Events = [
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

const ENDED: readonly DisbursementStatus[] = ['finalized', 'deadLetter'];

/**
 * Any answer, and the orders that an executor may give to such a row. What follows once a row is given up is the same
 * wherever it came from, and walked from the rows that begin so.
 */
const eventsFor =
  ({ input }: PaymentVariant) =>
  (snapshot: Snapshot): Events =>
    isToFill(snapshot.context.row) && !isToFill(input.row)
      ? [signature(snapshot), ...ANSWERS]
      : eventsIn(snapshot);

function eventsIn(snapshot: Snapshot): Events {
  const { row } = snapshot.context;
  const answers = [signature(snapshot), ...ANSWERS];
  if (ENDED.includes(row.status) || (row.status === 'cancelled' && !row.isGap)) return answers;
  // Of an executed row it is only asked whether it still is.
  if (row.status === 'executed') return [...answers, { type: 'SETTLE' }];
  const unmined = unminedOf([3, 4, 6].map((nonce) => ({ id: `n${nonce}`, nonce, maxCost: 2n })));
  const before = unminedOf([{ id: 'before', nonce: nonceBefore(row), maxCost: 2n }]);
  return [
    ...answers,
    { type: 'PAY', nonce: PAY_NONCE, unmined: before },
    ...(isToFill(row) && !hasFill(row) ? [] : [{ type: 'SUBMIT' } as const]),
    { type: 'SETTLE' },
    { type: 'BUMP', unmined },
    ...(isToFill(row) || row.status === 'queued' ? [{ type: 'FILL', unmined } as const] : []),
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
  const { row, order, outcome, change, error, isUnknownToChain, isOverdue, needsFill, isUntried } = context;
  const attempts = Math.min(row.attempts, MAX_ATTEMPTS);
  const count = Math.min(row.intents.length, 2);
  const durable = [row.status, attempts, count, hasFill(row), row.isGap, isUntried];
  if (value === 'queued' || value === 'underway') {
    return JSON.stringify([value, durable, outcome?.type, isUnknownToChain]);
  }
  const plan =
    value === 'recording' ? [change.to, change.attempts === 0, change.backsOff, change.isHeld] : [];
  const chain = [isUnknownToChain, isOverdue, needsFill];
  return JSON.stringify([value, durable, outcome?.type, order.type, error?.message, chain, plan]);
}

/** What replaying a payment needs to know. */
export const paymentWalk = { serializeState } satisfies Options;

export const paymentOptions = (variant: PaymentVariant): Options => ({
  ...paymentWalk,
  input: variant.input,
  events: eventsFor(variant),
  onlyGiven: ['PAY', 'SUBMIT', 'SETTLE', 'BUMP', 'FILL'],
  describeEvent,
  limit: 10_000,
});
