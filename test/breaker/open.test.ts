import { describe, expect, it } from 'vitest';
import type { CircuitBreaker } from '../../src/index.ts';
import {
  fail,
  HOUR,
  look,
  MINUTE,
  newBreaker,
  newStarvedBreaker,
  open,
  openBreaker,
  SECOND,
  succeed,
} from '../support/breaker.ts';

describe('OPEN', () => {
  it('refuses everything, and says for how long', () => {
    const { breaker, clock } = openBreaker();
    expect(look(breaker)).toMatchObject({ state: 'OPEN', stateCode: 1, admits: false, retryAfterMs: MINUTE });
    expect(breaker.allowRequest()).toBe(false);
    expect(breaker.tryAcquire()).toBeUndefined();
    clock.increment(20 * SECOND);
    expect(breaker.retryAfterMs).toBe(40 * SECOND);
  });

  it('ignores every outcome', () => {
    const { breaker, changes } = openBreaker();
    const before = breaker.toJSON();
    fail(breaker, 10);
    succeed(breaker, 10);
    breaker.recordCancelled();
    breaker.recordStorageFatal();
    expect(breaker.toJSON()).toEqual(before);
    expect(changes).toHaveLength(1);
  });

  it('closes at a reset', () => {
    const { breaker, changes, clock } = openBreaker();
    breaker.reset('fixed');
    expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 0, generation: 2, admits: true });
    expect(changes.at(-1)).toEqual({
      from: 'OPEN',
      to: 'CLOSED',
      generation: 2,
      reason: 'fixed',
      retryAfterMs: 0,
    });
    expect(clock.pending).toEqual([]);
  });
});

describe('the end of OPEN', () => {
  for (const [timers, create] of [
    ['that fire', newBreaker],
    ['that never fire', newStarvedBreaker],
  ] as const) {
    it(`comes exactly after openTimeoutMs, with timers ${timers}`, () => {
      const { breaker, clock } = create();
      clock.set(12_345);
      open(breaker);
      clock.set(12_345 + 59_999);
      expect(breaker.allowRequest()).toBe(false);
      expect(look(breaker)).toMatchObject({ state: 'OPEN', retryAfterMs: 1 });
      clock.set(12_345 + 60_000);
      expect(breaker.allowRequest()).toBe(true);
      expect(breaker.state).toBe('HALF_OPEN');
    });

    for (const jump of [HOUR, -HOUR]) {
      it(`does not move with the wall clock (${jump} ms), with timers ${timers}`, () => {
        const { breaker, clock } = create();
        open(breaker);
        clock.moveWall(jump);
        clock.increment(59_999);
        expect(breaker.admits).toBe(false);
        clock.moveWall(jump);
        clock.increment(1);
        expect(breaker.admits).toBe(true);
      });
    }
  }

  it('is seen by whatever is asked first, when no timer fired', () => {
    const reads = {
      state: 'HALF_OPEN',
      stateCode: 2,
      generation: 2,
      retryAfterMs: 0,
      admits: true,
    } as const;
    for (const [name, value] of Object.entries(reads)) {
      const { breaker, clock } = newStarvedBreaker();
      open(breaker);
      clock.increment(MINUTE);
      expect(breaker[name as keyof typeof reads], name).toBe(value);
    }
  });

  it('is seen by toJSON, stop, isolate, reset and an outcome, when no timer fired', () => {
    for (const look of ['toJSON', 'stop', 'isolate', 'reset', 'recordSuccess'] as const) {
      const { breaker, clock, changes } = newStarvedBreaker();
      open(breaker);
      clock.increment(MINUTE);
      breaker[look]();
      expect(changes[1], look).toMatchObject({ from: 'OPEN', to: 'HALF_OPEN', generation: 2 });
    }
  });

  it('admits whoever asks then, when no timer fired', () => {
    const asks = {
      allowRequest: (breaker: CircuitBreaker) => breaker.allowRequest(),
      tryAcquire: (breaker: CircuitBreaker) => breaker.tryAcquire() !== undefined,
      execute: (breaker: CircuitBreaker) => {
        let wasCalled = false;
        breaker.execute(() => {
          wasCalled = true;
        });
        return wasCalled;
      },
    };
    for (const [name, ask] of Object.entries(asks)) {
      const { breaker, clock } = newStarvedBreaker();
      open(breaker);
      clock.increment(MINUTE);
      expect(ask(breaker), name).toBe(true);
    }
  });

  it('is dated when it was due, not when somebody looked', () => {
    const { breaker, clock } = newStarvedBreaker();
    open(breaker);
    const openedAt = breaker.changedAt ?? Number.NaN;
    clock.increment(HOUR);
    expect(breaker.changedAt).toBe(openedAt + MINUTE);
  });

  it('comes with the real clock, too', async () => {
    const { createCircuitBreaker } = await import('../../src/index.ts');
    const breaker = createCircuitBreaker({ policy: { openTimeoutMs: 20, failureThreshold: 1 } });
    const halfOpened = new Promise<void>((resolve) => {
      breaker.on('stateChange', ({ to }) => to === 'HALF_OPEN' && resolve());
    });
    const start = performance.now();
    fail(breaker);
    await halfOpened;
    expect(performance.now() - start).toBeGreaterThanOrEqual(20);
    breaker.stop();
  });
});

