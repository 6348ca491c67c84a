import { type ActorRef, assertEvent, fromPromise, type Snapshot, setup } from 'xstate';
import type { InsufficientFunds } from './executor-context.ts';
import {
  isAlreadyKnown,
  isCancellation,
  isLeaseLost,
  isShortOfFunds,
  isSigningRefusal,
  isSubmissionRefusal,
} from './faults.ts';
import { intentToSend, isFill, isGapAfter, isGivenUp } from './giving-up.ts';
import { signingOutcome, submissionOutcome } from './outcomes.ts';
import type {
  LookupResult,
  PaymentContext,
  PaymentOrder,
  PaymentOutcome,
  PaymentRested,
  PaymentSigned,
  RowChange,
  SigningResult,
  SubmissionResult,
} from './payment-events.ts';
import { type SigningInput, type StagingInput, signedIntent } from './payment-inputs.ts';
import type { DisbursementRow, SignedIntent } from './records.ts';

export interface DisbursementInput {
  readonly row: DisbursementRow;
  /** Is told of the signature and of the end of each order. */
  readonly executor: ActorRef<Snapshot<unknown>, PaymentSigned | PaymentOutcome | PaymentRested>;
  /** Blocks, the one that holds it included, from which on nothing takes a payment back. */
  readonly confirmations: number;
  /** Refusals of the row itself after which it is given up. */
  readonly maxAttempts: number;
  readonly onInsufficientFunds: InsufficientFunds;
  /** Its bytes were staged by this executor, and no submission of them was accepted or ended unknown. */
  readonly isUntried: boolean;
}

type Context = PaymentContext & Omit<DisbursementInput, 'row'>;

type Done<Source extends string, Output> = {
  readonly type: `xstate.done.actor.${Source}`;
  readonly output: Output;
};
type Failed<Source extends string> = { readonly type: `xstate.error.actor.${Source}`; readonly error: Error };

type Event =
  | PaymentOrder
  | Done<'sign', SigningResult>
  | Done<'submit', SubmissionResult>
  | Done<'lookUp', LookupResult>
  | Failed<'stage'>
  | Failed<'lookUp'>
  | Failed<'record'>;

export function restingContext({ input: { row, ...rest } }: { readonly input: DisbursementInput }): Context {
  return {
    ...rest,
    row,
    order: { type: 'SETTLE' },
    intent: intentToSend(row, rest),
    outcome: undefined,
    isUnknownToChain: false,
    isOverdue: false,
    needsFill: false,
    error: undefined,
    change: { to: row.status, reason: null },
  };
}

const notProvided = () => Promise.reject(new Error('this actor is provided by the executor'));

function attemptError(event: Event): Error | undefined {
  assertEvent(event, ['xstate.done.actor.sign', 'xstate.done.actor.submit']);
  return 'error' in event.output ? event.output.error : undefined;
}

/** Why an attempt failed; of a row that is given up already it stays why that is. */
function attemptReason({
  context,
  event,
}: {
  readonly context: Context;
  readonly event: Event;
}): string | null {
  return (isGivenUp(context.row, context) ? context.row.reason : attemptError(event)?.message) ?? null;
}

const reasonToGiveUp = (context: Context): string | undefined =>
  isGivenUp(context.row, context) ? context.row.reason : undefined;

const isOfThisRow = (error: Error | undefined): boolean =>
  isSubmissionRefusal(error) || isCancellation(error);

const lacksFill = (row: DisbursementRow, context: Context): boolean =>
  isGivenUp(row, context) && intentToSend(row, context) === undefined;

const verdict = (event: Event): LookupResult => {
  assertEvent(event, 'xstate.done.actor.lookUp');
  return event.output;
};

