import type { PathEvent } from './executor-events.ts';
import { beginTick, isHalted, type Ledger, learn } from './executor-ledger.ts';
import { giveOrders, type Moment, type Order, refusal } from './executor-orders.ts';

// The course of an executor by its contract, typed by hand: which port it asks when, and when a tick is over.
// Nothing here comes from the chart.

/** What an executor has to do at one event. */
export interface Duty {
  readonly ledger: Ledger;
  readonly asks: readonly string[];
  readonly orders: readonly (readonly [id: string, order: Order])[];
  /** What is told of a tick that ends; by its fields. */
  readonly ended: Readonly<Record<string, unknown>> | undefined;
}

const END = 'end of the tick';
const WORK = 'work';

/** Whom it asks next when a port has answered well. */
const AFTER: Record<string, (before: Ledger, ledger: Ledger) => string> = {
  acquireLease(before, { lease, hasBreaker }) {
    if (!hasBreaker) return 'restoreBreaker';
    if (lease === undefined) return END;
    return lease.fence === before.lease?.fence ? 'applyControl' : 'restoreBreaker';
  },
  restoreBreaker: (_, { lease }) => (lease === undefined ? END : 'applyControl'),
  applyControl: () => 'readEpoch',
  readEpoch: () => 'loadInFlight',
  loadInFlight: () => WORK,
  loadReady: () => WORK,
};

const TICK_BEGINS: Partial<Record<Ledger['rest'], readonly string[]>> = {
  idle: ['START', 'TICK'],
  waiting: ['TICK', 'xstate.after.pollInterval.treasuryExecutor.waiting'],
};

const idle = (ledger: Ledger, asks: readonly string[] = []): Duty => ({
  ledger,
  asks,
  orders: [],
  ended: undefined,
});

function betweenTicks(ledger: Ledger, { type }: PathEvent): Duty {
  const { rest } = ledger;
  if (TICK_BEGINS[rest]?.includes(type))
    return idle({ ...beginTick(ledger), asked: 'acquireLease' }, ['acquireLease']);
  if (type === 'STOP' && rest !== 'releasing')
    return idle({ ...ledger, rest: 'releasing' }, ['releaseLease']);
  const isReleased = /^xstate\.(done|error)\.actor\.releaseLease$/.test(type);
  return idle(isReleased ? { ...ledger, rest: 'stopped' } : ledger);
}

function endTick(ledger: Ledger): Duty {
  const { ticks: tick, epoch, isEpochKnown, lease, unmined, tally, error, fault } = ledger;
  const ended = {
    type: 'tick.ended',
    tick,
    epoch,
    isEpochKnown,
    holdsLease: lease !== undefined,
    fence: lease?.fence,
    unmined: unmined.length,
    tally,
    error,
    fault,
  };
  const after = { ledger: { ...ledger, asked: undefined }, asks: [], orders: [], ended };
  // Whoever was told to stop stops, whatever the tick came to: nobody will tell it again.
  if (ledger.isStopping) {
    return { ...after, ledger: { ...after.ledger, rest: 'releasing' }, asks: ['releaseLease'] };
  }
  if (fault !== undefined) return { ...after, ledger: { ...after.ledger, rest: 'faulted' } };
  return { ...after, ledger: { ...after.ledger, rest: ledger.isPolling ? 'waiting' : 'idle' } };
}

/** Gives the orders that are due; with none out and none to give, what it waits for is over. */
function work(moment: Moment, before: Ledger): Duty {
  const mayRefuse = before.isLoaded && !before.isRefused && !isHalted(before);
  const error = mayRefuse ? refusal(moment, before) : undefined;
  const refused = { ...before, error, isRefused: true, tally: { ...before.tally, refused: 1 } };
  const looked = error === undefined ? before : refused;
  const { orders, ledger } = giveOrders(moment, looked);
  if (Object.keys(ledger.out).length > 0) return { ledger, asks: [], orders, ended: undefined };
  if (ledger.isLoaded || isHalted(ledger)) return endTick(ledger);
  return idle({ ...ledger, asked: 'loadReady' }, ['loadReady']);
}

/** What the contract asks of an executor at this event. */
export function dutyAt(before: Ledger, moment: Moment): Duty {
  const { event } = moment;
  const ledger = learn(before, event);
  if (before.rest !== 'ticking') return betweenTicks(ledger, event);
  const { asked } = before;
  if (event.type.startsWith('xstate.after.leaseRenewal.')) {
    const duty = asked === undefined ? work(moment, ledger) : idle(ledger);
    return { ...duty, asks: ['renewLease', ...duty.asks] };
  }
  if (asked === undefined) return work(moment, ledger);
  if (event.type === `xstate.error.actor.${asked}`) return endTick(ledger);
  if (event.type !== `xstate.done.actor.${asked}`) return idle(ledger);
  const next = AFTER[asked]?.(before, ledger);
  if (next === END) return endTick(ledger);
  if (next === WORK || next === undefined) return work(moment, { ...ledger, asked: undefined });
  return idle({ ...ledger, asked: next }, [next]);
}
