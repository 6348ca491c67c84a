import { type Clock, systemClock } from '../clock.ts';
import { ActorBreaker, type BreakerActor } from './actor-breaker.ts';
import { ActorTimeline } from './actor-timeline.ts';
import { Listeners } from './listeners.ts';
import type { CircuitBreaker, CircuitBreakerOptions } from './types.ts';

export interface FromActorOptions extends Pick<CircuitBreakerOptions, 'classify' | 'captureStack'> {
  /**
   * The clock that the actor's system runs on.
   * @defaultValue the actor's own clock when that has `now`; otherwise the system's monotonic one
   */
  readonly clock?: Clock;
}

const isClock = (clock: unknown): clock is Clock => typeof (clock as Partial<Clock>).now === 'function';

/**
 * The facade over a breaker's actor that lives in a machine of yours, invoked or spawned there.
 *
 * The actor stays yours: `stop()` ends this facade, which then refuses, and leaves the actor alone.
 *
 * @example
 * ```ts
 * const breaker = fromActor(service.getSnapshot().children.breaker);
 * await breaker.execute(() => fetch(url));
 * ```
 */
export function fromActor(actor: BreakerActor, options: FromActorOptions = {}): CircuitBreaker {
  const own: unknown = (actor as unknown as { readonly clock?: unknown }).clock;
  const clock = options.clock ?? (isClock(own) ? own : systemClock);
  return new ActorBreaker({
    actor,
    timeline: new ActorTimeline(actor, clock),
    listeners: new Listeners(),
    options,
    ownsActor: false,
  });
}
