import { describe, expect, it } from 'vitest';
import { fail, look, MINUTE, open, SECOND } from '../support/breaker.ts';
import { acquire, newShared, newStarvedShared, openAndWait } from './shared.ts';

describe('time, while the owner comes to nothing', () => {
  it('ends OPEN exactly at its deadline', () => {
    const { breaker, attach, wait } = newStarvedShared();
    const thread = attach();
    open(breaker);
    wait(MINUTE - 1);
    expect([thread.state, thread.admits, thread.allowRequest()]).toEqual(['OPEN', false, false]);
    expect(thread.retryAfterMs).toBeCloseTo(1, 2);
    wait(1);
    expect([thread.state, thread.stateCode, thread.generation]).toEqual(['HALF_OPEN', 2, 2]);
    expect([thread.admits, thread.retryAfterMs]).toEqual([true, 0]);
    expect(breaker.actor.getSnapshot().value).toBe('OPEN');
  });

  it('is the same for the owner, which tells its listeners once', () => {
    const shared = newStarvedShared();
    const changes: object[] = [];
    shared.breaker.on('stateChange', (change) => changes.push(change));
    const { breaker, attach } = openAndWait(shared);
    const permit = acquire(attach());
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', generation: 2, admits: false });
    expect(changes).toMatchObject([
      { to: 'OPEN' },
      { to: 'HALF_OPEN', reason: 'openTimeout', generation: 2 },
    ]);
    permit.success();
    expect(breaker.successes).toBe(1);
  });

  it('of each OPEN anew', () => {
    const { breaker, attach, wait } = openAndWait(newStarvedShared());
    const thread = attach();
    acquire(thread).failure();
    expect([breaker.state, thread.state]).toEqual(['OPEN', 'OPEN']);
    wait(MINUTE - 1);
    expect(thread.admits).toBe(false);
    wait(1);
    expect([thread.admits, thread.generation]).toEqual([true, 4]);
  });

  it('that has passed when a deadline ran late: OPEN since the time-out of the probe', () => {
    const { breaker, attach, wait } = openAndWait(newStarvedShared());
    const thread = attach();
    thread.allowRequest();
    expect(breaker.admits).toBe(false);
    wait(30 * SECOND + MINUTE - 1);
    expect([thread.state, breaker.state]).toEqual(['HALF_OPEN', 'OPEN']);
    expect([thread.state, thread.retryAfterMs]).toEqual(['OPEN', expect.closeTo(1, 2)]);
  });

  it('that runs late is not the time at which an outcome is heard that a listener makes a thread report', () => {
    const { breaker, attach, wait } = openAndWait(newStarvedShared());
    const thread = attach();
    breaker.allowRequest();
    wait(30 * SECOND + MINUTE + 10 * SECOND);
    breaker.on('stateChange', ({ to }) => {
      if (to !== 'HALF_OPEN') return;
      thread.recordFailure();
      expect(breaker.state).toBe('HALF_OPEN');
    });
    expect(breaker.state).toBe('HALF_OPEN');
    expect([breaker.state, breaker.retryAfterMs]).toEqual(['OPEN', MINUTE]);
  });

  it('lets failures age before one that a thread reports counts', () => {
    const { breaker, attach, wait } = newStarvedShared({ policy: { failureThreshold: 2 } });
    fail(breaker);
    wait(5 * MINUTE);
    attach().recordFailure();
    expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 1 });
  });
});

describe('the time-out of a probe', () => {
  it('is not there before the outcome that came in time, however late it is heard', () => {
    const { breaker, attach, wait } = openAndWait(newStarvedShared());
    const permit = acquire(attach());
    expect(breaker.admits).toBe(false);
    wait(30 * SECOND - 1);
    permit.success();
    wait(1);
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 1 });
  });

  it.each(['success', 'failure', 'cancelled', 'storageFatal'] as const)(
    'is the verdict of one that ends later: %s changes nothing',
    (end) => {
      const { breaker, attach, wait } = openAndWait(newStarvedShared());
      const permit = acquire(attach());
      expect(breaker.admits).toBe(false);
      wait(30 * SECOND);
      permit[end]();
      expect(look(breaker)).toMatchObject({ state: 'OPEN', generation: 3, retryAfterMs: MINUTE });
    },
  );

  it('is the verdict of an anonymous one, too', () => {
    const { breaker, attach, wait } = openAndWait(newStarvedShared());
    const thread = attach();
    thread.allowRequest();
    expect(breaker.admits).toBe(false);
    wait(30 * SECOND);
    thread.recordSuccess();
    expect(breaker.state).toBe('OPEN');
  });

  it('is told to who is refused; before the owner has heard of the probe, as what it can be at most', () => {
    const { breaker, attach, wait } = openAndWait(newStarvedShared());
    const thread = attach();
    thread.allowRequest();
    expect(thread.retryAfterMs).toBe(30 * SECOND);
    expect(breaker.admits).toBe(false);
    wait(10 * SECOND);
    expect(thread.retryAfterMs).toBeCloseTo(20 * SECOND, 2);
    wait(25 * SECOND);
    expect(thread.retryAfterMs).toBe(0);
  });
});

describe('on a clock of its own', () => {
  it('the owner alone ends OPEN, however long it takes by the real one', () => {
    const { breaker, attach, wait } = newShared({ policy: { openTimeoutMs: 1 } });
    const thread = attach();
    open(breaker);
    const until = performance.now() + 3;
    while (performance.now() < until) expect(thread.admits).toBe(false);
    wait(1);
    expect([thread.state, thread.admits]).toEqual(['HALF_OPEN', true]);
  });

  it('no outcome of a probe is late by the real one', () => {
    const { breaker, attach } = openAndWait(newShared({ policy: { probeTimeoutMs: 1 } }));
    const permit = acquire(attach());
    const until = performance.now() + 3;
    while (performance.now() < until);
    permit.success();
    expect(breaker.successes).toBe(1);
  });

  it('the time to the next chance is what was left when it was shown', () => {
    const { breaker, attach, wait } = newShared();
    const thread = attach();
    open(breaker);
    wait(20 * SECOND);
    expect(thread.retryAfterMs).toBe(MINUTE);
    wait(40 * SECOND);
    thread.allowRequest();
    breaker.admits;
    wait(5 * SECOND);
    expect(thread.retryAfterMs).toBe(30 * SECOND);
  });
});
