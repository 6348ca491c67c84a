import { describe, expect, it } from 'vitest';
import { createActor, fromCallback } from 'xstate';
import { slotGates } from '../../src/breaker/slot-gate.ts';
import type { BreakerEvent } from '../../src/index.ts';
import { acquire, halfOpenBreaker, newBreaker, openBreaker } from '../support/breaker.ts';

/** Others take slots by themselves: these, which the breaker hears of when it closes the gate. */
function gateBefore(breaker: ReturnType<typeof halfOpenBreaker>['breaker'], unheard: BreakerEvent[]) {
  const log: string[] = [];
  slotGates.set(breaker.actor, {
    close: () => {
      log.push('closed');
      return unheard.splice(0);
    },
    open: () => log.push(`open, ${breaker.actor.getSnapshot().context.probesInFlight} out`),
  });
  return log;
}

const taken = (id: string): BreakerEvent => ({ type: 'PERMIT', id });

describe('before the chart decides about a slot, the gate of a shared breaker', () => {
  it('is closed, and opened again when the slot is out', () => {
    const { breaker } = halfOpenBreaker();
    const log = gateBefore(breaker, []);
    expect(breaker.tryAcquire()).toBeDefined();
    expect(log).toEqual(['closed', 'open, 1 out']);
  });

  it('lets the slots come first that others have taken', () => {
    const { breaker } = halfOpenBreaker();
    const log = gateBefore(breaker, [taken('theirs')]);
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(breaker.actor.getSnapshot().context.probes.map(({ id }) => id)).toEqual(['theirs']);
    expect(log.at(-1)).toBe('open, 1 out');
    expect(breaker.admits).toBe(false);
  });

  it('leaves what is free: with two slots one is theirs and one ours', () => {
    const { breaker } = halfOpenBreaker({ policy: { halfOpenMaxProbes: 2 } });
    gateBefore(breaker, [taken('theirs')]);
    const permit = acquire(breaker);
    const { probes } = breaker.actor.getSnapshot().context;
    expect(probes.map(({ id }) => id)).toEqual(['theirs', permit.id]);
    expect(breaker.allowRequest()).toBe(false);
  });

  it('tells a bare request, too, that another one was faster', () => {
    const { breaker } = halfOpenBreaker();
    gateBefore(breaker, [taken('theirs')]);
    expect(breaker.allowRequest()).toBe(false);
  });

  it('takes a bare request that is out already for no other one', () => {
    const { breaker } = halfOpenBreaker({ policy: { halfOpenMaxProbes: 2 } });
    expect(breaker.allowRequest()).toBe(true);
    gateBefore(breaker, [taken('theirs')]);
    expect(breaker.allowRequest()).toBe(false);
  });

  it('is closed for actors that ask by message', () => {
    const { breaker } = halfOpenBreaker();
    gateBefore(breaker, [taken('theirs')]);
    const answers: unknown[] = [];
    const replyTo = createActor(
      fromCallback(({ receive }) => receive((answer) => answers.push(answer))),
    ).start();
    breaker.actor.send({ type: 'PERMIT', id: 'ours', replyTo });
    expect(answers).toEqual([
      { type: 'PERMIT_DENIED', id: 'ours', state: 'HALF_OPEN', retryAfterMs: breaker.policy.probeTimeoutMs },
    ]);
  });

  it('is left alone by outcomes', () => {
    const { breaker } = halfOpenBreaker({ policy: { halfOpenMaxProbes: 2 } });
    const permits = [acquire(breaker), acquire(breaker)];
    const log = gateBefore(breaker, [taken('theirs')]);
    permits[0]?.cancelled();
    permits[1]?.success();
    breaker.recordStorageFatal();
    expect(log).toEqual([]);
  });

  it('is left alone where no slot is decided about', () => {
    for (const { breaker } of [newBreaker(), openBreaker()]) {
      const log = gateBefore(breaker, [taken('theirs')]);
      breaker.tryAcquire();
      breaker.actor.send({ type: 'PERMIT', id: 'ours' });
      expect(log).toEqual([]);
    }
  });
});
