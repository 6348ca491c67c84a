import { type SnapshotFrom, StateMachine } from 'xstate';
import {
  type BreakerOutcomeEvent,
  type DisbursementRow,
  type ExecutorEvent,
  type PaymentOrder,
  treasuryExecutorMachine,
} from '../../machines/index.ts';
import { fakeActors, type World } from '../../src/testing/index.ts';
import { ERRORS } from './errors.ts';
import type { Sight } from './faked-breaker.ts';
import { type AnswerName, answerOf } from './faked-payments.ts';

/** The chart as it is, but for the end of its patience with a loop: a defect that loops is found at once then. */
const { config, implementations } = treasuryExecutorMachine;
const impatient = new StateMachine({ ...config, options: { maxIterations: 100 } }, implementations);

/** The executor's chart, with everything beyond its port and all payments faked. */
export const fakedExecutor = fakeActors(impatient as unknown as typeof treasuryExecutorMachine);

export type Snapshot = SnapshotFrom<typeof fakedExecutor>;

/** An event, and beside it what only the path has to know. */
export type PathEvent = ExecutorEvent & {
  /** The payment that sends it. */
  readonly from?: string;
  /** How that payment ends its order. */
  readonly answer?: AnswerName;
  /** What the executor sees of its breaker at that moment; CLOSED unless said. */
  readonly sees?: Sight;
};

type Signing = 'PAY' | 'BUMP' | 'FILL';

/** Who was given which order and has not answered yet. */
export interface Orders {
  readonly out: Readonly<Record<string, PaymentOrder['type'] | `${Signing} SIGNED`>>;
  /** A payment that has told its outcome ends its order at once: nothing can come between. */
  readonly ending?: { readonly from: string; readonly answer: AnswerName };
}

/** Nonces: of a and b, which are in flight, and those that c and d are given if both are signed. */
export const ROWS = { a: 3, b: 4, c: 10, d: 11 } as const;
/** An operator has put d back: it keeps the nonce that another transaction has used. */
const OLD_NONCES: Partial<Record<RowId, number>> = { d: 2 };
export type RowId = keyof typeof ROWS;

export const rowOf = (id: RowId): DisbursementRow => {
  const isInFlight = ROWS[id] < 10;
  const intent = { disbursementId: id, nonce: ROWS[id], txHash: `0x${id}`, rawTx: `0xf${id}`, maxCost: 9n };
  return {
    id,
    destination: '0xpayee',
    amount: 5n,
    memo: '',
    scheduledEpoch: 0,
    dependsOn: [],
    status: isInFlight ? 'submitted' : 'queued',
    nonce: isInFlight ? ROWS[id] : OLD_NONCES[id],
    intents: isInFlight ? [intent] : [],
    attempts: 0,
    reason: undefined,
    notBefore: undefined,
    isGap: false,
  };
};

const PERMIT = { generation: 2, permit: 'p' };

export function outcomeOf({ order, outcome }: { order: string; outcome: BreakerOutcomeEvent['type'] }) {
  return order === 'SUBMIT' ? { type: outcome, ...PERMIT } : { type: outcome, generation: PERMIT.generation };
}

/** What tells the nonce that a payment was given. */
type Known = Pick<Snapshot['context'], 'unmined'>;

const rowIdOf = (child: string): RowId => child.replace('payment:', '') as RowId;

/** The first event of an answer: what the breaker is to be told, if anything, and else the end of the order. */
export function beginAnswer(from: string, name: AnswerName, sees: Sight, known: Known): PathEvent {
  const { order, outcome } = answerOf(name);
  return outcome === undefined
    ? endAnswer(from, name, sees, known)
    : {
        type: 'OUTCOME',
        id: rowIdOf(from),
        outcome: outcomeOf({ order, outcome }),
        from,
        answer: name,
        sees,
      };
}

export function endAnswer(from: string, answer: AnswerName, sees: Sight, { unmined }: Known): PathEvent {
  const id = rowIdOf(from);
  const { order, status, isUnknownToChain = false, isOverdue = false, error } = answerOf(answer);
  const { needsFill = false, isGap = false, isUntried = false } = answerOf(answer);
  const isUnsigned = status === 'queued' || (status === 'cancelled' && !isGap);
  const signedAs = unmined.rows.find((row) => row.id === id)?.nonce ?? ROWS[id];
  const nonce = isUnsigned ? rowOf(id).nonce : signedAs;
  return {
    ...{ type: 'RESTED', id, nonce, order, status, isUnknownToChain, isOverdue, error },
    ...{ needsFill, isGap, isUntried },
    ...{ from, answer, sees },
  };
}

/** A signature with the nonce that the executor gave with its order. */
export const signed = (from: string, nonce: number): PathEvent => {
  const id = rowIdOf(from);
  const intent = { disbursementId: id, nonce, txHash: `0x${id}`, rawTx: `0xf${id}`, maxCost: 9n };
  return { type: 'SIGNED', intent, amount: 5n, from };
};

/** Words of a payment that nobody gave an order. */
export const unaskedBy = (id: string): readonly PathEvent[] => [
  {
    type: 'SIGNED',
    intent: { disbursementId: id, nonce: 1, txHash: '0xz', rawTx: '0xfz' },
    amount: 5n,
  },
  { type: 'OUTCOME', id, outcome: { type: 'FAILURE' } },
  {
    type: 'RESTED',
    id,
    nonce: 1,
    order: 'SUBMIT',
    status: 'staged',
    isUnknownToChain: false,
    isOverdue: false,
    needsFill: false,
    isGap: false,
    isUntried: false,
    error: ERRORS.storage,
  },
];

const NOTHING_OUT: Orders = { out: {} };

/** Follows the orders of an executor and the answers to them. A tick that ends takes its payments with it. */
export const ordersOut: World<typeof fakedExecutor, Orders> = {
  begin: NOTHING_OUT,
  next({ out }, { event, sent }) {
    const { type, from, answer } = event as PathEvent;
    const next = { ...out };
    if (type === 'SIGNED' && from !== undefined) {
      next[from] = `${next[from] as Signing} SIGNED`;
    }
    if (type === 'RESTED' && from !== undefined) delete next[from];
    for (const { to, event: order } of sent) {
      if (to.startsWith('payment:')) next[to] = order.type as PaymentOrder['type'];
    }
    const isEnding = type === 'OUTCOME' && from !== undefined && answer !== undefined;
    return isEnding ? { out: next, ending: { from, answer } } : { out: next };
  },
};
