import type { BreakerEvent, CircuitBreakerPolicy, CircuitState } from '../../machines/index.ts';

// The contract of the chart, typed by hand: what each event does in each state. Nothing here comes from the chart.

/** What the contract knows of a breaker at some moment. Times are milliseconds of the actor's clock. */
export interface Facts {
  readonly state: CircuitState;
  /** When each failure that counts came; kept as they are outside CLOSED. */
  readonly failuresAt: readonly number[];
  readonly successes: number;
  readonly generation: number;
  /** Openings without a recovery between. */
  readonly openings: number;
  /** When the state was entered. */
  readonly enteredAt: number;
  readonly slots: readonly { readonly id: string | undefined; readonly at: number }[];
}

export const CLOSED_AND_NEW: Facts = {
  state: 'CLOSED',
  failuresAt: [],
  successes: 0,
  generation: 0,
  openings: 0,
  enteredAt: 0,
  slots: [],
};

/** What an event does: the facts that change, and how a request for a permit is answered. */
interface Effect extends Partial<Facts> {
  readonly answer?: 'granted' | 'denied';
}

/** Any event of the chart, with what it may carry. */
interface AnyEvent {
  readonly type: string;
  readonly generation?: number | undefined;
  readonly permit?: string | undefined;
  readonly id?: string | undefined;
}

interface Moment {
  readonly facts: Facts;
  readonly event: AnyEvent;
  readonly policy: CircuitBreakerPolicy;
  readonly at: number;
}

type Cell = (moment: Moment) => Effect;
type EventType = BreakerEvent['type'] | 'after openTimeout';

const nothing: Cell = () => ({});

/** An outcome of another generation changes nothing. */
const ofThisGeneration =
  (cell: Cell): Cell =>
  (moment) => {
    const { generation } = moment.event;
    return generation === undefined || generation === moment.facts.generation ? cell(moment) : {};
  };

/** A permit that is not out changes nothing. */
const ofAPermitThatIsOut = (cell: Cell): Cell =>
  ofThisGeneration((moment) => {
    const { permit } = moment.event;
    return permit === undefined || moment.facts.slots.some(({ id }) => id === permit) ? cell(moment) : {};
  });

/** A permit frees its own slot, a bare outcome the oldest anonymous one. */
const freeSlot: Cell = ({ facts: { slots }, event: { permit } }) => {
  const freed = slots.find(({ id }) => id === permit);
  return { slots: slots.filter((slot) => slot !== freed) };
};

const toOpen: Cell = ({ facts }) => ({ state: 'OPEN', openings: facts.openings + 1 });
const toHalfOpen: Cell = () => ({ state: 'HALF_OPEN' });
const toIsolated: Cell = () => ({ state: 'ISOLATED' });
const toClosed: Cell = () => ({ state: 'CLOSED', failuresAt: [], openings: 0 });
const denied: Cell = () => ({ answer: 'denied' });

const TABLE: Record<CircuitState, Record<EventType, Cell>> = {
  CLOSED: {
    SUCCESS: ofThisGeneration(() => ({ failuresAt: [] })),
    FAILURE: ofThisGeneration((moment) => {
      const failuresAt = [...moment.facts.failuresAt, moment.at];
      const isEnough = failuresAt.length >= moment.policy.failureThreshold;
      return { ...(isEnough ? toOpen(moment) : {}), failuresAt };
    }),
    STORAGE_FATAL: nothing,
    CANCELLED: nothing,
    FAILURE_AGED: ({ facts }) => ({ failuresAt: facts.failuresAt.slice(1) }),
    PROBE_TIMED_OUT: nothing,
    'after openTimeout': nothing,
    PERMIT: () => ({ answer: 'granted' }),
    ISOLATE: toIsolated,
    RESET: () => ({ failuresAt: [], openings: 0 }),
  },
  OPEN: {
    SUCCESS: nothing,
    FAILURE: nothing,
    STORAGE_FATAL: nothing,
    CANCELLED: nothing,
    FAILURE_AGED: nothing,
    PROBE_TIMED_OUT: nothing,
    'after openTimeout': toHalfOpen,
    PERMIT: denied,
    ISOLATE: toIsolated,
    RESET: toClosed,
  },
  HALF_OPEN: {
    SUCCESS: ofAPermitThatIsOut((moment) => {
      const successes = moment.facts.successes + 1;
      if (successes >= moment.policy.successThreshold) return toClosed(moment);
      return { ...freeSlot(moment), successes };
    }),
    FAILURE: ofAPermitThatIsOut(toOpen),
    STORAGE_FATAL: ofAPermitThatIsOut(freeSlot),
    CANCELLED: ofAPermitThatIsOut(freeSlot),
    FAILURE_AGED: nothing,
    PROBE_TIMED_OUT: toOpen,
    'after openTimeout': nothing,
    PERMIT: ({ facts, event, policy, at }) =>
      facts.slots.length < policy.halfOpenMaxProbes
        ? { slots: [...facts.slots, { id: event.id, at }], answer: 'granted' }
        : { answer: 'denied' },
    ISOLATE: toIsolated,
    RESET: toClosed,
  },
  ISOLATED: {
    SUCCESS: nothing,
    FAILURE: nothing,
    STORAGE_FATAL: nothing,
    CANCELLED: nothing,
    FAILURE_AGED: nothing,
    PROBE_TIMED_OUT: nothing,
    'after openTimeout': nothing,
    PERMIT: denied,
    ISOLATE: nothing,
    RESET: toClosed,
  },
};

const EMITTED = {
  CLOSED: 'breaker.closed',
  OPEN: 'breaker.opened',
  HALF_OPEN: 'breaker.halfOpened',
  ISOLATED: 'breaker.isolated',
} as const;

export interface Expected {
  readonly facts: Facts;
  readonly answer: 'granted' | 'denied' | undefined;
  readonly emitted: readonly object[];
}

/** What the contract says an event does, `at` some time, to a breaker with these facts. */
export function contractSays(
  facts: Facts,
  event: AnyEvent,
  policy: CircuitBreakerPolicy,
  at: number,
): Expected {
  const type = event.type.startsWith('xstate.after.openTimeout') ? 'after openTimeout' : event.type;
  const { answer, ...changes } = TABLE[facts.state][type as EventType]({ facts, event, policy, at });
  const { state: to = facts.state } = changes;
  if (to === facts.state) return { facts: { ...facts, ...changes }, answer, emitted: [] };
  const generation = facts.generation + 1;
  const change = { type: EMITTED[to], from: facts.state, to, generation };
  const entered = { generation, enteredAt: at, successes: 0, slots: [] };
  return { facts: { ...facts, ...changes, ...entered }, answer, emitted: [change] };
}

/** When something happens by time alone, by the contract; `undefined` if nothing ever does. */
export function contractDueAt(facts: Facts, policy: CircuitBreakerPolicy): number | undefined {
  switch (facts.state) {
    case 'CLOSED':
      return plus(facts.failuresAt[0], policy.failureWindowMs);
    case 'OPEN':
      return facts.enteredAt + openLengthMs(facts.openings, policy);
    case 'HALF_OPEN':
      return plus(facts.slots[0]?.at, policy.probeTimeoutMs);
    case 'ISOLATED':
      return undefined;
  }
}

const plus = (at: number | undefined, ms: number): number | undefined =>
  at === undefined ? undefined : at + ms;

function openLengthMs(opening: number, { openTimeoutMs, openBackoff }: CircuitBreakerPolicy): number {
  const grown = openTimeoutMs * openBackoff.factor ** (opening - 1);
  return Math.min(grown, Math.max(openBackoff.maxMs, openTimeoutMs));
}
