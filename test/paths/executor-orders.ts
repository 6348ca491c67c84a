import type { Unmined } from '../../machines/index.ts';
import type { ExecutorVariant } from './executor-cases.ts';
import type { PathEvent } from './executor-events.ts';
import { inWindow, isHalted, isOut, type Ledger, withOrder } from './executor-ledger.ts';
import { SIGHTS } from './faked-breaker.ts';

// Which orders an executor gives, by its contract: look-ups first, then submissions by nonce, one signature at a time. While
// submissions are out, what goes next is made ready.

/** What an executor has before it: what it knows, and what it sees of its breaker. */
export interface Moment {
  readonly variant: ExecutorVariant;
  readonly event: PathEvent;
}

export interface Order {
  readonly type: 'SETTLE' | 'PAY' | 'SUBMIT' | 'BUMP' | 'FILL';
  readonly nonce?: number;
  readonly unmined?: Unmined;
}

const sightOf = ({ event }: Moment) => SIGHTS[event.sees ?? 'CLOSED'];

/** How many submissions may be out: none when the breaker refuses, in HALF_OPEN no more than there are probes. */
function roomFor(moment: Moment): number {
  const { state, admits } = sightOf(moment);
  const { settings, probes } = moment.variant;
  if (!admits) return 0;
  return state === 'HALF_OPEN' ? Math.min(settings.maxInFlight, probes) : settings.maxInFlight;
}

const mayBeSigned = ({ variant }: Moment, { toPay, unmined }: Ledger): boolean =>
  toPay.length > 0 && unmined.length < variant.settings.maxUnmined;

const isUnsigned = ({ out, signed }: Ledger, id: string): boolean =>
  out[id] === 'PAY' && !signed.includes(id);

/**
 * What is signed now goes out at once, or as soon as those before it are answered: half as many are made ready as may be
 * out. For probes nothing is made ready.
 */
function isNext(moment: Moment, ledger: Ledger): boolean {
  const limit = roomFor(moment);
  const ahead = sightOf(moment).state === 'CLOSED' ? Math.floor(limit / 2) : 0;
  const before = ledger.toSubmit.length + isOut(ledger, 'PAY') + isOut(ledger, 'SUBMIT');
  return limit > 0 && before < limit + ahead;
}

/** All others wait for the one with the lowest nonce: more is offered for that alone. */
function toOutbid({ toBump, unmined }: Ledger) {
  const lowest = Math.min(...unmined.map(({ nonce }) => nonce));
  return toBump.find(({ nonce }) => nonce <= lowest);
}

/** What it says of a breaker that refuses while there is work, and while no probe of ours is out that may close it. */
export function refusal(moment: Moment, ledger: Ledger): string | undefined {
  const { state, admits } = sightOf(moment);
  const waits = ledger.toSubmit.length > 0 || ledger.toFill.length > 0 || toOutbid(ledger) !== undefined;
  const hasWork = waits || mayBeSigned(moment, ledger);
  const isProbing = state === 'HALF_OPEN' && isOut(ledger, 'SUBMIT') > 0;
  return hasWork && !admits && !isProbing ? `circuit_breaker_open state=${state}` : undefined;
}

function nextOrder(moment: Moment, ledger: Ledger): [id: string, Order] | undefined {
  const { toSettle, toSubmit, toFill, toPay, nextNonce } = ledger;
  const window = inWindow(ledger);
  const { maxInFlight } = moment.variant.settings;
  if (!ledger.isLoaded) {
    const [row] = toSettle;
    const isFree = isOut(ledger, 'SETTLE') < maxInFlight;
    return row !== undefined && isFree ? [row.id, { type: 'SETTLE' }] : undefined;
  }
  const room = roomFor(moment) - isOut(ledger, 'SUBMIT');
  const isReplacing = isOut(ledger, 'BUMP') + isOut(ledger, 'FILL') > 0;
  const isStaging = isReplacing || isOut(ledger, 'PAY') > 0;
  const isSigning = isReplacing || Object.keys(ledger.out).some((id) => isUnsigned(ledger, id));
  const late = toOutbid(ledger);
  if (late !== undefined && room > 0 && !isStaging) return [late.id, { type: 'BUMP', unmined: window }];
  const [open] = toFill;
  const before = toSubmit.filter(({ nonce }) => open !== undefined && nonce < open.nonce);
  if (open !== undefined && !isStaging && before.length < room)
    return [open.id, { type: 'FILL', unmined: window }];
  const [waiting] = toSubmit;
  // What is being outbid or filled goes first.
  const isLeft = room > 0 && !isReplacing;
  if (waiting !== undefined && isLeft) return [waiting.id, { type: 'SUBMIT' }];
  const [ready] = toPay;
  const isFree = !isSigning && open === undefined && mayBeSigned(moment, ledger);
  return ready !== undefined && isFree && isNext(moment, ledger)
    ? [ready.id, { type: 'PAY', nonce: nextNonce, unmined: window }]
    : undefined;
}

/** Every order that is due, and what is known once they are given. */
export function giveOrders(moment: Moment, before: Ledger): { orders: [string, Order][]; ledger: Ledger } {
  const orders: [string, Order][] = [];
  let ledger = before;
  while (!isHalted(ledger) && !ledger.isRefused) {
    const next = nextOrder(moment, ledger);
    if (next === undefined) break;
    orders.push(next);
    ledger = withOrder(ledger, next[0], next[1].type);
  }
  return { orders, ledger };
}
