import type { CircuitBreaker } from '../breaker/types.ts';
import type { Clock } from '../clock.ts';
import type { Lease } from '../store/store.ts';
import type { ExecutorListeners } from './executor-events.ts';
import type { Settings } from './settings.ts';
import type { TreasuryExecutorConfig } from './types.ts';
import type { UnknownOutcomes } from './unknown-outcomes.ts';

/** What the actors of one executor share: its ports, its clock, and what it holds right now. */
export interface ExecutorPorts {
  readonly config: TreasuryExecutorConfig;
  readonly settings: Settings;
  readonly clock: Clock;
  /** Name of the lease's owner: unique for each executor. */
  readonly owner: string;
  /** Epoch milliseconds; an injected clock without a wall is its own wall. */
  readonly wallNow: () => number;
  /** @throws LeaseLostError when there is none */
  readonly lease: () => Lease;
  readonly breaker: () => CircuitBreaker;
  readonly listeners: ExecutorListeners;
  readonly unknownOutcomes: UnknownOutcomes;
  /** Rule M4: the row was staged under this lease, and no node can have its bytes. */
  readonly isUntried: (id: string) => boolean;
  /** How many transactions of ours are not mined, as far as this tick knows. */
  readonly unmined: () => number;
  /** Asked to stop: what only reads need not go on. */
  readonly isStopping: () => boolean;
  /** A tick has begun. */
  readonly tickBegan: () => void;
}
