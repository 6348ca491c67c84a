import type { BreakerOutcome, DisbursementStatus, PaymentOrder } from '../../machines/index.ts';
import { ERRORS } from './errors.ts';

/** One way in which a payment answers an order. */
export interface Answer {
  readonly order: PaymentOrder['type'];
  /** It has sent SIGNED before. */
  readonly isSigned?: boolean;
  /** What the breaker has to be told. */
  readonly outcome?: BreakerOutcome;
  readonly status: DisbursementStatus;
  readonly isUnknownToChain?: boolean;
  readonly isOverdue?: boolean;
  readonly needsFill?: boolean;
  readonly isGap?: boolean;
  readonly isUntried?: boolean;
  readonly error?: Error;
}

/** Of a cancelled payment whose nonce is open. */
const GAP = { status: 'cancelled', isGap: true } as const;

/** Of a payment that nobody but this executor can have. */
const UNTRIED = { status: 'staged', isUntried: true } as const;

/** How payments answer that are given up, or are not known to any node; kept apart to keep the paths few. */
export const LATE_ANSWERS = {
  'to be filled': { order: 'SETTLE', status: 'submitted', needsFill: true },
  'cancelled, to be filled': { order: 'SETTLE', ...GAP, needsFill: true },
  'fill unknown': { order: 'SETTLE', ...GAP, isUnknownToChain: true },
  'fill overdue': { order: 'SETTLE', ...GAP, isOverdue: true },
  'fill pending': { order: 'SETTLE', ...GAP },
  'nonce closed': { order: 'SETTLE', status: 'cancelled' },
  filled: { order: 'FILL', isSigned: true, ...GAP, isUnknownToChain: true },
  'not filled': { order: 'FILL', ...GAP, error: ERRORS.notSigned },
  'fill without signer': { order: 'FILL', outcome: 'FAILURE', ...GAP, error: ERRORS.signerDown },
  'fill not staged': {
    order: 'FILL',
    isSigned: true,
    outcome: 'STORAGE_FATAL',
    ...GAP,
    error: ERRORS.storage,
  },
  'fill outbid': { order: 'BUMP', isSigned: true, ...GAP, isUnknownToChain: true },
  'fill accepted': { order: 'SUBMIT', outcome: 'SUCCESS', ...GAP },
  'cancelled by node': {
    order: 'SUBMIT',
    outcome: 'CANCELLED',
    ...GAP,
    needsFill: true,
    error: ERRORS.cancelled,
  },
  'given up': {
    order: 'SUBMIT',
    outcome: 'CANCELLED',
    status: 'submitted',
    needsFill: true,
    error: ERRORS.refused,
  },
  'unknown, and never sent': { order: 'SETTLE', ...UNTRIED, isUnknownToChain: true },
  'no permit, and never sent': { order: 'SUBMIT', ...UNTRIED },
  'refused by node, and by all before': {
    order: 'SUBMIT',
    outcome: 'CANCELLED',
    ...UNTRIED,
    error: ERRORS.refused,
  },
} as const satisfies Record<string, Answer>;

/** Every other kind of answer that an executor can get. That real payments give exactly such ones is a test of its own. */
export const ANSWERS = {
  mined: { order: 'SETTLE', status: 'executed' },
  unknown: { order: 'SETTLE', status: 'staged', isUnknownToChain: true },
  pending: { order: 'SETTLE', status: 'submitted' },
  overdue: { order: 'SETTLE', status: 'submitted', isOverdue: true },
  'overdue and unknown': { order: 'SETTLE', status: 'submitted', isUnknownToChain: true, isOverdue: true },
  'old, and never taken': { order: 'SETTLE', status: 'staged', isUnknownToChain: true, isOverdue: true },
  'look-up failed': { order: 'SETTLE', status: 'submitted', error: ERRORS.outage },
  'look-up not recorded': {
    order: 'SETTLE',
    outcome: 'STORAGE_FATAL',
    status: 'submitted',
    error: ERRORS.storage,
  },
  'look-up fenced': { order: 'SETTLE', status: 'submitted', error: ERRORS.leaseLost },

  cancelled: { order: 'PAY', outcome: 'CANCELLED', status: 'cancelled', error: ERRORS.cancelled },
  'not signed': { order: 'PAY', status: 'queued', error: ERRORS.notSigned },
  'signer down': { order: 'PAY', outcome: 'FAILURE', status: 'queued', error: ERRORS.signerDown },
  'wrong key': { order: 'PAY', status: 'queued', error: ERRORS.configuration },
  staged: { order: 'PAY', isSigned: true, ...UNTRIED },
  'not staged': {
    order: 'PAY',
    isSigned: true,
    outcome: 'STORAGE_FATAL',
    status: 'queued',
    error: ERRORS.storage,
  },
  'staging fenced': { order: 'PAY', isSigned: true, status: 'queued', error: ERRORS.leaseLost },

  bumped: { order: 'BUMP', isSigned: true, status: 'submitted', isUnknownToChain: true },
  'not bumped': { order: 'BUMP', status: 'submitted', error: ERRORS.notSigned },
  'not bumped, not to be found': {
    order: 'BUMP',
    status: 'submitted',
    isUnknownToChain: true,
    error: ERRORS.notSigned,
  },
  'bump without signer': { order: 'BUMP', outcome: 'FAILURE', status: 'submitted', error: ERRORS.signerDown },
  'bump not staged': {
    order: 'BUMP',
    isSigned: true,
    outcome: 'STORAGE_FATAL',
    status: 'submitted',
    error: ERRORS.storage,
  },

  accepted: { order: 'SUBMIT', outcome: 'SUCCESS', status: 'submitted' },
  'no permit': { order: 'SUBMIT', status: 'staged' },
  outage: { order: 'SUBMIT', outcome: 'FAILURE', status: 'staged', error: ERRORS.outage },
  'known, but not to be found': {
    order: 'SUBMIT',
    outcome: 'SUCCESS',
    status: 'staged',
    isUnknownToChain: true,
    error: ERRORS.alreadyKnown,
  },
  'known, not to be found, and overdue': {
    order: 'SUBMIT',
    outcome: 'SUCCESS',
    status: 'submitted',
    isUnknownToChain: true,
    isOverdue: true,
    error: ERRORS.alreadyKnown,
  },
  'known and mined': { order: 'SUBMIT', outcome: 'SUCCESS', status: 'executed', error: ERRORS.alreadyKnown },
  'refused by node': { order: 'SUBMIT', outcome: 'CANCELLED', status: 'staged', error: ERRORS.refused },
  'wrong chain': { order: 'SUBMIT', outcome: 'CANCELLED', status: 'staged', error: ERRORS.configuration },
  'not recorded': { order: 'SUBMIT', outcome: 'STORAGE_FATAL', status: 'staged', error: ERRORS.storage },
  'recording fenced': { order: 'SUBMIT', outcome: 'SUCCESS', status: 'staged', error: ERRORS.leaseLost },
} as const satisfies Record<string, Answer>;

export const ALL_ANSWERS = { ...ANSWERS, ...LATE_ANSWERS };

export type AnswerName = keyof typeof ALL_ANSWERS;

export const answerOf = (name: AnswerName): Answer => ALL_ANSWERS[name];
