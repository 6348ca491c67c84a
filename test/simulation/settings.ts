import type { CircuitBreakerConfig } from '../../machines/index.ts';
import type { TreasuryExecutorConfig } from '../../src/executor/types.ts';
import { EXEMPTIONS } from './exemptions.ts';
import type { Random } from './random.ts';

/** How the executors of one run are configured. */
export interface Settings {
  readonly executors: number;
  readonly rpcTimeoutMs: number;
  readonly epochBlocks: number;
  readonly policy: CircuitBreakerConfig;
  readonly executor: Required<
    Pick<
      TreasuryExecutorConfig,
      | 'pollIntervalMs'
      | 'leaseTtlMs'
      | 'batchSize'
      | 'maxInFlight'
      | 'maxUnmined'
      | 'submitTimeoutMs'
      | 'confirmations'
      | 'maxAttempts'
      | 'bumpAfterMs'
      | 'onInsufficientFunds'
    >
  >;
}

/** Any settings that a treasury may have, but for short times: what takes a minute in life takes seconds here. */
export function drawSettings(random: Random): Settings {
  const pollIntervalMs = random.pick([700, 1_000, 2_000]);
  return {
    executors: random.pick([1, 2, 2, 3]),
    rpcTimeoutMs: random.pick([800, 1_500]),
    epochBlocks: random.pick([3, 5, 10]),
    policy: {
      failureThreshold: random.int(1, 4),
      successThreshold: random.int(1, 2),
      openTimeoutMs: random.pick([1_000, 3_000, 6_000]),
      failureWindowMs: random.pick([5_000, 20_000]),
      halfOpenMaxProbes: random.int(1, 2),
      probeTimeoutMs: random.pick([1_500, 5_000]),
      openBackoff: { factor: random.pick([1, 2]), maxMs: 10_000, jitter: random.pick([0, 0.3]) },
    },
    executor: {
      pollIntervalMs,
      leaseTtlMs: random.pick([2_000, 5_000]) + (EXEMPTIONS.shortLease ? pollIntervalMs : 0),
      batchSize: random.pick([1, 2, 5, 100]),
      maxInFlight: random.pick([1, 2, 4, 16]),
      maxUnmined: random.pick([1, 2, 4, 64]),
      submitTimeoutMs: random.pick([1_000, 2_500]),
      confirmations: random.int(1, 4),
      maxAttempts: random.int(1, 3),
      bumpAfterMs: random.pick([3_000, 6_000, 100_000]),
      onInsufficientFunds: random.pick(['cancel', 'hold']),
    },
  };
}
