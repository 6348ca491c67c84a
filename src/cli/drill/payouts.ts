import type { CircuitBreakerPolicy, Disbursement } from '../../../machines/index.ts';

const GWEI = 10n ** 9n;
const PAYEES = 7;
const MOST_LOST = 3;
/** With fewer none would be answered, and none come while it is OPEN. */
const FEWEST_CUT = 3;

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

const lostOf = ({ failureThreshold }: Thresholds): number => Math.min(MOST_LOST, failureThreshold - 1);

/**
 * So many payouts that the part of the batch behind the answered ones, three eighths of all, is enough to open the breaker
 * though successes that are recorded late clear its failures once, and enough for the probes that close it, without those
 * whose replies are lost and one that fails.
 */
export function leastPayouts(thresholds: Thresholds): number {
  const { failureThreshold, successThreshold } = thresholds;
  const cut = Math.max(FEWEST_CUT, 2 * failureThreshold, successThreshold + lostOf(thresholds) + 1);
  return Math.ceil((8 * cut) / 3);
}

/** A third is paid before; of the rest a quarter comes while it is OPEN, and what is left is cut after its first quarter. */
export function planPayouts(count: number, thresholds: Thresholds): PayoutPlan {
  const payouts = Array.from({ length: count }, payout);
  const before = payouts.slice(0, Math.floor(count / 3));
  const rest = payouts.slice(before.length);
  const batch = rest.slice(0, rest.length - Math.floor(rest.length / 4));
  return {
    before,
    batch,
    answered: Math.floor(batch.length / 4),
    // A lost reply is a failure: the last of them must arrive before the breaker opens.
    lost: lostOf(thresholds),
    behind: rest.slice(batch.length),
  };
}
