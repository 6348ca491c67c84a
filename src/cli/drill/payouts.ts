import type { CircuitBreakerPolicy, Disbursement } from '../../../machines/index.ts';

const GWEI = 10n ** 9n;
const PAYEES = 7;
const MOST_LOST = 3;

/** What a drill pays, and when. */
export interface PayoutPlan {
  /** Paid before the RPC breaks. */
  readonly before: readonly Disbursement[];
  /** One batch, in the middle of which it breaks. */
  readonly batch: readonly Disbursement[];
  /** So many transactions of the batch are taken and answered before it breaks. */
  readonly answered: number;
  /** The replies of so many behind them are lost: they are on the chain, and the executor cannot know. */
  readonly lost: number;
  /**
   * Come while it is OPEN: what was signed before waits for look-ups, which an RPC that is down does not answer, and so
   * only a payment that has no nonce yet can be the probe that shows that it is still down.
   */
  readonly behind: readonly Disbursement[];
}

type Thresholds = Pick<CircuitBreakerPolicy, 'failureThreshold' | 'successThreshold'>;

/** A payee that nobody has, and that has nothing. */
const payee = (index: number): string => `0xd7111${(index % PAYEES).toString(16).padStart(35, '0')}`;

const payout = (_: unknown, index: number): Disbursement => ({
  id: `DRILL-${String(index + 1).padStart(4, '0')}`,
  destination: payee(index),
  // No two are alike, so that no sum hides that one was paid for another.
  amount: BigInt(index + 1) * GWEI + BigInt(index),
  memo: 'treasury drill',
  scheduledEpoch: 0,
  dependsOn: [],
});

/** A third is paid before; of the rest a quarter comes while it is OPEN, and what is left is cut after its first quarter. */
export function planPayouts(count: number, { failureThreshold }: Thresholds): PayoutPlan {
  const payouts = Array.from({ length: count }, payout);
  const before = payouts.slice(0, Math.floor(count / 3));
  const rest = payouts.slice(before.length);
  const batch = rest.slice(0, rest.length - Math.floor(rest.length / 4));
  return {
    before,
    batch,
    answered: Math.floor(batch.length / 4),
    // A lost reply is a failure: the last of them must arrive before the breaker opens.
    lost: Math.min(MOST_LOST, failureThreshold - 1),
    behind: rest.slice(batch.length),
  };
}

/**
 * Enough to open the breaker though successes that are recorded late clear its failures once, and enough that is not on
 * the chain for the probes that close it, after one that fails.
 */
function isEnough(plan: PayoutPlan, { failureThreshold, successThreshold }: Thresholds): boolean {
  const { batch, answered, lost, behind } = plan;
  const cut = batch.length - answered;
  return answered > 0 && cut >= 2 * failureThreshold && cut - lost + behind.length > successThreshold;
}

/** The fewest payouts with which a drill can come to its end. */
export function leastPayouts(thresholds: Thresholds): number {
  let count = 1;
  while (!isEnough(planPayouts(count, thresholds), thresholds)) count += 1;
  return count;
}
