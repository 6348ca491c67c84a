import { describe, expect, it } from 'vitest';
import { circuitBreakerMachine } from '../../machines/index.ts';

// What others hold on to by name: drawings, path tests, recorded inspections.

const EVENTS = [
  'SUCCESS',
  'FAILURE',
  'STORAGE_FATAL',
  'CANCELLED',
  'PERMIT',
  'ISOLATE',
  'RESET',
  'FAILURE_AGED',
  'PROBE_TIMED_OUT',
];

describe("the breaker's chart", () => {
  it('keeps its id, which its timed event is named by', () => {
    expect(circuitBreakerMachine.id).toBe('circuitBreaker');
    expect(circuitBreakerMachine.events.toSorted()).toEqual(
      [...EVENTS, 'xstate.after.openTimeout.circuitBreaker.OPEN'].toSorted(),
    );
  });

  it.each(['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED'])('%s names every event, ignored ones too', (state) => {
    const named = circuitBreakerMachine.states[state]?.transitions;
    expect(EVENTS.filter((type) => !named?.has(type))).toEqual([]);
  });
});
