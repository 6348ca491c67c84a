import { describe, expect, it, onTestFinished } from 'vitest';
import { createActor } from 'xstate';
import { circuitBreakerMachine, fromActor, isBrokenCircuitError } from '../../src/index.ts';
import { attachBreaker, type BreakerHandle, shareBreaker } from '../../src/threads/index.ts';
import { newMemory } from '../../src/threads/shared-memory.ts';
import { fail, halfOpenBreaker, MINUTE, newBreaker, open, openBreaker } from '../support/breaker.ts';
import { attachAsThread, newShared } from './shared.ts';

describe('a handle', () => {
  it('can be posted, and posted again', () => {
    const { handle, breaker } = newShared({ name: 'rates', policy: { failureThreshold: 7 } });
    const posted = structuredClone(structuredClone(handle));
    expect(posted).toEqual(handle);
    const thread = attachAsThread(posted);
    expect([thread.name, thread.policy]).toEqual(['rates', breaker.policy]);
    thread.recordFailure();
    expect(breaker.failures).toBe(1);
  });

  it('is the same whenever the breaker is shared, by whichever facade', () => {
    const { handle, breaker } = newShared();
    expect(shareBreaker(breaker)).toBe(handle);
    expect(shareBreaker(fromActor(breaker.actor))).toBe(handle);
    expect(newShared().handle.id).not.toBe(handle.id);
  });

  it('is of a breaker that createCircuitBreaker made', () => {
    const actor = createActor(circuitBreakerMachine).start();
    expect(() => shareBreaker(fromActor(actor))).toThrow(
      new TypeError('shareBreaker needs a breaker that createCircuitBreaker made'),
    );
  });

  it.each<[string, (handle: BreakerHandle) => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['text', () => 'handle'],
    ['an object', () => ({})],
    ['a buffer', ({ buffer }) => buffer],
    ['one of something else', (handle) => ({ ...handle, kind: 'something else' })],
    ['one of another version', (handle) => ({ ...handle, version: 2 })],
    ['one without memory', (handle) => ({ ...handle, buffer: undefined })],
    ['one with memory that is not shared', (handle) => ({ ...handle, buffer: new ArrayBuffer(64) })],
    ['one with memory of another size', (handle) => ({ ...handle, buffer: newMemory(4) })],
    ['one without a policy', (handle) => ({ ...handle, policy: undefined })],
    ['one with half a policy', (handle) => ({ ...handle, policy: { failureThreshold: 5 } })],
    ['one with a wrong policy', (handle) => ({ ...handle, policy: { ...handle.policy, openTimeoutMs: 0 } })],
    ['one without an id', (handle) => ({ ...handle, id: undefined })],
    ['one with a name that is none', (handle) => ({ ...handle, name: 5 })],
    ['one without a generation', (handle) => ({ ...handle, baseGeneration: undefined })],
    ['one without an owner', (handle) => ({ ...handle, ownerThreadId: '0' })],
    ['one that does not tell its clock', (handle) => ({ ...handle, hasRealClock: undefined })],
  ])('is all that attachBreaker takes: not %s', (_, wrong) => {
    const { handle } = newShared();
    expect(() => attachBreaker(wrong(handle) as BreakerHandle)).toThrow(TypeError);
  });

  it('of another copy of the package in the same thread is none: it would wait for itself', () => {
    const { handle } = newShared();
    expect(() => attachBreaker({ ...handle, id: 'of another copy' })).toThrow(/another copy/);
  });
});

describe('a breaker that is shared late', () => {
  it('has the generation and counts that it had', () => {
    const { breaker } = newBreaker();
    onTestFinished(() => breaker.stop());
    breaker.isolate();
    breaker.reset();
    fail(breaker, 3);
    const thread = attachAsThread(shareBreaker(breaker));
    expect([thread.state, thread.generation, thread.failures]).toEqual(['CLOSED', 2, 3]);
    const permit = thread.tryAcquire();
    expect(permit?.generation).toBe(2);
    permit?.failure();
    expect(breaker.failures).toBe(4);
  });

  it('in OPEN refuses, and tells how long it had still', () => {
    const { breaker, clock } = openBreaker();
    onTestFinished(() => breaker.stop());
    clock.increment(MINUTE / 4);
    const thread = attachAsThread(shareBreaker(breaker));
    expect([thread.admits, thread.retryAfterMs]).toEqual([false, (MINUTE * 3) / 4]);
    clock.increment((MINUTE * 3) / 4);
    expect([thread.state, thread.admits]).toEqual(['HALF_OPEN', true]);
  });

  it('in HALF_OPEN has the slots that are left', () => {
    const { breaker } = halfOpenBreaker({ policy: { halfOpenMaxProbes: 2 } });
    onTestFinished(() => breaker.stop());
    breaker.allowRequest();
    const thread = attachAsThread(shareBreaker(breaker));
    expect([thread.allowRequest(), thread.allowRequest()]).toEqual([true, false]);
  });
});

