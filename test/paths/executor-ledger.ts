import type { DisbursementRow, LeaseToken, SignedIntent, Unmined } from '../../machines/index.ts';
import type { ReplayedStep } from '../../src/testing/index.ts';
import { ERRORS } from './errors.ts';
import type { fakedExecutor, PathEvent } from './executor-events.ts';

export type ExecutorStep = ReplayedStep<typeof fakedExecutor>;

interface Commitment {
  readonly id: string;
  readonly nonce: number;
  readonly maxCost: bigint;
}

/**
 * What somebody who only watches the wire knows of an executor: its orders, the answers, and what its ports gave.
 * Kept by hand from the contract; nothing is read from the executor's own context.
 */
export interface Ledger {
  readonly isPolling: boolean;
  readonly isStopping: boolean;
  /** Fault that ends the executor for good: the first one. */
  readonly fault: Error | undefined;
  readonly lease: LeaseToken | undefined;
  readonly hasBreaker: boolean;
  /** Rows that nobody but this executor can have sent, under this lease. */
  readonly untried: readonly string[];
  /** Where it is between ticks; `ticking` while one is on its way. What follows is of this tick. */
  readonly rest: 'idle' | 'ticking' | 'waiting' | 'faulted' | 'releasing' | 'stopped';
  readonly ticks: number;
  /** The port that was asked and has not answered: one at a time, beside the renewal of the lease. */
  readonly asked: string | undefined;
  /** The rows to pay are known. */
  readonly isLoaded: boolean;
  /** The breaker has refused: nothing more in this tick. */
  readonly isRefused: boolean;
  readonly isLeaseLost: boolean;
  readonly error: string | undefined;
  readonly epoch: number;
  readonly isEpochKnown: boolean;
  /** Rows of the store that were not taken up yet. */
  readonly toSettle: readonly DisbursementRow[];
  readonly toPay: readonly DisbursementRow[];
  /** Durable bytes that the chain does not know. */
  readonly toSubmit: readonly { readonly id: string; readonly nonce: number }[];
  /** What waits so long that more should be offered. */
  readonly toBump: readonly { readonly id: string; readonly nonce: number }[];
  /** What is given up and leaves its nonce open. */
  readonly toFill: readonly { readonly id: string; readonly nonce: number }[];
  readonly nextNonce: number;
  readonly unmined: readonly Commitment[];
  readonly out: Readonly<Record<string, string>>;
  /** Of those that are out: their signature exists. */
  readonly signed: readonly string[];
  readonly tally: {
    readonly settled: number;
    readonly staged: number;
    readonly submitted: number;
    readonly failed: number;
    readonly refused: number;
  };
}

const FRESH = {
  asked: undefined,
  isLoaded: false,
  isRefused: false,
  isLeaseLost: false,
  error: undefined,
  isEpochKnown: false,
  toSettle: [],
  toPay: [],
  toSubmit: [],
  toBump: [],
  toFill: [],
  unmined: [],
  out: {},
  signed: [],
  tally: { settled: 0, staged: 0, submitted: 0, failed: 0, refused: 0 },
} as const satisfies Partial<Ledger>;

export const NEW_LEDGER: Ledger = {
  ...FRESH,
  isPolling: false,
  isStopping: false,
  fault: undefined,
  lease: undefined,
  hasBreaker: false,
  untried: [],
  rest: 'idle',
  ticks: 0,
  epoch: 0,
  nextNonce: 0,
};

/** What is not mined, as it is told to others. */
export const inWindow = ({ unmined }: Ledger): Unmined => ({
  rows: unmined.toSorted((a, b) => a.nonce - b.nonce),
  promised: unmined.reduce((sum, { maxCost }) => sum + maxCost, 0n),
});

export const isOut = ({ out }: Ledger, order: string): number =>
  Object.values(out).filter((other) => other === order).length;

/** Nothing new may start. */
export const isHalted = ({ fault, isLeaseLost, isStopping }: Ledger): boolean =>
  fault !== undefined || isLeaseLost || isStopping;

/** What an error does to an executor, whoever met it. */
function failed(ledger: Ledger, error: Error | undefined): Ledger {
  if (error === undefined) return ledger;
  const isFinal = error === ERRORS.storage || error === ERRORS.configuration;
  const isFenced = error === ERRORS.leaseLost;
  return {
    ...ledger,
    error: error.message,
    fault: ledger.fault ?? (isFinal ? error : undefined),
    ...(isFenced && { isLeaseLost: true, lease: undefined }),
  };
}

/** Whichever transaction of a nonce is mined: the most that it can cost. */
const dearest = ({ unmined }: Ledger, intent: SignedIntent, amount: bigint): bigint => {
  const before = unmined.find(({ id }) => id === intent.disbursementId)?.maxCost ?? 0n;
  const cost = intent.maxCost ?? amount;
  return cost > before ? cost : before;
};

type Event<Type> = Extract<PathEvent, { type: Type }>;
type Learn = { readonly [Type in PathEvent['type']]?: (ledger: Ledger, event: Event<Type>) => Ledger };

