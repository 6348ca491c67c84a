import type { DisbursementStatus, LookupResult, RowChange, SignedIntent } from '../../machines/index.ts';
import { ERRORS } from './errors.ts';
import { CONFIRMATIONS, MAX_ATTEMPTS } from './payment-cases.ts';

// The executor's contract for one payment, typed by hand: what each answer of each port does to the row, and what the
// breaker is told. Nothing here comes from the chart.

type Port = 'sign' | 'stage' | 'submit' | 'lookUp' | 'record';
type Outcome = 'SUCCESS' | 'FAILURE' | 'STORAGE_FATAL' | 'CANCELLED';

/** What the contract knows of a payment at some moment. */
export interface PaymentFacts {
  /** The port that was asked and has not answered. */
  readonly waitsFor: Port | undefined;
  readonly order: 'PAY' | 'SUBMIT' | 'SETTLE' | 'BUMP' | undefined;
  readonly status: DisbursementStatus;
  readonly attempts: number;
  /** A row that the account cannot pay is kept. */
  readonly mayWaitForMoney: boolean;
  /** Why it is where it is: what was recorded last. */
  readonly reason: string | undefined;
  /** Nonces of the transactions that are durable, oldest first. */
  readonly durable: readonly number[];
  readonly signed: SignedIntent | undefined;
  /** The change that the store was asked to record. */
  readonly change: RowChange | undefined;
  /** What the breaker is to be told when the order ends, with the permit that was out. */
  readonly outcome:
    | { readonly type: Outcome; readonly generation?: number; readonly permit?: string }
    | undefined;
  readonly isUnknownToChain: boolean;
  readonly isOverdue: boolean;
  readonly error: Error | undefined;
}

/** An answer of a port, or an order. */
export interface PaymentInputEvent {
  readonly type: string;
  readonly nonce?: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
}

/** Changes of the facts. Without `waitsFor` the order is over. */
type Effect = Partial<PaymentFacts>;

const NO_ORDER = {
  isUnknownToChain: false,
  isOverdue: false,
  outcome: undefined,
  error: undefined,
} as const satisfies Effect;

const record = (change: RowChange): Effect => ({ waitsFor: 'record', change });

// The table of errors: what the breaker is told when signing failed, and when submitting did.
const SIGNING_FAILED = new Map<unknown, Outcome | undefined>([
  [ERRORS.signerDown, 'FAILURE'],
  [ERRORS.notSigned, undefined],
  [ERRORS.cancelled, 'CANCELLED'],
  [ERRORS.poor, 'CANCELLED'],
  [ERRORS.configuration, undefined],
]);
const SUBMITTING_FAILED = new Map<unknown, Outcome>([
  [ERRORS.outage, 'FAILURE'],
  [ERRORS.alreadyKnown, 'SUCCESS'],
  [ERRORS.refused, 'CANCELLED'],
  [ERRORS.cancelled, 'CANCELLED'],
  [ERRORS.poor, 'CANCELLED'],
  [ERRORS.configuration, 'CANCELLED'],
]);

/** A fault of the store: whatever the service answered, the breaker is told of the store; the permit is given back. */
function writeFailed({ outcome }: PaymentFacts, error: unknown): Effect {
  const isStore = error === ERRORS.storage;
  return { error: error as Error, ...(isStore && { outcome: { ...outcome, type: 'STORAGE_FATAL' } }) };
}

type Answer = (facts: PaymentFacts, value: never) => Effect;