describe('a breaker that has ended', () => {
  it('refuses threads as stopped, though it was CLOSED', async () => {
    const { breaker } = newBreaker({ name: 'rates' });
    breaker.stop();
    for (const thread of [attachAsThread(shareBreaker(breaker)), attachBreaker(shareBreaker(breaker))]) {
      expect([thread.state, thread.admits, thread.allowRequest(), thread.tryAcquire()]).toEqual([
        'CLOSED',
        false,
        false,
        undefined,
      ]);
      expect(thread.retryAfterMs).toBe(Number.POSITIVE_INFINITY);
      await expect(thread.execute(() => 'ran')).rejects.toMatchObject({
        code: 'ESHUTDOWN',
        message: 'circuit breaker "rates" was stopped',
      });
    }
  });

  it('while it was shared: threads are refused, and what they report is nothing', async () => {
    const { breaker, attach } = newShared();
    const thread = attach();
    const permit = thread.tryAcquire();
    thread.recordFailure();
    breaker.stop();
    permit?.failure();
    for (let n = 0; n < 2_000; n += 1) thread.recordFailure();
    expect([thread.failures, thread.allowRequest()]).toEqual([1, false]);
    await expect(thread.execute(() => 'ran')).rejects.toMatchObject({ code: 'ESHUTDOWN' });
  });

  it('by an error refuses, but was not stopped', async () => {
    const { breaker, attach } = newShared({
      policy: { failureThreshold: 1, openBackoff: { jitter: 0.1 } },
      random: () => {
        throw new Error('no random numbers today');
      },
    });
    breaker.on('error', () => {});
    const thread = attach();
    fail(breaker);
    expect([thread.admits, thread.retryAfterMs]).toEqual([false, Number.POSITIVE_INFINITY]);
    const refusal: unknown = await thread.execute(() => 'ran').catch((error: unknown) => error);
    expect(isBrokenCircuitError(refusal) && refusal.code).toBe('EOPENBREAKER');
    const shared = attachAsThread(shareBreaker(breaker));
    expect(shared.admits).toBe(false);
  });

  it('by an error before it was shared refuses, too', () => {
    const { breaker } = newBreaker({
      policy: { failureThreshold: 1, openBackoff: { jitter: 0.1 } },
      random: () => {
        throw new Error('no random numbers today');
      },
    });
    breaker.on('error', () => {});
    open(breaker);
    expect(attachAsThread(shareBreaker(breaker)).admits).toBe(false);
  });
});

describe('what a thread has reported, and nobody has heard yet,', () => {
  it('comes before a call that the owner makes', async () => {
    const { breaker, attach } = newShared({ policy: { failureThreshold: 2 } });
    const thread = attach();
    thread.recordFailure();
    thread.recordFailure();
    await expect(breaker.execute(() => 'admitted')).rejects.toSatisfy(isBrokenCircuitError);
  });

  it('comes before what the owner reports', () => {
    const { breaker, attach } = newShared();
    attach().recordFailure();
    breaker.recordSuccess();
    expect(breaker.failures).toBe(0);
  });
});

describe("in the owner's own thread", () => {
  const own = (options = {}) => {
    const shared = newShared(options);
    return { ...shared, thread: attachBreaker(shared.handle) };
  };

  it('what is reported has its effect at once', () => {
    const { breaker, thread } = own({ policy: { failureThreshold: 2 } });
    thread.recordFailure();
    expect(breaker.actor.getSnapshot().context.failures).toBe(1);
    thread.recordFailure();
    expect([thread.state, thread.allowRequest()]).toEqual(['OPEN', false]);
  });

  it('nobody waits for room', () => {
    const { breaker, thread } = own({ policy: { failureThreshold: 10_000 } });
    for (let n = 0; n < 3_000; n += 1) thread.recordFailure();
    expect(breaker.failures).toBe(3_000);
  });

  it('a probe is known at once, and its outcome', () => {
    const { breaker, thread, wait } = own();
    open(breaker);
    wait(MINUTE);
    const permit = thread.tryAcquire();
    expect(breaker.actor.getSnapshot().context.probes.map(({ id }) => id)).toEqual([permit?.id]);
    permit?.failure();
    expect(breaker.actor.getSnapshot().value).toBe('OPEN');
  });

  it('within an event of the actor what is reported comes after it, in its order', () => {
    const { breaker, thread } = own({ policy: { failureThreshold: 10_000 } });
    let reports = 0;
    const subscription = breaker.actor.subscribe(() => {
      subscription.unsubscribe();
      for (; reports < 1_500; reports += 1) thread.recordFailure();
    });
    breaker.recordFailure();
    expect(breaker.failures).toBe(1_501);
  });

  it('a listener that is told of a change may ask and report', () => {
    const { breaker, thread, wait } = own();
    const seen: unknown[] = [];
    breaker.on('stateChange', ({ to }) => {
      if (to !== 'HALF_OPEN') return;
      seen.push(thread.state, thread.allowRequest());
      thread.recordSuccess();
    });
    open(breaker);
    wait(MINUTE);
    expect(seen).toEqual(['HALF_OPEN', true]);
    expect(breaker.successes).toBe(1);
  });
});
