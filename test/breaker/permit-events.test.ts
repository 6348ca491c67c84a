import { describe, expect, it } from 'vitest';
import { createActor, fromTransition } from 'xstate';
import type { CircuitBreaker, PermitDenied, PermitGranted } from '../../src/index.ts';
import { halfOpenBreaker, look, MINUTE, newBreaker, openBreaker, SECOND } from '../support/breaker.ts';

/** An actor that asks for permits by message. */
function newAsker() {
  const answers: (PermitGranted | PermitDenied)[] = [];
  const logic = fromTransition((none: null, event: PermitGranted | PermitDenied) => {
    answers.push(event);
    return none;
  }, null);
  const replyTo = createActor(logic).start();
  const ask = (breaker: CircuitBreaker, id?: string) => {
    breaker.actor.send({ type: 'PERMIT', id, replyTo });
    return answers.at(-1);
  };
  return { ask, replyTo };
}

describe('PERMIT', () => {
  it('in CLOSED is granted, with the generation and without a slot', () => {
    const { breaker } = newBreaker();
    expect(newAsker().ask(breaker, 'a')).toEqual({ type: 'PERMIT_GRANTED', id: 'a', generation: 0 });
  });

  it('in HALF_OPEN takes a slot, which its outcome frees', () => {
    const { breaker } = halfOpenBreaker();
    const { ask } = newAsker();
    expect(ask(breaker, 'a')).toEqual({ type: 'PERMIT_GRANTED', id: 'a', generation: 2, permit: 'a' });
    expect(breaker.admits).toBe(false);
    breaker.actor.send({ type: 'SUCCESS', generation: 2, permit: 'a' });
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 1, admits: true });
  });

  it.each(['SUCCESS', 'FAILURE', 'CANCELLED', 'STORAGE_FATAL'] as const)(
    'that is not out, or no more, makes %s change nothing in HALF_OPEN',
    (type) => {
      const { breaker } = halfOpenBreaker();
      const { ask } = newAsker();
      ask(breaker, 'a');
      breaker.actor.send({ type: 'SUCCESS', generation: 2, permit: 'a' });
      ask(breaker, 'b');
      for (const permit of ['a', 'never given']) breaker.actor.send({ type, generation: 2, permit });
      expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 1, admits: false });
    },
  );

  it('in HALF_OPEN without an id takes an anonymous slot', () => {
    const { breaker } = halfOpenBreaker();
    expect(newAsker().ask(breaker)).toStrictEqual({ type: 'PERMIT_GRANTED', id: undefined, generation: 2 });
    expect(breaker.admits).toBe(false);
    breaker.recordCancelled();
    expect(breaker.admits).toBe(true);
  });

  it('shares the slots with those who call', () => {
    const { breaker } = halfOpenBreaker();
    expect(breaker.allowRequest()).toBe(true);
    expect(newAsker().ask(breaker, 'a')).toMatchObject({ type: 'PERMIT_DENIED' });
  });

  it('denied tells the state and the exact time to the next chance', () => {
    const opened = openBreaker();
    opened.clock.increment(20 * SECOND);
    const denied = { type: 'PERMIT_DENIED', id: 'a' };
    expect(newAsker().ask(opened.breaker, 'a')).toEqual({
      ...denied,
      state: 'OPEN',
      retryAfterMs: 40 * SECOND,
    });

    const full = halfOpenBreaker();
    full.breaker.allowRequest();
    full.clock.increment(10 * SECOND);
    expect(newAsker().ask(full.breaker, 'a')).toEqual({
      ...denied,
      state: 'HALF_OPEN',
      retryAfterMs: 20 * SECOND,
    });

    const isolated = newBreaker();
    isolated.breaker.isolate();
    expect(newAsker().ask(isolated.breaker, 'a')).toEqual({
      ...denied,
      state: 'ISOLATED',
      retryAfterMs: Number.POSITIVE_INFINITY,
    });
  });

  it('needs nobody who hears the answer', () => {
    const { breaker, errors } = openBreaker();
    const { ask, replyTo } = newAsker();
    replyTo.stop();
    ask(breaker, 'a');
    for (const address of [undefined, null, 'nobody', {}, 5]) {
      breaker.actor.send({ type: 'PERMIT', id: 'a', replyTo: address as never });
    }
    expect(breaker.actor.getSnapshot().status).toBe('active');
    expect(errors).toEqual([]);
  });

  it('whose outcome never comes counts as failed', () => {
    const { breaker, clock } = halfOpenBreaker();
    newAsker().ask(breaker, 'a');
    clock.increment(30 * SECOND);
    expect(look(breaker)).toMatchObject({ state: 'OPEN', retryAfterMs: MINUTE });
  });
});
