import type { DisbursementStatus, LookupResult, RowChange, SignedIntent } from '../../machines/index.ts';
import { ERRORS } from './errors.ts';
import { CONFIRMATIONS, isToFill, MAX_ATTEMPTS } from './payment-cases.ts';

// The executor's contract for one payment, typed by hand: what each answer of each port does to the row, and what the
// breaker is told. Nothing here comes from the chart.

type Port = 'sign' | 'stage' | 'submit' | 'lookUp' | 'record';
type Outcome = 'SUCCESS' | 'FAILURE' | 'STORAGE_FATAL' | 'CANCELLED';

/** What the contract knows of a payment at some moment. */
export interface PaymentFacts {
  /** The port that was asked and has not answered. */
  readonly waitsFor: Port | undefined;
  readonly order: 'PAY' | 'SUBMIT' | 'SETTLE' | 'BUMP' | 'FILL' | undefined;
  readonly status: DisbursementStatus;
  readonly attempts: number;
  /** A row that the account cannot pay is kept. */
  readonly mayWaitForMoney: boolean;
  /** Why it is where it is: what was recorded last. */
  readonly reason: string | undefined;
  readonly nonce: number | undefined;
  /** The transactions that are durable, oldest first. */
  readonly durable: readonly SignedIntent[];
  readonly signed: SignedIntent | undefined;
  /** The change that the store was asked to record. */
  readonly change: RowChange | undefined;
  /** What the breaker is to be told when the order ends, with the permit that was out. */
  readonly outcome:
    | { readonly type: Outcome; readonly generation?: number; readonly permit?: string }
    | undefined;
  readonly isUnknownToChain: boolean;
  readonly isOverdue: boolean;
  readonly needsFill: boolean;
  readonly isGap: boolean;
  readonly isUntried: boolean;
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
  needsFill: false,
  outcome: undefined,
  error: undefined,
} as const satisfies Effect;

/** What leaves: of a row that is given up a fill of its nonce, and else a payment; the newest of them. */
export const bytesOf = (facts: PaymentFacts): SignedIntent | undefined =>
  facts.durable.findLast(
    ({ nonce, purpose }) => nonce === facts.nonce && (purpose === 'fill') === isToFill(facts),
  );

