import { createActor } from 'xstate';
import { type CircuitBreakerPolicy, resolvePolicy } from '../../machines/index.ts';
import { callSafely } from '../call-safely.ts';
import { systemClock } from '../clock.ts';
import { ActorBreaker } from './actor-breaker.ts';
import { breakerLogic } from './breaker-logic.ts';
import { DeadlineClock } from './deadline-clock.ts';
import { keepDelayedEvents } from './delayed-events.ts';
import { Listeners } from './listeners.ts';
import { type Restored, readSnapshot, unreadable } from './snapshot.ts';
import type { CircuitBreaker, CircuitBreakerOptions } from './types.ts';

/**
 * Creates a breaker with a live actor of its own.
 *
 * @throws RangeError or TypeError when the policy is not a valid one
 */
export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const policy = resolvePolicy(options.policy);
  const listeners = new Listeners();
  const clock = new DeadlineClock(options.clock ?? systemClock);
  const restored = restore(options.snapshot, policy, clock.wallNow(), listeners);
  const actor = createActor(breakerLogic, {
    clock,
    input: {
      policy,
      name: options.name,
      random: options.random,
      memory: restored?.memory,
      deadlines: clock,
    },
    ...(options.inspect !== undefined && { inspect: safely(options.inspect, listeners) }),
  });
  keepDelayedEvents(actor, clock);
  const breaker = new ActorBreaker({
    actor,
    timeline: clock,
    listeners,
    options,
    restored,
    ownsActor: true,
  });
  actor.start();
  return breaker;
}

// In functions of their own, so that a breaker holds no more of its options than it uses.

function safely(
  inspect: NonNullable<CircuitBreakerOptions['inspect']>,
  listeners: Listeners,
): typeof inspect {
  return (event) => callSafely(inspect, event, (error) => listeners.report(error));
}

/** A snapshot that cannot be read opens the breaker, and is told once listeners have had time to come. */
function restore(
  snapshot: unknown,
  policy: CircuitBreakerPolicy,
  wallNow: number,
  listeners: Listeners,
): Restored | undefined {
  if (snapshot === undefined) return undefined;
  try {
    return readSnapshot(snapshot, policy, wallNow);
  } catch (cause) {
    const error = new Error(
      'the snapshot of the circuit breaker cannot be read: it is OPEN for a full time-out',
      { cause },
    );
    queueMicrotask(() => listeners.report(error));
    return unreadable(policy);
  }
}
