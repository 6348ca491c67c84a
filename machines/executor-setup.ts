import { assertEvent, fromPromise, setup } from 'xstate';
import { commitmentOf } from './commitment.ts';
import { disbursementMachine } from './disbursement.ts';
import {
  type BreakerView,
  type EpochReading,
  type ExecutorContext,
  type ExecutorEvent,
  type ExecutorInput,
  FRESH_TICK,
  type LeaseToken,
  paymentActor,
  type ReadyRows,
  type TickEnded,
} from './executor-context.ts';
import { bumpCandidate, executorGuards } from './executor-guards.ts';
import { isFinalFault, isLeaseLost } from './faults.ts';
import type { PaymentRested } from './payment-events.ts';
import type { DisbursementRow } from './records.ts';
import { type Unmined, unminedAt, unminedOf, withoutUnmined, withUnmined } from './unmined.ts';

const notProvided = () => Promise.reject(new Error('this actor is provided by the executor'));

const vocabulary = setup({
  types: {} as {
    context: ExecutorContext;
    input: ExecutorInput;
    events: ExecutorEvent;
    emitted: TickEnded;
  },
  actors: {
    acquireLease: fromPromise<LeaseToken | undefined>(notProvided),
    renewLease: fromPromise<LeaseToken | undefined, LeaseToken | undefined>(notProvided),
    releaseLease: fromPromise<void, LeaseToken | undefined>(notProvided),
    restoreBreaker: fromPromise<BreakerView>(notProvided),
    applyControl: fromPromise<void, LeaseToken | undefined>(notProvided),
    readEpoch: fromPromise<EpochReading, LeaseToken | undefined>(notProvided),
    loadInFlight: fromPromise<readonly DisbursementRow[]>(notProvided),
    loadReady: fromPromise<ReadyRows, number>(notProvided),
    payment: disbursementMachine,
  },
  delays: {
    pollInterval: ({ context }) => context.settings.pollIntervalMs,
    leaseRenewal: ({ context }) => context.settings.leaseTtlMs / 3,
  },
  guards: executorGuards,
});

/** An error of the tick: final ones end the executor, a lost lease ends the tick's work, others are only told. */
function noted(context: ExecutorContext, error: Error): Partial<ExecutorContext> {
  return {
    error: error.message,
    ...(isFinalFault(error) && { fault: context.fault ?? error }),
    ...(isLeaseLost(error) && { isLeaseLost: true, lease: undefined }),
  };
}

/** A copy as a block: item by item, as `[first, ...rest]` copies, costs as much as all else where there are thousands. */
const behindFirst = <Item>(line: readonly Item[]): readonly Item[] => line.slice(1);

/** Payments that have rested, and of which more is to be asked in this tick. */
const linesOf = ({ toSubmit, toBump, toFill }: ExecutorContext) => [toSubmit, toBump, toFill];

function insertByNonce<Item extends { readonly nonce: number }>(
  line: readonly Item[],
  item: Item,
): readonly Item[] {
  const at = line.findLastIndex(({ nonce }) => nonce < item.nonce) + 1;
  return line.toSpliced(at, 0, item);
}

function unminedAfter(
  unmined: Unmined,
  { id, nonce, status, isGap, needsFill }: PaymentRested & { readonly nonce: number },
): Unmined {
  // Of a cancelled payment nothing is promised but what fills its nonce.
  if (isGap) return needsFill ? withUnmined(unmined, { id, nonce, maxCost: 0n }) : unmined;
  const isOut = status === 'queued' || status === 'staged' || status === 'submitted';
  return isOut ? unmined : withoutUnmined(unmined, nonce);
}

