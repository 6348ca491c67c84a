import { initialContext } from './breaker-context.ts';
import { breakerSetup } from './breaker-setup.ts';
import { ignore } from './ignore.ts';

/**
 * The circuit breaker.
 *
 * CLOSED admits everything and counts failures that are consecutive and recent; OPEN refuses until its time is over;
 * HALF_OPEN admits a few probes and waits for their verdicts; ISOLATED refuses until an operator resets it.
 * `generation` rises at every change of state, so that an outcome of an earlier era changes nothing.
 *
 * It reads no clock: time passes only as delays of its actor's clock.
 */
export const circuitBreakerMachine = breakerSetup.createMachine({
  id: 'circuitBreaker',
  context: initialContext,
  initial: 'RESTORING',
  states: {
    RESTORING: {
      always: [
        { guard: 'wasOpen', target: 'OPEN' },
        { guard: 'wasIsolated', target: 'ISOLATED' },
        { target: 'CLOSED', actions: 'resumeAgeing' },
      ],
    },
    CLOSED: {
      entry: 'enterClosed',
      exit: 'stopAgeing',
      on: {
        SUCCESS: [{ guard: 'isStale' }, { actions: ['stopAgeing', 'clearFailures'] }],
        FAILURE: [
          { guard: 'isStale' },
          { guard: 'reachesFailureThreshold', target: 'OPEN', actions: ['countFailure', 'planOpening'] },
          { actions: ['countFailure', 'startAgeing'] },
        ],
        FAILURE_AGED: { actions: 'forgetOldestFailure' },
        PERMIT: { actions: 'grantPermit' },
        ISOLATE: { target: 'ISOLATED' },
        RESET: { actions: ['stopAgeing', 'clearFailures', 'clearBackoff'] },
        ...ignore('STORAGE_FATAL', 'CANCELLED', 'PROBE_TIMED_OUT'),
      },
    },
    OPEN: {
      entry: 'enterOpen',
      after: { openTimeout: { target: 'HALF_OPEN' } },
      on: {
        PERMIT: { actions: 'denyPermit' },
        ISOLATE: { target: 'ISOLATED' },
        RESET: { target: 'CLOSED', actions: 'startAfresh' },
        ...ignore('SUCCESS', 'FAILURE', 'STORAGE_FATAL', 'CANCELLED', 'FAILURE_AGED', 'PROBE_TIMED_OUT'),
      },
    },
    HALF_OPEN: {
      entry: 'enterHalfOpen',
      exit: 'endProbing',
      on: {
        SUCCESS: [
          { guard: 'isStale' },
          { guard: 'permitIsNotOut' },
          { guard: 'reachesSuccessThreshold', target: 'CLOSED', actions: 'startAfresh' },
          { actions: ['freeSlot', 'countSuccess'] },
        ],
        FAILURE: [
          { guard: 'isStale' },
          { guard: 'permitIsNotOut' },
          { target: 'OPEN', actions: 'planOpening' },
        ],
        STORAGE_FATAL: [{ guard: 'isStale' }, { actions: 'freeSlot' }],
        CANCELLED: [{ guard: 'isStale' }, { actions: 'freeSlot' }],
        PROBE_TIMED_OUT: { target: 'OPEN', actions: 'planOpening' },
        PERMIT: [{ guard: 'hasFreeSlot', actions: ['takeSlot', 'grantPermit'] }, { actions: 'denyPermit' }],
        ISOLATE: { target: 'ISOLATED' },
        RESET: { target: 'CLOSED', actions: 'startAfresh' },
        ...ignore('FAILURE_AGED'),
      },
    },
    ISOLATED: {
      entry: 'enterIsolated',
      on: {
        PERMIT: { actions: 'denyPermit' },
        RESET: { target: 'CLOSED', actions: 'startAfresh' },
        ...ignore(
          'ISOLATE',
          'SUCCESS',
          'FAILURE',
          'STORAGE_FATAL',
          'CANCELLED',
          'FAILURE_AGED',
          'PROBE_TIMED_OUT',
        ),
      },
    },
  },
});