const DONE: Record<Port, Answer> = {
  sign(facts, { generation, intent, error }: { generation: number; intent?: SignedIntent; error?: Error }) {
    if (intent !== undefined) return { waitsFor: 'stage', signed: intent };
    const type = SIGNING_FAILED.get(error);
    const told = { error, outcome: type && { type, generation } };
    // What would have been outbid is out: a replacement that is not signed changes nothing.
    if (facts.order === 'BUMP') return told;
    const attempts = facts.attempts + 1;
    const reason = error?.message ?? null;
    if (error === ERRORS.poor && facts.mayWaitForMoney) {
      return { ...told, ...record({ to: 'queued', reason, isHeld: true }) };
    }
    if (error === ERRORS.cancelled || error === ERRORS.poor) {
      return { ...told, ...record({ to: 'cancelled', reason }) };
    }
    if (error !== ERRORS.notSigned) return told;
    if (attempts >= MAX_ATTEMPTS) return { ...told, ...record({ to: 'deadLetter', attempts, reason }) };
    return { ...told, ...record({ to: 'queued', attempts, reason, backsOff: true }) };
  },
  stage: ({ durable, signed, order, status }) => ({
    // It is on its way already, and the chain does not know the bytes that are new.
    ...(order === 'BUMP' ? { status, isUnknownToChain: true } : { status: 'staged' as const }),
    durable: signed === undefined ? durable : [...durable, signed.nonce],
  }),
  submit(
    { status, attempts },
    { permit, error }: { permit?: { id: string; generation: number }; error?: Error },
  ) {
    if (permit === undefined) return {};
    const type = error === undefined ? 'SUCCESS' : SUBMITTING_FAILED.get(error);
    const told = { error, outcome: type && { type, generation: permit.generation, permit: permit.id } };
    if (error === undefined) return { ...told, ...record({ to: 'submitted', reason: null }) };
    if (error === ERRORS.alreadyKnown) return { ...told, waitsFor: 'lookUp' };
    // A row with bytes is never cancelled: the money may still move.
    const isOfThisRow = [ERRORS.refused, ERRORS.cancelled, ERRORS.poor].some((each) => each === error);
    const refused = { to: status, attempts: attempts + 1, reason: error.message, backsOff: true };
    return isOfThisRow ? { ...told, ...record(refused) } : told;
  },
  lookUp(facts, { status: verdict, confirmations, isBackingOff, isOverdue }: LookupResult) {
    const { status } = facts;
    const isDeep = confirmations >= CONFIRMATIONS;
    const isUnknownToChain = verdict === 'unknown' && !isBackingOff;
    const isWaiting = verdict === 'unknown' || verdict === 'pending';
    const rests = { isUnknownToChain, isOverdue: isWaiting && isOverdue && !isBackingOff };
    switch (verdict) {
      case 'executed':
        if (isDeep) return record({ to: 'finalized', reason: null });
        return status === 'executed' ? rests : record({ to: 'executed', reason: null });
      case 'reverted':
        if (isDeep) return record({ to: 'deadLetter', reason: 'the transaction was reverted by the chain' });
        return status === 'executed' ? { ...rests, ...record({ to: 'submitted', reason: null }) } : rests;
      case 'pending':
        if (status === 'executed') return { ...rests, ...record({ to: 'submitted', reason: null }) };
        return status === 'submitted' ? rests : record({ to: 'submitted', reason: null });
      case 'unknown':
        return status === 'executed' ? { ...rests, ...record({ to: 'submitted', reason: null }) } : rests;
      case 'replaced':
        if (isDeep) return record({ to: 'deadLetter', reason: 'another transaction used its nonce' });
        return status === 'executed' ? { ...rests, ...record({ to: 'submitted', reason: null }) } : rests;
    }
  },
  record: ({ status, attempts, change }) => ({
    status: change?.to ?? status,
    attempts: change?.attempts ?? attempts,
    reason: change?.reason ?? undefined,
  }),
};

const FAILED: Partial<Record<Port, Answer>> = {
  stage: writeFailed,
  record: writeFailed,
  lookUp: (_, error: Error) => ({ error }),
};

/** Orders are heard at rest only: to sign where nothing is durable under way, everything else where something is. */
function orderSays(facts: PaymentFacts, { type }: PaymentInputEvent): Effect | undefined {
  if (facts.waitsFor !== undefined) return undefined;
  const isQueued = facts.status === 'queued';
  if (type === 'PAY' && isQueued) return { ...NO_ORDER, order: type, waitsFor: 'sign' };
  if (type === 'SUBMIT' && !isQueued) return { ...NO_ORDER, order: type, waitsFor: 'submit' };
  // What cannot be outbid and was not found is sent again as it is.
  const { isUnknownToChain } = facts;
  if (type === 'BUMP' && !isQueued) {
    return { ...NO_ORDER, isUnknownToChain, order: type, waitsFor: 'sign' };
  }
  if (type === 'SETTLE' && !isQueued) return { ...NO_ORDER, order: type, waitsFor: 'lookUp' };
  return undefined;
}

function answerSays(facts: PaymentFacts, { type, output, error }: PaymentInputEvent): Effect | undefined {
  const [, result, port] = /^xstate\.(done|error)\.actor\.(.*)$/.exec(type) ?? [];
  if (port === undefined || port !== facts.waitsFor) return undefined;
  const answer = (result === 'done' ? DONE : FAILED)[port as Port];
  if (answer === undefined) throw new Error(`the contract knows no ${type}`);
  return { waitsFor: undefined, ...answer(facts, (result === 'done' ? output : error) as never) };
}

/** What the contract says that an event does; the same facts when it is not heard. */
export function contractSays(facts: PaymentFacts, event: PaymentInputEvent): PaymentFacts {
  const effect = orderSays(facts, event) ?? answerSays(facts, event);
  return effect === undefined ? facts : { ...facts, ...effect };
}

/** What a payment tells the executor when its order ends: the outcome first, so that the breaker hears it first. */
export function reportOf(facts: PaymentFacts) {
  const { order, status, durable, outcome, isUnknownToChain, isOverdue, error } = facts;
  const nonce = durable.at(-1);
  const rested = { type: 'RESTED', id: 'a', nonce, order, status, isUnknownToChain, isOverdue, error };
  return outcome === undefined ? [rested] : [{ type: 'OUTCOME', id: 'a', outcome }, rested];
}