const vocabulary = setup({
  types: {} as { context: Context; input: DisbursementInput; events: Event },
  actors: {
    sign: fromPromise<SigningResult, SigningInput>(notProvided),
    stage: fromPromise<void, StagingInput>(notProvided),
    submit: fromPromise<SubmissionResult, { readonly intent: SignedIntent }>(notProvided),
    lookUp: fromPromise<LookupResult, { readonly row: DisbursementRow }>(notProvided),
    record: fromPromise<void, { readonly row: DisbursementRow; readonly change: RowChange }>(notProvided),
  },
  guards: {
    isQueued: ({ context }) => context.row.status === 'queued',
    isSigned: ({ event }) => attemptError(event) === undefined,
    /** A replacement that is not signed changes nothing: what it would have replaced may be out. */
    isReplacement: ({ context }) => context.order.type === 'BUMP' || context.order.type === 'FILL',
    isHeld: ({ context, event }) =>
      context.onInsufficientFunds === 'hold' && isShortOfFunds(attemptError(event)),
    isCancellation: ({ event }) => isCancellation(attemptError(event)),
    isLastRefusal: ({ context, event }) =>
      isSigningRefusal(attemptError(event)) && context.row.attempts + 1 >= context.maxAttempts,
    isSigningRefusal: ({ event }) => isSigningRefusal(attemptError(event)),
    isRefusedByBreaker: ({ event }) => {
      assertEvent(event, 'xstate.done.actor.submit');
      return event.output.permit === undefined;
    },
    isAccepted: ({ event }) => attemptError(event) === undefined,
    /** A node took what fills the nonce of a cancelled row, which stays cancelled. */
    isGapFillAccepted: ({ context, event }) => context.row.isGap && attemptError(event) === undefined,
    isAlreadyKnown: ({ event }) => isAlreadyKnown(attemptError(event)),
    /** Rule M4: nobody can have its bytes. */
    mayBeCancelled: ({ context, event }) =>
      isCancellation(attemptError(event)) &&
      context.isUntried &&
      context.row.status === 'staged' &&
      !isGivenUp(context.row, context),
    isLastRefusalByNode: ({ context, event }) =>
      isOfThisRow(attemptError(event)) &&
      context.row.attempts + 1 === context.maxAttempts &&
      !context.row.isGap,
    isRefusedByNode: ({ event }) => isOfThisRow(attemptError(event)),
    isDeepEnough: ({ context, event }) =>
      verdict(event).status === 'executed' && verdict(event).confirmations >= context.confirmations,
    isMined: ({ context, event }) =>
      verdict(event).status === 'executed' && context.row.status !== 'executed',
    /** Something took the nonce of a cancelled row that does not pay it. */
    isGapClosed: ({ context, event }) =>
      context.row.isGap &&
      (verdict(event).status === 'reverted' || verdict(event).status === 'replaced') &&
      verdict(event).confirmations >= context.confirmations,
    isRevertedForGood: ({ context, event }) =>
      verdict(event).status === 'reverted' && verdict(event).confirmations >= context.confirmations,
    isReplacedForGood: ({ context, event }) =>
      verdict(event).status === 'replaced' && verdict(event).confirmations >= context.confirmations,
    hasVanished: ({ context, event }) =>
      context.row.status === 'executed' && verdict(event).status !== 'executed',
    isInPool: ({ context, event }) => context.row.status === 'staged' && verdict(event).status === 'pending',
  },
});