/** It stays why a row was given up, whatever happens to its fill. */
const reasonFor = (facts: PaymentFacts, otherwise: string | null): string | null =>
  isToFill(facts) ? (facts.reason ?? null) : otherwise;

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
    if (facts.order === 'BUMP' || facts.order === 'FILL') return told;
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
  stage: ({ durable, signed, order, status, nonce, isUntried }) => ({
    // What is replaced is on its way already, and the chain does not know the bytes that are new.
    ...(order === 'PAY'
      ? { status: 'staged' as const, nonce: signed?.nonce, isUntried: true }
      : { status, nonce, isUntried, isUnknownToChain: true }),
    durable: signed === undefined ? durable : [...durable, signed],
  }),
  submit(facts, { permit, error }: { permit?: { id: string; generation: number }; error?: Error }) {
    const { status, attempts, isGap, mayWaitForMoney } = facts;
    if (permit === undefined) return {};
    const type = error === undefined ? 'SUCCESS' : SUBMITTING_FAILED.get(error);
    const isOfThisRow = [ERRORS.refused, ERRORS.cancelled, ERRORS.poor].some((each) => each === error);
    const told = {
      error,
      outcome: type && { type, generation: permit.generation, permit: permit.id },
      // Whatever is accepted, or ends unknown, may be out for ever.
      isUntried: facts.isUntried && isOfThisRow,
    };
    if (error === undefined) {
      return isGap ? told : { ...told, ...record({ to: 'submitted', reason: reasonFor(facts, null) }) };
    }
    if (error === ERRORS.alreadyKnown) return { ...told, waitsFor: 'lookUp' };
    if (!isOfThisRow) return told;
    const reason = reasonFor(facts, error.message);
    if (error === ERRORS.poor && mayWaitForMoney) {
      return { ...told, ...record({ to: status, reason, isHeld: true }) };
    }
    // A row with bytes is cancelled only where nobody can have them: else the money may still move.
    const mayBeCancelled = facts.isUntried && status === 'staged' && !isToFill(facts);
    if (error !== ERRORS.refused && mayBeCancelled)
      return { ...told, ...record({ to: 'cancelled', reason }) };
    const refused = { to: status, attempts: attempts + 1, reason };
    // Its nonce is filled next, and that waits for nothing.
    const isLast = attempts + 1 === MAX_ATTEMPTS && !isGap;
    return { ...told, ...record(isLast ? refused : { ...refused, backsOff: true }) };
  },
  lookUp(facts, { status: verdict, confirmations, isBackingOff, isOverdue }: LookupResult) {
    const { status, isGap } = facts;
    const isDeep = confirmations >= CONFIRMATIONS;
    const isUnknownToChain = verdict === 'unknown' && !isBackingOff;
    const isWaiting = verdict === 'unknown' || verdict === 'pending';
    const isLate = isWaiting && isOverdue && !isBackingOff;
    // What has to be filled is neither sent again nor outbid.
    const rests =
      isToFill(facts) && bytesOf(facts) === undefined
        ? { needsFill: isUnknownToChain || isLate }
        : { isUnknownToChain, isOverdue: isLate };
    const vanished = { ...rests, ...record({ to: 'submitted', reason: null, attempts: 0 }) };
    const closed = record({ to: 'cancelled', reason: facts.reason ?? null, closesGap: true });
    switch (verdict) {
      case 'executed':
        if (isDeep) return record({ to: 'finalized', reason: null });
        return status === 'executed' ? rests : record({ to: 'executed', reason: null });
      case 'reverted':
        if (isDeep && isGap) return closed;
        if (isDeep) return record({ to: 'deadLetter', reason: 'the transaction was reverted by the chain' });
        return status === 'executed' ? vanished : rests;
      case 'pending':
        if (status === 'executed') return vanished;
        return status === 'staged' ? record({ to: 'submitted', reason: reasonFor(facts, null) }) : rests;
      case 'unknown':
        return status === 'executed' ? vanished : rests;
      case 'replaced': {
        if (isDeep && isGap) return closed;
        const reason = reasonFor(facts, null) ?? 'another transaction used its nonce';
        if (isDeep) return record({ to: 'deadLetter', reason });
        return status === 'executed' ? vanished : rests;
      }
    }
  },
  record(facts) {
    const { order, change, nonce, isGap } = facts;
    if (change === undefined) throw new Error('nothing was to be recorded');
    const isCancelled = change.to === 'cancelled';
    const after = {
      status: change.to,
      attempts: change.attempts ?? facts.attempts,
      reason: change.reason ?? undefined,
      isGap: isCancelled && (facts.status === 'cancelled' ? isGap && !change.closesGap : nonce !== undefined),
    };
    const isOpen = change.to !== 'cancelled' || after.isGap;
    const lacksFill = isOpen && isToFill(after) && bytesOf({ ...facts, ...after }) === undefined;
    return { ...after, needsFill: order === 'SUBMIT' && lacksFill };
  },
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
  if (type === 'FILL' && !isQueued) return { ...NO_ORDER, order: type, waitsFor: 'sign' };
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
  const { order, status, nonce, outcome, isUnknownToChain, isOverdue, needsFill, isGap, error } = facts;
  const rested = {
    ...{ type: 'RESTED', id: 'a', nonce, order, status, isUnknownToChain, isOverdue, needsFill, isGap },
    ...{ isUntried: facts.isUntried && status === 'staged', error },
  };
  return outcome === undefined ? [rested] : [{ type: 'OUTCOME', id: 'a', outcome }, rested];
}
