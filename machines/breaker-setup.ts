import { assertEvent, setup } from 'xstate';
import {
  type CircuitBreakerContext,
  type CircuitBreakerInput,
  failureTimer,
  nextNumber,
  nextOpenLengthMs,
  type Probe,
  probeTimer,
} from './breaker-context.ts';
import type {
  BreakerEmitted,
  BreakerEvent,
  ChangeReason,
  CircuitState,
  PermitDenied,
  PermitGranted,
} from './events.ts';
import { canReceive } from './refs.ts';

const OUTCOMES = ['SUCCESS', 'FAILURE', 'STORAGE_FATAL', 'CANCELLED'] as const;

/** Why the chart changes its state, for the announcement. The reason that an operator gave comes first. */
function reasonOf(event: BreakerEvent, from: CircuitState): ChangeReason | string {
  switch (event.type) {
    case 'FAILURE':
      return from === 'CLOSED' ? 'failureThreshold' : 'probeFailed';
    case 'PROBE_TIMED_OUT':
      return 'probeTimedOut';
    case 'SUCCESS':
      return 'successThreshold';
    case 'ISOLATE':
      return event.reason ?? 'isolated';
    case 'RESET':
      return event.reason ?? 'reset';
    default:
      return 'openTimeout';
  }
}

const EMITTED_TYPE = {
  CLOSED: 'breaker.closed',
  OPEN: 'breaker.opened',
  HALF_OPEN: 'breaker.halfOpened',
  ISOLATED: 'breaker.isolated',
} as const satisfies Record<CircuitState, BreakerEmitted['type']>;

/** How long a refusal lasts at the most, known without a clock. Milliseconds. */
function longestRefusalMs({ state, openDelayMs, policy }: CircuitBreakerContext): number {
  if (state === 'ISOLATED') return Number.POSITIVE_INFINITY;
  return state === 'OPEN' ? openDelayMs : policy.probeTimeoutMs;
}

/** The slot that an outcome frees: its permit's, or for a bare outcome the oldest anonymous one. */
const slotOf = ({ probes }: CircuitBreakerContext, permit: string | undefined): Probe | undefined =>
  probes.find((probe) => probe.id === permit);

const vocabulary = setup({
  types: {} as {
    context: CircuitBreakerContext;
    input: CircuitBreakerInput | undefined;
    events: BreakerEvent;
    emitted: BreakerEmitted;
  },
  delays: {
    openTimeout: ({ context }) => context.openDelayMs,
    failureWindow: ({ context }) => context.policy.failureWindowMs,
    probeTimeout: ({ context }) => context.policy.probeTimeoutMs,
  },
  guards: {
    wasOpen: ({ context }) => context.memory?.state === 'OPEN',
    wasIsolated: ({ context }) => context.memory?.state === 'ISOLATED',
    isStale: ({ context, event }) =>
      'generation' in event && event.generation !== undefined && event.generation !== context.generation,
    permitIsNotOut: ({ context, event }) =>
      'permit' in event && event.permit !== undefined && slotOf(context, event.permit) === undefined,
    reachesFailureThreshold: ({ context }) => context.failures + 1 >= context.policy.failureThreshold,
    reachesSuccessThreshold: ({ context }) => context.successes + 1 >= context.policy.successThreshold,
    hasFreeSlot: ({ context }) => context.probesInFlight < context.policy.halfOpenMaxProbes,
  },
});

/** Begins a generation and announces it. A state that was restored is where it was: nothing to say. */
function enter(state: CircuitState) {
  return vocabulary.enqueueActions(({ context, event, enqueue }) => {
    const { state: from, isRestoring } = context;
    enqueue.assign({ state, isRestoring: false });
    if (isRestoring) return;
    const generation = context.generation + 1;
    const change = { from, to: state, generation, reason: reasonOf(event, from) };
    enqueue.assign({ generation, change });
    enqueue.emit({ type: EMITTED_TYPE[state], ...change });
  });
}

