import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import { type BreakerEvent, circuitBreakerMachine } from '../../machines/index.ts';

const TYPES = [
  ...circuitBreakerMachine.events,
  'breaker.opened',
  'NO_SUCH_EVENT',
  'xstate.after.openTimeout.circuitBreaker.OPEN',
];

/** Events of any type, the internal ones and unknown ones too, with anything in their fields. */
const events = fc.record(
  {
    type: fc.constantFrom(...TYPES),
    generation: fc.oneof(fc.integer({ min: -1, max: 5 }), fc.anything()),
    permit: fc.oneof(fc.constantFrom('a', 'b'), fc.anything()),
    id: fc.oneof(fc.constantFrom('a', 'b'), fc.anything()),
    replyTo: fc.anything(),
    reason: fc.anything(),
    by: fc.anything(),
  },
  { requiredKeys: ['type'] },
);

it('no event, in any order, at any time, throws or ends the chart', () => {
  const steps = fc.array(fc.oneof(events, fc.nat({ max: 400_000 })), { maxLength: 40, size: 'max' });
  const property = fc.property(steps, (todo) => {
    const clock = new SimulatedClock();
    const input = { policy: { failureThreshold: 2, halfOpenMaxProbes: 2 } };
    const actor = createActor(circuitBreakerMachine, { clock, input });
    actor.subscribe({ error: () => {} });
    actor.start();
    for (const step of todo) {
      if (typeof step === 'number') clock.increment(step);
      else actor.send(step as BreakerEvent);
      const { status, value, context } = actor.getSnapshot();
      expect(status).toBe('active');
      expect(['CLOSED', 'OPEN', 'HALF_OPEN', 'ISOLATED']).toContain(value);
      expect(context.failures).toBeGreaterThanOrEqual(0);
      expect(context.probesInFlight).toBeGreaterThanOrEqual(0);
      expect(context.probesInFlight).toBeLessThanOrEqual(2);
      if (value !== 'HALF_OPEN') expect(context).toMatchObject({ successes: 0, probesInFlight: 0 });
      if (value === 'CLOSED') expect(context.failures).toBeLessThan(2);
    }
  });
  fc.assert(property, { numRuns: 300 });
});
