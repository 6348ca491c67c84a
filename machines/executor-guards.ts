import { assertEvent } from 'xstate';
import type { ExecutorContext, ExecutorEvent } from './executor-context.ts';
import type { PaymentOrder } from './payment-events.ts';

interface Args {
  readonly context: ExecutorContext;
  readonly event: ExecutorEvent;
}

/**
 * Of the payments that wait for too long the one that all others wait for: more is offered for the lowest nonce alone.
 * The others may offer enough, and are mined with it.
 */
export function bumpCandidate({ toBump, unmined }: ExecutorContext) {
  const [first] = toBump;
  const [lowest] = unmined.rows;
  return first === undefined || (lowest !== undefined && lowest.nonce < first.nonce) ? undefined : first;
}

/** A submission that waits, or something that could be signed. With neither the breaker is not asked. */
const hasWork = (context: ExecutorContext): boolean => {
  const { toSubmit, toFill, toSign, unmined, settings } = context;
  const isRoom = unmined.rows.length < settings.maxUnmined;
  const isOut = toSubmit.length > 0 || toFill.length > 0 || bumpCandidate(context) !== undefined;
  return isOut || (toSign.length > 0 && isRoom);
};

const countOut = ({ ordersOut }: ExecutorContext, order: PaymentOrder['type']): number =>
  ordersOut.filter(({ type }) => type === order).length;

/** Something is signed or made durable. */
const isStaging = (context: ExecutorContext): boolean =>
  countOut(context, 'PAY') + countOut(context, 'BUMP') + countOut(context, 'FILL') > 0;

/** One transaction at a time is signed: what it promises is known before the next one is compared with the balance. */
const isSigning = ({ ordersOut }: ExecutorContext): boolean =>
  ordersOut.some(({ type, isSigned }) => type === 'BUMP' || type === 'FILL' || (type === 'PAY' && !isSigned));

/**
 * What is about to be signed can be sent at once, or as soon as those before it are answered: while they are out half as
 * many are made ready, so that one at a time stays one at a time. Not more: in an outage whatever has a nonce waits for
 * the look-ups, and only what has none can show that the RPC is back. A probe is not signed before its turn.
 */
function isRoomBehind(context: ExecutorContext): boolean {
  const limit = submissionLimit(context);
  const before = context.toSubmit.length + countOut(context, 'PAY') + countOut(context, 'SUBMIT');
  return before < (context.breaker?.state === 'CLOSED' ? Math.floor(1.5 * limit) : limit);
}

/** How many submissions may be out: in HALF_OPEN no more than there are probes, each after the verdict of the last. */
function submissionLimit({ breaker, settings }: ExecutorContext): number {
  if (breaker === undefined || !breaker.admits) return 0;
  return breaker.state === 'HALF_OPEN'
    ? Math.min(settings.maxInFlight, breaker.policy.halfOpenMaxProbes)
    : settings.maxInFlight;
}

/** Guards of the executor's chart. */
export const executorGuards = {
  /**
   * The same lease as before, and a breaker that was made under it. One that was lost and won again in between is
   * another: what we know may be stale.
   */
  isLeaseKept: ({ context, event }: Args) => {
    assertEvent(event, ['xstate.done.actor.acquireLease', 'xstate.done.actor.renewLease']);
    const isSame = event.output !== undefined && event.output.fence === context.lease?.fence;
    return isSame && context.breaker !== undefined;
  },
  /** Another holds the lease, and there is a breaker to tell of. */
  isStandby: ({ context, event }: Args) => {
    assertEvent(event, 'xstate.done.actor.acquireLease');
    return event.output === undefined && context.breaker !== undefined;
  },
  holdsLease: ({ context }: Args) => context.lease !== undefined,

  /**
   * Its payment was given an order and has not answered it. A word of any other would be counted as an answer: the tick
   * would end while a submission is still out, or never.
   */
  isFromPaymentOut: ({ context, event }: Args) => {
    assertEvent(event, ['SIGNED', 'OUTCOME', 'RESTED']);
    const from = event.type === 'SIGNED' ? event.intent.disbursementId : event.id;
    return context.ordersOut.some(({ id }) => id === from);
  },

  mustStop: ({ context }: Args) => context.fault !== undefined || context.isLeaseLost || context.isStopping,
  canSettle: ({ context }: Args) =>
    context.toSettle.length > 0 && context.ordersOut.length < context.settings.maxInFlight,
  /** A probe of our own that is out may still admit the next one: that is waited for, not taken as a refusal. */
  breakerRefuses: ({ context }: Args) =>
    hasWork(context) &&
    !context.breaker?.admits &&
    !(context.breaker?.state === 'HALF_OPEN' && countOut(context, 'SUBMIT') > 0),
  canBump: ({ context }: Args) =>
    bumpCandidate(context) !== undefined &&
    !isStaging(context) &&
    countOut(context, 'SUBMIT') < submissionLimit(context),
  /** Room for it and for what goes before it: those behind it wait for it. */
  canFill: ({ context }: Args) => {
    const [fill] = context.toFill;
    if (fill === undefined || isStaging(context)) return false;
    const before = context.toSubmit.filter(({ nonce }) => nonce < fill.nonce);
    return before.length + countOut(context, 'SUBMIT') < submissionLimit(context);
  },
  /**
   * What is being outbid or filled goes first: others wait for it, and one that was sent before it could be refused for
   * want of it, which ends HALF_OPEN again and again, however many probes there are.
   */
  canSubmit: ({ context }: Args) =>
    context.toSubmit.length > 0 &&
    countOut(context, 'BUMP') + countOut(context, 'FILL') === 0 &&
    countOut(context, 'SUBMIT') < submissionLimit(context),
  /**
   * In the order of nonces, and one at a time. The bytes of those before it may not be durable yet: the store takes them
   * in this order, and none whose predecessor it did not take, so that no nonce of ours is ever left open.
   */
  canSign: ({ context }: Args) =>
    context.toSign.length > 0 &&
    context.toFill.length === 0 &&
    !isSigning(context) &&
    context.unmined.rows.length < context.settings.maxUnmined &&
    isRoomBehind(context),
  isIdle: ({ context }: Args) => context.ordersOut.length === 0,

  hasFault: ({ context }: Args) => context.fault !== undefined,
  isStopping: ({ context }: Args) => context.isStopping,
  isPolling: ({ context }: Args) => context.isPolling,
};