/** What a payment's chart can say, by the names that drawings show. */
export const disbursementSetup = vocabulary.extend({
  actions: {
    takeOrder: vocabulary.assign(({ context, event }) => {
      assertEvent(event, ['SETTLE', 'PAY', 'SUBMIT', 'BUMP', 'FILL']);
      return {
        order: event,
        outcome: undefined,
        // What could not be outbid is still to be sent again, if the look-up before did not find it.
        isUnknownToChain: event.type === 'BUMP' && context.isUnknownToChain,
        isOverdue: false,
        needsFill: false,
        error: undefined,
      };
    }),
    noteSigning: vocabulary.assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.sign');
      const { output } = event;
      if ('intent' in output) return { intent: output.intent };
      const type = signingOutcome(output.error);
      return { error: output.error, outcome: type && { type, generation: output.generation } };
    }),
    announceSignature: vocabulary.sendTo(
      ({ context }) => context.executor,
      ({ context }): PaymentSigned => ({
        type: 'SIGNED',
        intent: signedIntent(context),
        amount: isFill(signedIntent(context)) ? 0n : context.row.amount,
      }),
    ),
    becomeStaged: vocabulary.assign(({ context }) => {
      const { row, order } = context;
      const intent = signedIntent(context);
      const isFirst = order.type === 'PAY';
      const status = isFirst ? ('staged' as const) : row.status;
      const staged = { status, nonce: intent.nonce, intents: [...row.intents, intent] };
      return {
        row: { ...row, ...staged },
        isUnknownToChain: !isFirst,
        isUntried: isFirst || context.isUntried,
      };
    }),
    noteSubmission: vocabulary.assign(({ context, event }) => {
      assertEvent(event, 'xstate.done.actor.submit');
      const { output } = event;
      if (output.permit === undefined) return {};
      const { id: permit, generation } = output.permit;
      const type = submissionOutcome(output.error);
      return {
        error: output.error,
        outcome: { type, generation, permit },
        isUntried: context.isUntried && isOfThisRow(output.error),
      };
    }),
    /** What is to be filled is not sent again, and not outbid by a payment. */
    noteVerdict: vocabulary.assign(({ context, event }) => {
      const { status, isBackingOff, isOverdue } = verdict(event);
      const isWaiting = status === 'unknown' || status === 'pending';
      const isUnknownToChain = status === 'unknown' && !isBackingOff;
      const isLate = isWaiting && isOverdue && !isBackingOff;
      return lacksFill(context.row, context)
        ? { needsFill: isUnknownToChain || isLate }
        : { isUnknownToChain, isOverdue: isLate };
    }),
    noteLookupFault: vocabulary.assign(({ event }) => {
      assertEvent(event, 'xstate.error.actor.lookUp');
      return { error: event.error };
    }),

    planHeld: vocabulary.assign(({ context, event }) => ({
      change: { to: context.row.status, reason: attemptReason({ context, event }), isHeld: true },
    })),
    planCancelled: vocabulary.assign(({ context, event }) => ({
      change: {
        to: 'cancelled' as const,
        reason: attemptReason({ context, event }),
      },
    })),
    planBackoff: vocabulary.assign(({ context, event }) => ({
      change: {
        to: context.row.status,
        attempts: context.row.attempts + 1,
        reason: attemptReason({ context, event }),
        backsOff: true,
      },
    })),
    /** Its nonce is filled next, which waits for nothing. */
    planGivenUp: vocabulary.assign(({ context, event }) => ({
      change: {
        to: context.row.status,
        attempts: context.row.attempts + 1,
        reason: attemptReason({ context, event }),
      },
    })),
    planDeadLetter: vocabulary.assign(({ context, event }) => ({
      change: {
        to: 'deadLetter' as const,
        attempts: context.row.attempts + 1,
        reason: attemptReason({ context, event }),
      },
    })),
    planGapClosed: vocabulary.assign(({ context: { row } }) => ({
      change: { to: row.status, reason: row.reason ?? null, closesGap: true },
    })),
    planDeadLetterReverted: vocabulary.assign({
      change: { to: 'deadLetter', reason: 'the transaction was reverted by the chain' },
    }),
    /** Its fill, or a transaction that is not ours. */
    planDeadLetterReplaced: vocabulary.assign(({ context }) => ({
      change: {
        to: 'deadLetter' as const,
        reason: reasonToGiveUp(context) ?? 'another transaction used its nonce',
      },
    })),
    planSubmitted: vocabulary.assign(({ context }) => ({
      change: { to: 'submitted' as const, reason: reasonToGiveUp(context) ?? null },
    })),
    /** The chain had taken it: whatever was refused before, it is worth trying again. */
    planSubmittedAgain: vocabulary.assign({ change: { to: 'submitted', reason: null, attempts: 0 } }),
    planExecuted: vocabulary.assign({ change: { to: 'executed', reason: null } }),
    planFinalized: vocabulary.assign({ change: { to: 'finalized', reason: null } }),
    applyChange: vocabulary.assign(({ context }) => {
      const { change, order } = context;
      const row = {
        ...context.row,
        status: change.to,
        attempts: change.attempts ?? context.row.attempts,
        reason: change.reason ?? undefined,
        isGap: isGapAfter(context.row, change),
      };
      const intent = intentToSend(row, context);
      return { row, intent, needsFill: order.type === 'SUBMIT' && lacksFill(row, context) };
    }),
    /** A write that failed: what the service answered still holds, unless the store itself is in doubt. */
    noteRecordingFault: vocabulary.assign(({ context, event }) => {
      assertEvent(event, ['xstate.error.actor.stage', 'xstate.error.actor.record']);
      const { error } = event;
      const { outcome, row } = context;
      // Bytes that may not be durable are forgotten, so that nothing can send them.
      const intent = intentToSend(row, context);
      if (isLeaseLost(error)) return { error, intent };
      return { error, intent, outcome: { ...outcome, type: 'STORAGE_FATAL' as const } };
    }),

    reportRest: vocabulary.enqueueActions(({ context, enqueue }) => {
      const { executor, row, order, outcome, isUnknownToChain, isOverdue, needsFill, isUntried, error } =
        context;
      if (outcome !== undefined) {
        enqueue.sendTo(executor, { type: 'OUTCOME', id: row.id, outcome } satisfies PaymentOutcome);
      }
      enqueue.sendTo(executor, {
        type: 'RESTED',
        id: row.id,
        nonce: row.nonce,
        order: order.type,
        status: row.status,
        isUnknownToChain,
        isOverdue,
        needsFill,
        isGap: row.isGap,
        isUntried: isUntried && row.status === 'staged',
        error,
      } satisfies PaymentRested);
    }),
  },
});
