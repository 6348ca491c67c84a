/**
 * What the shipped code is known not to withstand, and what the simulation spares it for that. With one set to `false`
 * the simulation finds it again.
 */
export const EXEMPTIONS = {
  /**
   * A lagging node stands on no branch that is gone. A receipt from such a branch, counted against the newer head of the
   * other node, looks deeper than any reorganisation reaches.
   */
  staleBranch: true,
  /**
   * Who uses the key elsewhere goes on sending until it is mined. A foreign transaction that the pool forgets leaves a
   * nonce that no row holds, and nobody fills it.
   */
  foreignDropped: true,
  /**
   * The lease is longer than the pause between two ticks. A shorter one changes hands at every tick, and with it goes
   * what a breaker has learnt in HALF_OPEN.
   */
  shortLease: true,
  /** An executor that was stopped in a tick that ends with a fault does not end; it is killed after a while. */
  stopInFaultingTick: true,
} as const satisfies Record<string, boolean>;
