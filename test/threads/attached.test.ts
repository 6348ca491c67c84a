import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type BrokenCircuitError, isBrokenCircuitError, isIsolatedCircuitError } from '../../src/index.ts';
import type { AttachOptions } from '../../src/threads/index.ts';
import { look, MINUTE, open } from '../support/breaker.ts';
import { acquire, newShared, openAndWait } from './shared.ts';

const attached = (options: AttachOptions = {}, policy = {}) => {
  const shared = newShared({ name: 'rates', policy });
  return { ...shared, thread: shared.attach(options) };
};

const noRoute = new Error('no route');
const failing = () => Promise.reject(noRoute);
const caught = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
};

describe('execute', () => {
  it('calls before it returns, and passes on what it gets', async () => {
    const { thread } = attached();
    const result = { rate: 1 };
    let calls = 0;
    const call = thread.execute(({ signal }) => {
      calls += 1;
      expect(signal).toBeUndefined();
      return Promise.resolve(result);
    });
    expect(calls).toBe(1);
    expect(await call).toBe(result);
    expect(await thread.execute(() => 5)).toBe(5);
  });

  it('passes on what is thrown, and counts it', async () => {
    const { thread, breaker } = attached();
    expect(await caught(thread.execute(failing))).toBe(noRoute);
    const thrown = () => {
      throw noRoute;
    };
    expect(await caught(thread.execute(thrown))).toBe(noRoute);
    expect(breaker.failures).toBe(2);
    await thread.execute(() => 'fine');
    expect(breaker.failures).toBe(0);
  });

  it('refuses without calling, and tells why', async () => {
    const { thread, breaker } = attached({}, { failureThreshold: 1 });
    await caught(thread.execute(failing));
    expect(breaker.state).toBe('OPEN');
    const work = vi.fn();
    const error = await caught(thread.execute(work));
    expect(work).not.toHaveBeenCalled();
    expect(isBrokenCircuitError(error) && !isIsolatedCircuitError(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'EOPENBREAKER',
      state: 'OPEN',
      retryAfterMs: MINUTE,
      cause: noRoute,
      message: 'circuit breaker "rates" is OPEN',
    });
    expect((error as BrokenCircuitError).stack).not.toContain('attached.test');
  });

  it('refuses when isolated, with a stack if asked for', async () => {
    const { thread, breaker } = attached({ captureStack: true });
    breaker.isolate();
    const error = await caught(thread.execute(() => 'ran'));
    expect(isIsolatedCircuitError(error)).toBe(true);
    expect(error).toMatchObject({ state: 'ISOLATED', retryAfterMs: Number.POSITIVE_INFINITY });
    expect((error as Error).stack).toContain('attached.test');
  });

  it('does nothing for a signal that is aborted already', async () => {
    const { thread } = attached();
    const work = vi.fn();
    const reason = new Error('too late');
    expect(await caught(thread.execute(work, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(work).not.toHaveBeenCalled();
  });

  it('does not count an abort by the caller', async () => {
    const { thread, breaker } = attached();
    const controller = new AbortController();
    const call = thread.execute(
      ({ signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      { signal: controller.signal },
    );
    controller.abort();
    await caught(call);
    expect(breaker.failures).toBe(0);
  });

  it('asks classify what an error means', async () => {
    const verdicts = ['success', 'cancelled', 'storageFatal', 'failure'] as const;
    for (const verdict of verdicts) {
      const { thread, breaker } = attached({ classify: () => verdict });
      breaker.recordFailure();
      await caught(thread.execute(failing));
      expect([verdict, breaker.failures]).toEqual([
        verdict,
        { success: 0, failure: 2 }[verdict as string] ?? 1,
      ]);
    }
  });

  it('takes an error for a failure when classify throws, and warns', async () => {
    const warned: unknown[] = [];
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation((error) => {
      warned.push(error);
    });
    onTestFinished(() => warning.mockRestore());
    const mistake = new Error('a mistake in classify');
    const { thread, breaker } = attached({
      classify: () => {
        throw mistake;
      },
    });
    await caught(thread.execute(failing));
    expect(breaker.failures).toBe(1);
    expect(warned).toEqual([mistake]);
  });

  it('holds a slot in HALF_OPEN for as long as it lasts', async () => {
    const { breaker, thread } = (() => {
      const shared = openAndWait(attached());
      return shared;
    })();
    const work = Promise.withResolvers<string>();
    const call = thread.execute(() => work.promise);
    expect(await caught(thread.execute(() => 'ran'))).toMatchObject({ state: 'HALF_OPEN' });
    expect(breaker.admits).toBe(false);
    work.resolve('fine');
    expect(await call).toBe('fine');
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 1, admits: true });
  });

  it('that ends in a later era counts nothing', async () => {
    const { thread, breaker } = attached();
    const work = Promise.withResolvers<never>();
    const call = thread.execute(() => work.promise);
    breaker.isolate();
    breaker.reset();
    work.reject(noRoute);
    await caught(call);
    expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 0 });
  });
});

describe('permits', () => {
  it('of threads have ids that no two share, in CLOSED too', () => {
    const { attach } = newShared();
    const ids = [attach(), attach()].flatMap((thread) => [acquire(thread).id, acquire(thread).id]);
    expect(new Set(ids).size).toBe(4);
  });

  it('count once', () => {
    const { thread, breaker } = attached();
    const permit = acquire(thread);
    permit.failure();
    permit.failure();
    permit.success();
    expect(breaker.failures).toBe(1);
  });

  it('of a HALF_OPEN have the id that the chart knows', () => {
    const { breaker, attach } = openAndWait(newShared());
    const { id, generation } = acquire(attach());
    expect(breaker.admits).toBe(false);
    expect(breaker.actor.getSnapshot().context.probes).toMatchObject([{ id }]);
    expect(generation).toBe(2);
  });

  it('of a HALF_OPEN that is over free nothing in the next', () => {
    const { breaker, attach, wait } = openAndWait(newShared({ policy: { halfOpenMaxProbes: 2 } }));
    const early = [acquire(attach()), acquire(attach())] as const;
    early[0].failure();
    expect(breaker.state).toBe('OPEN');
    wait(MINUTE);
    const now = [acquire(attach()), acquire(attach())] as const;
    expect(breaker.admits).toBe(false);
    early[1].cancelled();
    expect(breaker.admits).toBe(false);
    now[0].success();
    expect(breaker.successes).toBe(1);
  });
});

describe('slots that allowRequest took', () => {
  const twoProbes = { halfOpenMaxProbes: 2, successThreshold: 9 };

  it('are freed by the next bare outcomes of the same thread', () => {
    const { breaker, thread } = openAndWait(attached({}, twoProbes));
    expect([thread.allowRequest(), thread.allowRequest(), thread.allowRequest()]).toEqual([
      true,
      true,
      false,
    ]);
    thread.recordCancelled();
    expect(look(breaker)).toMatchObject({ admits: true, successes: 0 });
    thread.recordSuccess();
    expect(look(breaker)).toMatchObject({ admits: true, successes: 1 });
    expect(breaker.actor.getSnapshot().context.probesInFlight).toBe(0);
  });

  it('are not freed by another thread, whose bare outcome counts still', () => {
    const { breaker, attach, thread } = openAndWait(attached({}, twoProbes));
    thread.allowRequest();
    attach().recordSuccess();
    expect(breaker.successes).toBe(1);
    expect(breaker.actor.getSnapshot().context.probesInFlight).toBe(1);
  });

  it('are nothing any more when the HALF_OPEN is over', () => {
    const { breaker, thread, wait } = openAndWait(attached({}, twoProbes));
    thread.allowRequest();
    breaker.isolate();
    breaker.reset();
    thread.recordFailure();
    expect(breaker.failures).toBe(1);
    open(breaker);
    wait(MINUTE);
    thread.allowRequest();
    thread.recordCancelled();
    expect(breaker.actor.getSnapshot().context.probesInFlight).toBe(0);
    expect(breaker.admits).toBe(true);
  });
});
