import type { CircuitBreakerPolicy, Disbursement } from '../../../machines/index.ts';

/** Submissions that may be out at once, as the executor has it: their replies may be lost when the RPC breaks. */
const MAX_IN_FLIGHT = 16;
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
}

type Thresholds = Pick<CircuitBreakerPolicy, 'failureThreshold' | 'successThreshold'>;

/** The fewest payouts with which enough is left, once the batch is cut, for the probes that close the breaker. */
export const leastPayouts = ({ successThreshold }: Thresholds): number =>
  2 * (MAX_IN_FLIGHT + MOST_LOST + 1 + successThreshold);

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

/** A third is paid before, and the rest is cut after its first quarter. */
export function planPayouts(count: number, { failureThreshold }: Thresholds): PayoutPlan {
  const payouts = Array.from({ length: count }, payout);
  const before = payouts.slice(0, Math.floor(count / 3));
  const batch = payouts.slice(before.length);
  return {
    before,
    batch,
    answered: Math.floor(batch.length / 4),
    // A lost reply is a failure: the last of them must arrive before the breaker opens.
    lost: Math.min(MOST_LOST, failureThreshold - 1),
  };
}
