import type { CircuitBreaker, CircuitBreakerOptions } from '../breaker/types.ts';

export type AttachOptions = Pick<CircuitBreakerOptions, 'classify' | 'captureStack'>;

/**
 * A breaker of another thread. Its members mean what they mean there, with what threads make of it:
 *
 * - What this thread reports has its effect when the owner has heard of it. Until then a breaker that is about to open
 *   admits. Slots of HALF_OPEN are never given twice, and OPEN ends in time, whatever the owner does.
 * - `failures`, `successes` and the time-out of a probe are as the owner has come to them.
 * - An outcome without a permit is one of the generation that this thread sees; it frees the oldest slot that
 *   `allowRequest` took by this object.
 * - `generation`, and with it the ids of permits, is right for 2^28 changes of state after the sharing.
 * - When so many outcomes wait for the owner that no more have room, reporting one waits until the owner has heard some.
 * - Refusals are not told to the owner's `on('rejected')`. Operators, listeners and snapshots are the owner's.
 */
export interface SharedBreaker
  extends Pick<
    CircuitBreaker,
    | 'name'
    | 'policy'
    | 'state'
    | 'stateCode'
    | 'failures'
    | 'successes'
    | 'generation'
    | 'retryAfterMs'
    | 'admits'
    | 'allowRequest'
    | 'recordSuccess'
    | 'recordFailure'
    | 'recordCancelled'
    | 'recordStorageFatal'
    | 'tryAcquire'
    | 'execute'
  > {}
