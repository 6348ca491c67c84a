import type { InspectionEvent } from 'xstate';
import type { BreakerOutcomeEvent } from '../../machines/index.ts';
import type { CircuitBreaker } from '../../src/index.ts';

const OUTCOMES: readonly string[] = ['SUCCESS', 'FAILURE', 'STORAGE_FATAL', 'CANCELLED'];

/** The outcome that an actor sent to a breaker, if this inspection event shows one. */
export function outcomeIn(inspection: InspectionEvent): BreakerOutcomeEvent | undefined {
  if (inspection.type !== '@xstate.event' || !OUTCOMES.includes(inspection.event.type)) return undefined;
  return inspection.event as BreakerOutcomeEvent;
}

/** A breaker of which some members are replaced; the rest is the real one. */
export function overridden(breaker: CircuitBreaker, members: Partial<CircuitBreaker>): CircuitBreaker {
  const descriptors = Object.getOwnPropertyDescriptors(members);
  return new Proxy(breaker, {
    get(target, key) {
      const own = descriptors[key as keyof typeof descriptors];
      if (own !== undefined) return own.get === undefined ? own.value : own.get.call(target);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