describe('backoff', () => {
  /** Lengths of the next openings, each ended by a probe that fails. */
  function openings(times: number, openBackoff: object, random = () => 0.5): number[] {
    const { breaker, clock } = newBreaker({ policy: { failureThreshold: 1, openBackoff }, random });
    return Array.from({ length: times }, () => {
      fail(breaker);
      const { retryAfterMs } = breaker;
      clock.increment(Math.ceil(retryAfterMs) - 1);
      expect(breaker.state).toBe('OPEN');
      clock.increment(1);
      expect(breaker.state).toBe('HALF_OPEN');
      return retryAfterMs;
    });
  }

  it('is off by default', () => expect(openings(4, {})).toEqual([MINUTE, MINUTE, MINUTE, MINUTE]));

  it('grows by its factor up to its cap', () => {
    expect(openings(6, { factor: 2 })).toEqual([1, 2, 4, 8, 10, 10].map((minutes) => minutes * MINUTE));
  });

  it('is never capped below openTimeoutMs', () => {
    expect(openings(3, { factor: 2, maxMs: 1_000 })).toEqual([MINUTE, MINUTE, MINUTE]);
  });

  it('never ends, however often it opens', () => {
    expect(openings(1_100, { factor: 10, maxMs: 2 ** 31 - 1 }).at(-1)).toBe(2 ** 31 - 1);
  });

  it.each([
    [0, 0.8],
    [0.5, 1],
    [0.75, 1.1],
  ])('is moved by jitter both ways: at random %s it is %s times as long', (random, times) => {
    const [first, second] = openings(2, { factor: 2, jitter: 0.2 }, () => random);
    expect(first).toBeCloseTo(MINUTE * times, 6);
    expect(second).toBeCloseTo(2 * MINUTE * times, 6);
  });

  it('is capped after the jitter', () => {
    const longest = openings(2, { factor: 100, jitter: 0.5, maxMs: 90_000 }, () => 0.999);
    expect(longest).toEqual([expect.closeTo(89_940, 6), 90_000]);
  });

  it('asks for no random number without jitter', () => {
    const random = () => {
      throw new Error('asked');
    };
    expect(openings(2, { factor: 2 }, random)).toEqual([MINUTE, 2 * MINUTE]);
  });

  it.each(['recovery', 'reset', 'reset in CLOSED'] as const)('starts again after a %s', (what) => {
    const policy = { failureThreshold: 1, successThreshold: 1, openBackoff: { factor: 2 } };
    const { breaker, clock } = newBreaker({ policy });
    fail(breaker);
    clock.increment(MINUTE);
    fail(breaker);
    expect(breaker.retryAfterMs).toBe(2 * MINUTE);
    if (what === 'recovery') {
      clock.increment(2 * MINUTE);
      succeed(breaker);
    } else breaker.reset();
    if (what === 'reset in CLOSED') breaker.reset();
    fail(breaker);
    expect(breaker.retryAfterMs).toBe(MINUTE);
  });

  it('is kept by an isolation, which only a reset ends', () => {
    const { breaker, clock } = openBreaker({ policy: { openBackoff: { factor: 2 } } });
    clock.increment(MINUTE);
    breaker.isolate();
    expect(breaker.toJSON().openings).toBe(1);
    breaker.reset();
    open(breaker);
    expect(breaker.retryAfterMs).toBe(MINUTE);
  });
});