/** What the breaker's chart can say: its guards, delays and actions, by the names that drawings show. */
export const breakerSetup = vocabulary.extend({
  actions: {
    countFailure: vocabulary.assign({
      failures: ({ context }) => context.failures + 1,
      lastFailure: ({ context }) => nextNumber(context.lastFailure, context.failures),
    }),
    startAgeing: vocabulary.enqueueActions(({ context, enqueue }) => {
      const id = failureTimer(context.lastFailure);
      enqueue.raise({ type: 'FAILURE_AGED' }, { id, delay: 'failureWindow' });
    }),
    resumeAgeing: vocabulary.enqueueActions(({ context, enqueue }) => {
      const left = context.memory?.failuresLeftMs ?? [];
      for (const [i, delay] of left.entries()) {
        enqueue.raise({ type: 'FAILURE_AGED' }, { id: failureTimer(i + 1), delay });
      }
    }),
    forgetOldestFailure: vocabulary.assign({ failures: ({ context }) => Math.max(0, context.failures - 1) }),
    /** Cancels the timers of the failures that still count: the newest `failures` of them. */
    stopAgeing: vocabulary.enqueueActions(({ context, enqueue }) => {
      for (let age = 0; age < context.failures; age += 1)
        enqueue.cancel(failureTimer(context.lastFailure - age));
    }),
    clearFailures: vocabulary.assign({ failures: 0 }),
    clearBackoff: vocabulary.assign({ openings: 0 }),

    takeSlot: vocabulary.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'PERMIT');
      const lastProbe = nextNumber(context.lastProbe, context.probesInFlight);
      const probes = [...context.probes, { id: event.id, timer: probeTimer(lastProbe) }];
      enqueue.assign({ lastProbe, probes, probesInFlight: probes.length });
      enqueue.raise({ type: 'PROBE_TIMED_OUT' }, { id: probeTimer(lastProbe), delay: 'probeTimeout' });
    }),
    freeSlot: vocabulary.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, OUTCOMES);
      const freed = slotOf(context, event.permit);
      if (freed === undefined) return;
      const probes = context.probes.filter((probe) => probe !== freed);
      enqueue.cancel(freed.timer);
      enqueue.assign({ probes, probesInFlight: probes.length });
    }),
    countSuccess: vocabulary.assign({ successes: ({ context }) => context.successes + 1 }),
    endProbing: vocabulary.enqueueActions(({ context, enqueue }) => {
      for (const probe of context.probes) enqueue.cancel(probe.timer);
      enqueue.assign({ probes: [], probesInFlight: 0, successes: 0 });
    }),

    grantPermit: vocabulary.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'PERMIT');
      if (!canReceive(event.replyTo)) return;
      const { id } = event;
      const answer: PermitGranted = { type: 'PERMIT_GRANTED', id, generation: context.generation };
      const holdsSlot = id !== undefined && slotOf(context, id) !== undefined;
      enqueue.sendTo(event.replyTo, holdsSlot ? { ...answer, permit: id } : answer);
    }),
    denyPermit: vocabulary.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'PERMIT');
      if (!canReceive(event.replyTo)) return;
      const retryAfterMs = context.deadlines?.untilNext() ?? longestRefusalMs(context);
      const answer: PermitDenied = {
        type: 'PERMIT_DENIED',
        id: event.id,
        state: context.state,
        retryAfterMs,
      };
      enqueue.sendTo(event.replyTo, answer);
    }),

    enterClosed: enter('CLOSED'),
    enterOpen: enter('OPEN'),
    enterHalfOpen: enter('HALF_OPEN'),
    enterIsolated: enter('ISOLATED'),
    planOpening: vocabulary.assign(({ context }) => {
      const openLengthMs = nextOpenLengthMs(context);
      return { openings: context.openings + 1, openLengthMs, openDelayMs: openLengthMs };
    }),
    startAfresh: vocabulary.assign({ failures: 0, openings: 0 }),
  },
});