/** What the executor's chart can do, by the names that drawings show. */
export const executorSetup = vocabulary.extend({
  actions: {
    keepPolling: vocabulary.assign({ isPolling: true }),
    noteStop: vocabulary.assign({ isStopping: true }),
    beginTick: vocabulary.assign(({ context }) => ({ ...FRESH_TICK, ticks: context.ticks + 1 })),
    noteLease: vocabulary.assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.acquireLease');
      return { lease: event.output, untried: [] };
    }),
    /** Without one the next tick tries again to make it, as if the lease had just been won. */
    forgetBreaker: vocabulary.assign({ breaker: undefined }),
    noteLeaseLost: vocabulary.assign({ isLeaseLost: true, lease: undefined, error: 'lease_lost' }),
    noteBreaker: vocabulary.assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.restoreBreaker');
      return { breaker: event.output };
    }),
    noteEpoch: vocabulary.assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.readEpoch');
      const { epoch, error } = event.output;
      return { epoch, isEpochKnown: error === undefined, error: error?.message };
    }),
    noteInFlight: vocabulary.assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.loadInFlight');
      // Executed rows, too, until their look-up says so again: the block may have vanished.
      const unmined = event.output.map((row) => ({
        id: row.id,
        nonce: row.nonce ?? 0,
        maxCost: commitmentOf(row),
      }));
      return { toSettle: event.output, unmined: unminedOf(unmined) };
    }),
    noteReady: vocabulary.assign(({ context, event }) => {
      assertEvent(event, 'xstate.done.actor.loadReady');
      const { rows, nextNonce, error } = event.output;
      return { toSign: rows, nextNonce, error: error?.message ?? context.error };
    }),
    noteCircuitOpen: vocabulary.assign(({ context }) => ({
      error: `circuit_breaker_open state=${context.breaker?.state}`,
      tally: { ...context.tally, refused: 1 },
    })),
    noteFault: vocabulary.assign(({ context, event }) => {
      assertEvent(event, ['FAULT', 'xstate.error.actor.*']);
      return event.error === undefined ? {} : noted(context, event.error);
    }),

    settleNext: vocabulary.enqueueActions(({ context, self, enqueue }) => {
      const [row] = context.toSettle;
      if (row === undefined) return;
      const id = paymentActor(row.id);
      const isUntried = context.untried.includes(row.id);
      enqueue.spawnChild('payment', { id, input: { row, executor: self, isUntried, ...context.settings } });
      enqueue.sendTo(id, { type: 'SETTLE' });
      enqueue.assign({
        toSettle: behindFirst(context.toSettle),
        ordersOut: [...context.ordersOut, { id: row.id, type: 'SETTLE' }],
      });
    }),
    signNext: vocabulary.enqueueActions(({ context, self, enqueue }) => {
      const [row] = context.toSign;
      if (row === undefined) return;
      const id = paymentActor(row.id);
      const isUntried = false;
      enqueue.spawnChild('payment', { id, input: { row, executor: self, isUntried, ...context.settings } });
      enqueue.sendTo(id, { type: 'PAY', nonce: context.nextNonce, unmined: context.unmined });
      enqueue.assign({
        toSign: behindFirst(context.toSign),
        ordersOut: [...context.ordersOut, { id: row.id, type: 'PAY' }],
      });
    }),
    /** One in a tick: the others have rested. What it is about to sign goes out instead of the bytes that it would outbid. */
    bumpNext: vocabulary.enqueueActions(({ context, enqueue }) => {
      const first = bumpCandidate(context);
      if (first === undefined) return;
      enqueue.sendTo(paymentActor(first.id), { type: 'BUMP', unmined: context.unmined });
      const waiting = [...context.toSubmit, ...context.toFill];
      for (const { id } of context.toBump) {
        if (id !== first.id && !waiting.some((other) => other.id === id)) enqueue.stopChild(paymentActor(id));
      }
      enqueue.assign({
        toBump: [],
        toSubmit: context.toSubmit.filter(({ id }) => id !== first.id),
        ordersOut: [...context.ordersOut, { id: first.id, type: 'BUMP' }],
      });
    }),
    fillNext: vocabulary.enqueueActions(({ context, enqueue }) => {
      const [first] = context.toFill;
      if (first === undefined) return;
      enqueue.sendTo(paymentActor(first.id), { type: 'FILL', unmined: context.unmined });
      enqueue.assign({
        toFill: behindFirst(context.toFill),
        ordersOut: [...context.ordersOut, { id: first.id, type: 'FILL' }],
      });
    }),
    submitNext: vocabulary.enqueueActions(({ context, enqueue }) => {
      const [next] = context.toSubmit;
      if (next === undefined) return;
      enqueue.sendTo(paymentActor(next.id), { type: 'SUBMIT' });
      enqueue.assign({
        toSubmit: behindFirst(context.toSubmit),
        // It has its turn in this tick: one that is out takes no second order.
        toBump: context.toBump.filter(({ id }) => id !== next.id),
        ordersOut: [...context.ordersOut, { id: next.id, type: 'SUBMIT' }],
      });
    }),

    noteSignature: vocabulary.assign(({ context, event }) => {
      assertEvent(event, 'SIGNED');
      const { disbursementId: id, nonce, maxCost = event.amount } = event.intent;
      const { unmined } = context;
      const before = unminedAt(unmined, nonce)?.maxCost ?? 0n;
      return {
        nextNonce: Math.max(context.nextNonce, nonce + 1),
        ordersOut: context.ordersOut.map((order) => (order.id === id ? { ...order, isSigned: true } : order)),
        // The dearest of those that have this nonce may be mined.
        unmined: withUnmined(unmined, { id, nonce, maxCost: maxCost > before ? maxCost : before }),
      };
    }),
    noteRest: vocabulary.assign(({ context, event }) => {
      assertEvent(event, 'RESTED');
      const { id, nonce, order, status, isUnknownToChain, isOverdue, needsFill, isGap, error } = event;
      const { tally, untried } = context;
      const isToSubmit = order === 'PAY' ? status === 'staged' : order !== 'SUBMIT' && isUnknownToChain;
      const isToBump = order === 'SETTLE' && (status === 'submitted' || isGap) && isOverdue;
      const others = untried.filter((other) => other !== id);
      return {
        ...(error === undefined ? {} : noted(context, error)),
        ordersOut: context.ordersOut.filter((other) => other.id !== id),
        unmined: nonce === undefined ? context.unmined : unminedAfter(context.unmined, { ...event, nonce }),
        untried: event.isUntried ? [...others, id] : others,
        toSubmit:
          isToSubmit && nonce !== undefined
            ? insertByNonce(context.toSubmit, { id, nonce })
            : context.toSubmit,
        toBump:
          isToBump && nonce !== undefined ? insertByNonce(context.toBump, { id, nonce }) : context.toBump,
        toFill:
          needsFill && nonce !== undefined ? insertByNonce(context.toFill, { id, nonce }) : context.toFill,
        tally: {
          ...tally,
          settled: tally.settled + (order === 'SETTLE' ? 1 : 0),
          staged: tally.staged + (order === 'PAY' && status === 'staged' ? 1 : 0),
        },
      };
    }),
    /** It has answered, and nothing more is asked of it in this tick: whatever is done costs less the fewer there are. */
    dismissPayment: vocabulary.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'RESTED');
      const isNeeded = linesOf(context).some((line) => line.some(({ id }) => id === event.id));
      if (!isNeeded) enqueue.stopChild(paymentActor(event.id));
    }),
    countOutcome: vocabulary.assign(({ context: { tally }, event }) => {
      assertEvent(event, 'OUTCOME');
      const { type } = event.outcome;
      return {
        tally: {
          ...tally,
          submitted: tally.submitted + (type === 'SUCCESS' ? 1 : 0),
          failed: tally.failed + (type === 'FAILURE' ? 1 : 0),
        },
      };
    }),
    /** Its state is read first, so that what is due at the breaker has happened before it hears the outcome. */
    tellBreaker: vocabulary.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'OUTCOME');
      const { breaker } = context;
      if (breaker?.state !== undefined) enqueue.sendTo(breaker.actor, event.outcome);
    }),

    endTick: vocabulary.enqueueActions(({ context, enqueue }) => {
      const left = new Set(linesOf(context).flatMap((line) => line.map(({ id }) => id)));
      for (const id of left) enqueue.stopChild(paymentActor(id));
      const { ticks, epoch, isEpochKnown, lease, unmined, tally, error, fault } = context;
      enqueue.emit({
        type: 'tick.ended',
        tick: ticks,
        epoch,
        isEpochKnown,
        holdsLease: lease !== undefined,
        fence: lease?.fence,
        unmined: unmined.rows.length,
        tally,
        error,
        fault,
      });
    }),
  },
});
