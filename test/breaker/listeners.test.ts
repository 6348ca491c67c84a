import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCircuitBreaker, type StateChange } from '../../src/index.ts';
import {
  fail,
  look,
  MINUTE,
  newBreaker,
  newStarvedBreaker,
  open,
  openBreaker,
  succeed,
} from '../support/breaker.ts';

const mistake = new Error('the listener is broken');
const throws = () => {
  throw mistake;
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('stateChange', () => {
  it('is told synchronously, once for each change, in their order', () => {
    const { breaker, changes, clock } = newBreaker();
    open(breaker);
    expect(changes).toHaveLength(1);
    clock.increment(MINUTE);
    expect(changes).toHaveLength(2);
    succeed(breaker, 2);
    breaker.isolate('drill');
    breaker.reset('over');
    expect(changes).toEqual([
      { from: 'CLOSED', to: 'OPEN', generation: 1, reason: 'failureThreshold', retryAfterMs: MINUTE },
      { from: 'OPEN', to: 'HALF_OPEN', generation: 2, reason: 'openTimeout', retryAfterMs: 0 },
      { from: 'HALF_OPEN', to: 'CLOSED', generation: 3, reason: 'successThreshold', retryAfterMs: 0 },
      {
        from: 'CLOSED',
        to: 'ISOLATED',
        generation: 4,
        reason: 'drill',
        retryAfterMs: Number.POSITIVE_INFINITY,
      },
      { from: 'ISOLATED', to: 'CLOSED', generation: 5, reason: 'over', retryAfterMs: 0 },
    ]);
  });

  it('finds the breaker in its new state', () => {
    const { breaker, clock } = newBreaker();
    const seen: unknown[] = [];
    breaker.on('stateChange', ({ to, generation }) =>
      seen.push(breaker.state === to && breaker.generation === generation),
    );
    open(breaker);
    clock.increment(MINUTE);
    breaker.actor.send({ type: 'ISOLATE' });
    expect(seen).toEqual([true, true, true]);
  });

  it('that came late is told with the time left from when it was due', () => {
    const { breaker, clock, changes } = newStarvedBreaker();
    open(breaker);
    clock.increment(MINUTE);
    breaker.allowRequest();
    clock.increment(31_000);
    expect(breaker.state).toBe('OPEN');
    expect(changes.at(-1)).toMatchObject({ reason: 'probeTimedOut', retryAfterMs: MINUTE });
    expect(breaker.retryAfterMs).toBe(59_000);
  });

  it('is told no more after off, and by one listener only', () => {
    const { breaker, changes } = newBreaker();
    const told: StateChange[] = [];
    const listener = (change: StateChange) => told.push(change);
    const off = breaker.on('stateChange', listener);
    breaker.on('stateChange', listener);
    off();
    off();
    breaker.isolate();
    expect(told).toHaveLength(1);
    expect(changes).toHaveLength(1);
  });
});

describe('a listener that throws', () => {
  it('is reported once, and changes nothing for anybody', async () => {
    const { breaker, errors } = newBreaker({ policy: { failureThreshold: 1 } });
    breaker.on('stateChange', throws);
    const told = vi.fn();
    breaker.on('stateChange', told);
    const down = new Error('down');
    await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down);
    expect(look(breaker)).toMatchObject({ state: 'OPEN', failures: 1 });
    expect(told).toHaveBeenCalledOnce();
    expect(errors).toEqual([mistake]);
  });

  it('does not keep the time from going on', () => {
    const { breaker, errors, clock } = openBreaker();
    breaker.on('stateChange', throws);
    clock.increment(MINUTE);
    breaker.allowRequest();
    clock.increment(MINUTE + 30_000);
    expect(breaker.state).toBe('HALF_OPEN');
    expect(errors).toEqual([mistake, mistake, mistake]);
  });

  it('is a warning of the process when nobody listens to errors', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const breaker = createCircuitBreaker();
    breaker.on('stateChange', throws);
    breaker.isolate();
    expect(warn).toHaveBeenCalledExactlyOnceWith(mistake);
  });

  it('is a warning when it is the one for errors', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const breaker = createCircuitBreaker();
    const another = new Error('this one, too');
    breaker.on('error', () => {
      throw another;
    });
    breaker.on('stateChange', throws);
    breaker.isolate();
    expect(warn).toHaveBeenCalledExactlyOnceWith(another);
  });

  it.each([undefined, null, 'text', Symbol('thing'), Object.create(null)])(
    'may throw anything (%#), reported or warned of',
    (thrown) => {
      const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
      const breaker = createCircuitBreaker();
      breaker.on('stateChange', () => {
        throw thrown;
      });
      breaker.isolate();
      expect(breaker.state).toBe('ISOLATED');
      expect(warn).toHaveBeenCalledExactlyOnceWith(expect.any(Error));
    },
  );

  it('because it is asynchronous is reported, too', async () => {
    const { breaker, errors } = newBreaker();
    breaker.on('stateChange', async () => throws());
    breaker.isolate();
    await Promise.resolve();
    await Promise.resolve();
    expect(errors).toEqual([mistake]);
  });
});

describe('inspect', () => {
  it('sees what the actor does', () => {
    const types: string[] = [];
    const { breaker } = newBreaker({ inspect: ({ type }) => types.push(type) });
    fail(breaker);
    expect(types).toContain('@xstate.snapshot');
    expect(types).toContain('@xstate.microstep');
  });

  it('that throws changes nothing, and is reported', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { breaker, errors, clock } = openBreaker({ inspect: throws });
    expect(warn).toHaveBeenCalledWith(mistake);
    clock.increment(MINUTE);
    expect(await breaker.execute(() => 'fine')).toBe('fine');
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 1 });
    expect(new Set(errors)).toEqual(new Set([mistake]));
  });
});
