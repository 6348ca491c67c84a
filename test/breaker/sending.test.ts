import { describe, expect, it, vi } from 'vitest';
import type { CircuitBreaker } from '../../src/index.ts';
import {
  acquire,
  fail,
  halfOpenBreaker,
  MINUTE,
  newBreaker,
  open,
  openBreaker,
  succeed,
} from '../support/breaker.ts';

/** Types of the events that reach the actor while something is done. */
function sentBy(breaker: CircuitBreaker, act: () => void): readonly string[] {
  const send = vi.spyOn(breaker.actor, 'send');
  act();
  const types = send.mock.calls.map(([{ type }]) => type);
  send.mockRestore();
  return types;
}

// An event costs microseconds, everything else a few nanoseconds: the healthy path must send none.
describe('the facade sends only what the chart does something with', () => {
  it('CLOSED: failures, and the success that clears them', () => {
    const { breaker } = newBreaker();
    const sent = sentBy(breaker, () => {
      breaker.allowRequest();
      acquire(breaker).success();
      succeed(breaker, 3);
      breaker.recordCancelled();
      breaker.recordStorageFatal();
    });
    expect(sent).toEqual([]);
    fail(breaker);
    expect(
      sentBy(breaker, () => {
        breaker.recordCancelled();
        breaker.recordStorageFatal();
        succeed(breaker, 3);
        fail(breaker);
      }),
    ).toEqual(['SUCCESS', 'FAILURE']);
  });

  it.each(['OPEN', 'ISOLATED'])('%s: no outcome at all, and no request', (state) => {
    const { breaker } = openBreaker();
    if (state === 'ISOLATED') breaker.isolate();
    const sent = sentBy(breaker, () => {
      breaker.allowRequest();
      breaker.tryAcquire();
      succeed(breaker);
      fail(breaker);
      breaker.recordCancelled();
      breaker.recordStorageFatal();
    });
    expect(sent).toEqual([]);
  });

  it('HALF_OPEN: everything', () => {
    const { breaker } = halfOpenBreaker();
    const sent = sentBy(breaker, () => {
      acquire(breaker).cancelled();
      breaker.recordStorageFatal();
      succeed(breaker);
      fail(breaker);
    });
    expect(sent).toEqual(['PERMIT', 'CANCELLED', 'STORAGE_FATAL', 'SUCCESS', 'FAILURE']);
  });

  it('stopped: nothing, of whatever kind', () => {
    const { breaker } = halfOpenBreaker();
    const permit = acquire(breaker);
    breaker.stop();
    const sent = sentBy(breaker, () => {
      permit.failure();
      fail(breaker);
      succeed(breaker);
      breaker.isolate();
      breaker.reset();
      breaker.allowRequest();
    });
    expect(sent).toEqual([]);
  });
});

it('who asks in CLOSED is admitted, even while the actor is within an event', () => {
  const { breaker } = newBreaker();
  const answers: boolean[] = [];
  breaker.actor.subscribe(() => answers.push(breaker.allowRequest(), breaker.tryAcquire() !== undefined));
  fail(breaker);
  expect(answers).toEqual([true, true]);
});

it('what a listener does about the change that a call made is done when the listener goes on', () => {
  const { breaker } = newBreaker();
  const states: string[] = [];
  breaker.on('stateChange', ({ to }) => {
    if (to !== 'OPEN') return;
    breaker.reset();
    states.push(breaker.state);
  });
  open(breaker);
  expect(states).toEqual(['CLOSED']);
});

it('a stopped breaker has stopped its actor', () => {
  const { breaker, clock } = openBreaker();
  breaker.stop();
  expect(breaker.actor.getSnapshot().status).toBe('stopped');
  clock.increment(MINUTE);
  expect(breaker.state).toBe('OPEN');
});
