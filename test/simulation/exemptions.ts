/**
 * What the shipped code is known not to withstand, and what the simulation spares it for that. With one set to `false`
 * the simulation finds it again.
 */
export const EXEMPTIONS = {
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
} as const satisfies Record<string, boolean>;
