import { describe, expect, it } from 'vitest';
import {
  acquire,
  fail,
  HOUR,
  halfOpenBreaker,
  look,
  MINUTE,
  newBreaker,
  newStarvedBreaker,
  open,
  SECOND,
  succeed,
} from '../support/breaker.ts';

const twoProbes = { policy: { halfOpenMaxProbes: 2 } };
const failure = (permit: ReturnType<typeof acquire>) => permit.failure();

describe('HALF_OPEN', () => {
  it('begins without successes and without probes', () => {
    const { breaker, changes } = halfOpenBreaker();
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', stateCode: 2, successes: 0, generation: 2 });
    expect(look(breaker)).toMatchObject({ admits: true, retryAfterMs: 0 });
    expect(changes.at(-1)).toMatchObject({ from: 'OPEN', to: 'HALF_OPEN', reason: 'openTimeout' });
  });

  it('closes at the second success, not at the first', () => {
    const { breaker, changes } = halfOpenBreaker();
    acquire(breaker).success();
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 1 });
    acquire(breaker).success();
    expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 0, successes: 0, generation: 3 });
    expect(changes.at(-1)).toMatchObject({ from: 'HALF_OPEN', to: 'CLOSED', reason: 'successThreshold' });
  });

  it('opens at any failure, with a fresh deadline', () => {
    const { breaker, changes, clock } = halfOpenBreaker();
    acquire(breaker).success();
    clock.increment(7 * SECOND);
    acquire(breaker).failure();
    expect(look(breaker)).toMatchObject({ state: 'OPEN', successes: 0, retryAfterMs: MINUTE });
    expect(changes.at(-1)).toMatchObject({ from: 'HALF_OPEN', to: 'OPEN', reason: 'probeFailed' });
  });

  it('counts outcomes of work that asked for no permit', () => {
    const closing = halfOpenBreaker().breaker;
    succeed(closing, 2);
    expect(closing.state).toBe('CLOSED');
    const opening = halfOpenBreaker().breaker;
    fail(opening);
    expect(opening.state).toBe('OPEN');
  });

  it('waits for ever for somebody to try', () => {
    const { breaker, clock } = halfOpenBreaker();
    clock.increment(100 * HOUR);
    expect(breaker.state).toBe('HALF_OPEN');
    expect(clock.pending).toEqual([]);
  });
});

describe('slots', () => {
  it('are as many as halfOpenMaxProbes', () => {
    const { breaker } = halfOpenBreaker(twoProbes);
    expect([breaker.allowRequest(), breaker.allowRequest(), breaker.allowRequest()]).toEqual([
      true,
      true,
      false,
    ]);
    expect(breaker.admits).toBe(false);
    expect(breaker.tryAcquire()).toBeUndefined();
  });

  it('are not taken by a look', () => {
    const { breaker } = halfOpenBreaker();
    for (let i = 0; i < 10; i += 1) expect(breaker.admits).toBe(true);
    expect(breaker.allowRequest()).toBe(true);
  });

  it('when full say when the earliest probe times out', () => {
    const { breaker, clock } = halfOpenBreaker(twoProbes);
    breaker.allowRequest();
    clock.increment(10 * SECOND);
    expect(breaker.retryAfterMs).toBe(0);
    breaker.allowRequest();
    expect(breaker.retryAfterMs).toBe(20 * SECOND);
  });

  it.each(['cancelled', 'storageFatal'] as const)('are freed without a verdict by %s', (end) => {
    const { breaker, clock } = halfOpenBreaker();
    acquire(breaker).success();
    const permit = acquire(breaker);
    expect(breaker.admits).toBe(false);
    permit[end]();
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 1, admits: true });
    expect(clock.pending).toEqual([]);
  });

  it.each(['recordCancelled', 'recordStorageFatal', 'recordSuccess'] as const)(
    'that were taken by allowRequest are freed by %s, the oldest first',
    (record) => {
      const { breaker, clock } = halfOpenBreaker({ policy: { halfOpenMaxProbes: 2, successThreshold: 9 } });
      breaker.allowRequest();
      clock.increment(5 * SECOND);
      breaker.allowRequest();
      breaker[record]();
      breaker.allowRequest();
      expect(breaker.retryAfterMs).toBe(30 * SECOND);
    },
  );

  it('of a permit are not freed by a bare outcome', () => {
    const { breaker } = halfOpenBreaker();
    acquire(breaker);
    breaker.recordCancelled();
    expect(breaker.admits).toBe(false);
  });

  it('never go below none', () => {
    const { breaker } = halfOpenBreaker();
    breaker.recordCancelled();
    breaker.recordCancelled();
    expect(breaker.actor.getSnapshot().context.probesInFlight).toBe(0);
    expect([breaker.allowRequest(), breaker.allowRequest()]).toEqual([true, false]);
  });

  it('of a permit are freed once, whatever is called later', () => {
    const { breaker } = halfOpenBreaker();
    const permit = acquire(breaker);
    permit.cancelled();
    acquire(breaker);
    for (const end of ['success', 'failure', 'cancelled', 'storageFatal'] as const) permit[end]();
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 0, admits: false });
  });

  it('have ids that no two permits share', () => {
    const ids = new Set<string>();
    for (const { breaker } of [halfOpenBreaker(), newBreaker(), newBreaker()]) ids.add(acquire(breaker).id);
    expect(ids.size).toBe(3);
  });

  it('admit exactly halfOpenMaxProbes of 1,000 callers at once', async () => {
    const { breaker } = halfOpenBreaker({ policy: { halfOpenMaxProbes: 3 } });
    const work = Promise.withResolvers<void>();
    let runs = 0;
    const calls = Array.from({ length: 1_000 }, () =>
      breaker.execute(() => {
        runs += 1;
        return work.promise;
      }),
    );
    expect(runs).toBe(3);
    work.resolve();
    const results = await Promise.allSettled(calls);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(runs).toBe(3);
  });
});