/** What each event means while a tick is on its way. */
const IN_TICK: Learn = {
  START: (ledger) => ({ ...ledger, isPolling: true }),
  STOP: (ledger) => ({ ...ledger, isStopping: true }),
  FAULT: (ledger, { error }) => failed(ledger, error),
  SIGNED: (ledger, { intent, amount }) => ({
    ...ledger,
    nextNonce: Math.max(ledger.nextNonce, intent.nonce + 1),
    signed: [...ledger.signed, intent.disbursementId],
    unmined: [
      ...ledger.unmined.filter(({ id }) => id !== intent.disbursementId),
      { id: intent.disbursementId, nonce: intent.nonce, maxCost: dearest(ledger, intent, amount) },
    ],
  }),
  OUTCOME(ledger, { outcome: { type } }) {
    const { submitted, failed } = ledger.tally;
    const tally = {
      ...ledger.tally,
      submitted: submitted + (type === 'SUCCESS' ? 1 : 0),
      failed: failed + (type === 'FAILURE' ? 1 : 0),
    };
    return { ...ledger, tally };
  },
  RESTED(ledger, rest) {
    const { id, nonce, order, status, isUnknownToChain, isOverdue, needsFill, isGap, isUntried, error } =
      rest;
    const { [id]: _, ...out } = ledger.out;
    const isStaged = order === 'PAY' && status === 'staged';
    const isLeft = isStaged || (['SETTLE', 'BUMP', 'FILL'].includes(order) && isUnknownToChain);
    const isLate = order === 'SETTLE' && (status === 'submitted' || isGap) && isOverdue;
    const isMined = !['queued', 'staged', 'submitted'].includes(status) && !isGap;
    const { settled, staged } = ledger.tally;
    const withThis = (line: Ledger['toSubmit'], isMeant: boolean) =>
      isMeant && nonce !== undefined ? [...line, { id, nonce }].toSorted((a, b) => a.nonce - b.nonce) : line;
    // A cancelled payment promises nothing but its fill.
    const unmined = ledger.unmined.map((other) =>
      other.id === id && isGap && needsFill ? { ...other, maxCost: 0n } : other,
    );
    const untried = ledger.untried.filter((other) => other !== id);
    const rested = {
      ...ledger,
      out,
      signed: ledger.signed.filter((other) => other !== id),
      toSubmit: withThis(ledger.toSubmit, isLeft),
      toBump: withThis(ledger.toBump, isLate),
      toFill: withThis(ledger.toFill, needsFill),
      unmined: isMined ? unmined.filter((other) => other.id !== id) : unmined,
      untried: isUntried ? [...untried, id] : untried,
      tally: {
        ...ledger.tally,
        settled: settled + (order === 'SETTLE' ? 1 : 0),
        staged: staged + (isStaged ? 1 : 0),
      },
    };
    return failed(rested, error);
  },
  'xstate.done.actor.acquireLease': (ledger, { output }) => ({
    ...ledger,
    lease: output,
    // Under another fence somebody else may have sent them; and whoever has no breaker begins anew.
    untried:
      output?.fence === ledger.lease?.fence && output !== undefined && ledger.hasBreaker
        ? ledger.untried
        : [],
  }),
  'xstate.done.actor.renewLease': (ledger, { output }) =>
    output?.fence === ledger.lease?.fence
      ? ledger
      : { ...ledger, lease: undefined, isLeaseLost: true, error: 'lease_lost' },
  'xstate.done.actor.restoreBreaker': (ledger) => ({ ...ledger, hasBreaker: true }),
  'xstate.done.actor.readEpoch': (ledger, { output: { epoch, error } }) => ({
    ...ledger,
    epoch,
    isEpochKnown: error === undefined,
    error: error?.message,
  }),
  'xstate.done.actor.loadInFlight': (ledger, { output: rows }) => ({
    ...ledger,
    toSettle: rows,
    unmined: rows.map(({ id, nonce = 0, intents, amount }) => ({
      id,
      nonce,
      maxCost: intents.at(-1)?.maxCost ?? amount,
    })),
  }),
  'xstate.done.actor.loadReady': (ledger, { output: { rows, nextNonce, error } }) => ({
    ...ledger,
    isLoaded: true,
    toPay: rows,
    nextNonce,
    error: error?.message ?? ledger.error,
  }),
  'xstate.error.actor.restoreBreaker': (ledger, { error }) => ({
    ...failed(ledger, error),
    hasBreaker: false,
  }),
};

/** What the event alone means; the orders that follow from it are noted by {@link withOrder}. */
export function learn(ledger: Ledger, event: PathEvent): Ledger {
  if (ledger.rest !== 'ticking') {
    if (event.type === 'FAULT') return failed(ledger, event.error);
    return event.type === 'START' && ledger.rest === 'idle' ? { ...ledger, isPolling: true } : ledger;
  }
  const isStray = ['SIGNED', 'OUTCOME', 'RESTED'].includes(event.type) && event.from === undefined;
  if (isStray) return ledger;
  const read = IN_TICK[event.type] as ((ledger: Ledger, event: PathEvent) => Ledger) | undefined;
  if (read !== undefined) return read(ledger, event);
  return 'error' in event && event.error !== undefined ? failed(ledger, event.error) : ledger;
}

/** A new tick knows nothing of the one before but the lease, the breaker and a fault. */
export const beginTick = (ledger: Ledger): Ledger => ({
  ...ledger,
  ...FRESH,
  rest: 'ticking',
  ticks: ledger.ticks + 1,
});

/** Notes one order that the executor gave. */
export function withOrder(ledger: Ledger, id: string, order: string): Ledger {
  const others = <Item extends { readonly id: string }>(list: readonly Item[]) =>
    list.filter((item) => item.id !== id);
  return {
    ...ledger,
    out: { ...ledger.out, [id]: order },
    toSettle: order === 'SETTLE' ? others(ledger.toSettle) : ledger.toSettle,
    toPay: order === 'PAY' ? others(ledger.toPay) : ledger.toPay,
    // New bytes go out instead of those that they outbid; one is outbid in a tick, and none that went out in it.
    toSubmit: order === 'SUBMIT' || order === 'BUMP' ? others(ledger.toSubmit) : ledger.toSubmit,
    toFill: order === 'FILL' ? others(ledger.toFill) : ledger.toFill,
    toBump: order === 'BUMP' ? [] : order === 'SUBMIT' ? others(ledger.toBump) : ledger.toBump,
  };
}