for (const [timers, create] of [
  ['that fire', newBreaker],
  ['that never fire', newStarvedBreaker],
] as const) {
  describe(`a probe that nobody settles, with timers ${timers}`, () => {
    const halfOpen = (options = {}) => {
      const watched = create(options);
      open(watched.breaker);
      watched.clock.increment(MINUTE);
      return watched;
    };

    it('opens again exactly after probeTimeoutMs', () => {
      const { breaker, clock, changes } = halfOpen();
      expect(breaker.allowRequest()).toBe(true);
      clock.increment(30 * SECOND - 1);
      expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', retryAfterMs: 1 });
      clock.increment(1);
      expect(look(breaker)).toMatchObject({ state: 'OPEN', generation: 3, retryAfterMs: MINUTE });
      expect(changes.at(-1)).toMatchObject({ from: 'HALF_OPEN', to: 'OPEN', reason: 'probeTimedOut' });
    });

    it('opens again even when it is one of several, and takes the others with it', () => {
      const { breaker, clock } = halfOpen(twoProbes);
      breaker.allowRequest();
      clock.increment(10 * SECOND);
      acquire(breaker).success();
      const late = acquire(breaker);
      clock.increment(20 * SECOND);
      expect(breaker.state).toBe('OPEN');
      clock.increment(MINUTE);
      expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', admits: true });
      late.success();
      expect(breaker.successes).toBe(0);
    });

    it('has taken the successes with it, for whoever reads them first', () => {
      const { breaker, clock } = halfOpen();
      acquire(breaker).success();
      breaker.allowRequest();
      clock.increment(30 * SECOND);
      expect(breaker.successes).toBe(0);
    });

    it('lets the whole cycle go on, in the order of its due times', () => {
      const { breaker, clock, changes } = halfOpen();
      breaker.allowRequest();
      clock.increment(30 * SECOND + MINUTE);
      expect(breaker.state).toBe('HALF_OPEN');
      expect(changes.map(({ to }) => to)).toEqual(['OPEN', 'HALF_OPEN', 'OPEN', 'HALF_OPEN']);
    });
  });
}

it('a probe that is settled in time has no time-out any more', () => {
  const { breaker, clock } = halfOpenBreaker();
  acquire(breaker).success();
  clock.increment(HOUR);
  expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 1 });
});

describe('an outcome of an earlier era', () => {
  it.each(['success', 'failure', 'cancelled', 'storageFatal'] as const)(
    'changes nothing in HALF_OPEN: %s of a call admitted in CLOSED',
    (end) => {
      const { breaker, clock } = newBreaker();
      const early = acquire(breaker);
      open(breaker);
      clock.increment(MINUTE);
      const probe = acquire(breaker);
      early[end]();
      expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 0, admits: false });
      probe.success();
      expect(breaker.successes).toBe(1);
    },
  );

  it('changes nothing in a later CLOSED', () => {
    const { breaker } = newBreaker({ policy: { failureThreshold: 1 } });
    const early = acquire(breaker);
    breaker.isolate();
    breaker.reset();
    early.failure();
    expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 0 });
  });

  it('changes nothing in a later HALF_OPEN: a probe of the one before', () => {
    const { breaker, clock } = halfOpenBreaker(twoProbes);
    const early = [acquire(breaker), acquire(breaker)] as const;
    failure(early[0]);
    clock.increment(MINUTE);
    failure(early[1]);
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', admits: true });
  });

  it('through execute changes nothing either', async () => {
    const { breaker, clock } = newBreaker();
    const work = Promise.withResolvers<void>();
    const calls = [breaker.execute(() => work.promise), breaker.execute(() => work.promise)];
    open(breaker);
    clock.increment(MINUTE);
    work.resolve();
    await Promise.all(calls);
    expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 0 });
  });
});
