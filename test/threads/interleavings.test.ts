import { describe, expect, it } from 'vitest';
import type { CircuitBreaker, Permit } from '../../src/index.ts';
import type { SharedBreaker } from '../../src/threads/index.ts';
import { OutcomeRing } from '../../src/threads/outcome-ring.ts';
import { viewsOf } from '../../src/threads/shared-memory.ts';
import { Slots } from '../../src/threads/slots.ts';
import { acquire as acquireHere, look, MINUTE, open, SECOND } from '../support/breaker.ts';
import { atEachStep, dyingAtEachStep, interrupted } from './at-each-step.ts';
import { acquire, newStarvedShared, openAndWait } from './shared.ts';

// Whatever one thread does, another one does something in the middle of it, at every place where that can be. Threads and
// owner are played by turns in this thread; the real clock stands still, and the owner's timers never fire.

type Shared = ReturnType<typeof newStarvedShared>;

/** Lets the owner hear everything: threads and chart agree then, and all slots that are free may be taken. */
function settle({ breaker, attach, handle }: Shared): void {
  const { state, generation, failures, successes } = breaker;
  const thread = attach();
  expect({ state, generation, failures, successes }).toEqual({
    state: thread.state,
    generation: thread.generation,
    failures: thread.failures,
    successes: thread.successes,
  });
  expect(thread.admits).toBe(breaker.admits);
  const { epoch, taken, limit } = new Slots(viewsOf(handle.buffer)).read();
  expect(epoch).toBe(generation - handle.baseGeneration);
  const { probesInFlight } = breaker.actor.getSnapshot().context;
  const isProbing = state === 'HALF_OPEN' && breaker.admits;
  expect(limit - taken).toBe(isProbing ? breaker.policy.halfOpenMaxProbes - probesInFlight : 0);
}

/** Both ways: each of two is once the one that is interrupted. */
function race<Of extends Shared>(
  newOne: () => Of,
  first: (shared: Of) => () => void,
  second: (shared: Of) => () => void,
  check: (shared: Of, step: number) => void,
): void {
  for (const [actOf, meanwhileOf] of [
    [first, second],
    [second, first],
  ] as const) {
    const steps = atEachStep(() => {
      const shared = newOne();
      return {
        act: actOf(shared),
        meanwhile: meanwhileOf(shared),
        check: (step) => {
          check(shared, step);
          settle(shared);
        },
      };
    });
    expect(steps).toBeGreaterThan(0);
  }
}

/** With what was admitted so far, by whomever. */
function counting(shared: Shared) {
  const permits: Permit[] = [];
  const take = (of: SharedBreaker | CircuitBreaker) => () => {
    const permit = of.tryAcquire();
    if (permit !== undefined) permits.push(permit);
  };
  return {
    ...shared,
    permits,
    thread: take(shared.attach()),
    other: take(shared.attach()),
    owner: take(shared.breaker),
  };
}

const halfOpen = (policy = {}) => {
  const shared = openAndWait(newStarvedShared({ policy }));
  expect(shared.breaker.state).toBe('HALF_OPEN');
  return shared;
};
/** Its time is over, of which nobody has heard. */
const overdue = (policy = {}) => openAndWait(newStarvedShared({ policy }));
const two = { halfOpenMaxProbes: 2, successThreshold: 5 };

describe.each([
  ['HALF_OPEN', halfOpen],
  ['an OPEN that is over', overdue],
])('of %s', (_, newOne) => {
  it.each([
    ['two threads', 'other'],
    ['a thread and the owner', 'owner'],
  ] as const)('%s take one probe: one has it', (_who, second) => {
    race(
      () => counting(newOne()),
      (shared) => shared.thread,
      (shared) => shared[second],
      ({ permits, breaker }) => {
        expect(permits).toHaveLength(1);
        expect([breaker.state, breaker.generation, breaker.admits]).toEqual(['HALF_OPEN', 2, false]);
        permits[0]?.cancelled();
        expect(breaker.admits).toBe(true);
      },
    );
  });

  it.each(['other', 'owner'] as const)('a thread and %s take two probes: each has one', (second) => {
    race(
      () => counting(newOne(two)),
      (shared) => shared.thread,
      (shared) => shared[second],
      ({ permits, breaker }) => {
        expect(new Set(permits.map(({ id }) => id)).size).toBe(2);
        expect(breaker.admits).toBe(false);
        for (const permit of permits) permit.success();
        expect(look(breaker)).toMatchObject({ successes: 2, admits: true });
      },
    );
  });

  it('a thread takes two, the owner asks for more than one: never more than there are', () => {
    race(
      () => counting(newOne(two)),
      ({ thread }) =>
        () => [thread(), thread()],
      ({ owner }) =>
        () => [owner(), owner()],
      ({ permits }) => expect(permits).toHaveLength(2),
    );
  });

  it.each([
    ['isolates', 'ISOLATED', (breaker: CircuitBreaker) => breaker.isolate()],
    ['resets', 'CLOSED', (breaker: CircuitBreaker) => breaker.reset()],
    ['isolates past the facade', 'ISOLATED', ({ actor }: CircuitBreaker) => actor.send({ type: 'ISOLATE' })],
    ['resets past the facade', 'CLOSED', ({ actor }: CircuitBreaker) => actor.send({ type: 'RESET' })],
  ])('a thread takes a probe while somebody %s: its failure counts nothing', (_how, after, operate) => {
    race(
      () => counting(newOne()),
      (shared) => shared.thread,
      ({ breaker }) =>
        () =>
          operate(breaker),
      (shared) => {
        const { permits, breaker, handle } = shared;
        settle(shared);
        const { state, generation, failures } = breaker;
        expect(state).toBe(after);
        const probes = permits.filter(({ id }) => id.startsWith(handle.id));
        for (const probe of probes) probe.failure();
        expect(look(breaker)).toMatchObject({ state, generation, failures });
      },
    );
  });

  it('a thread takes a probe while the breaker is stopped', () => {
    race(
      () => counting(newOne()),
      (shared) => shared.thread,
      ({ breaker }) =>
        () =>
          breaker.stop(),
      ({ attach, permits }) => {
        for (const permit of permits) permit.success();
        expect([attach().admits, attach().allowRequest(), attach().retryAfterMs]).toEqual([
          false,
          false,
          Number.POSITIVE_INFINITY,
        ]);
      },
    );
  });
});

it.each([
  ['a thread, a thread, the owner', ['thread', 'other', 'owner']],
  ['a thread, the owner, a thread', ['thread', 'owner', 'other']],
  ['the owner, a thread, a thread', ['owner', 'thread', 'other']],
] as const)(
  'of an OPEN that is over three take one probe, one within the other: %s',
  (_, [first, second, third]) => {
    for (let step = 1, hasCome = true; hasCome; step += 1) {
      hasCome = false;
      atEachStep(() => {
        const shared = counting(overdue());
        return {
          act: shared[first],
          meanwhile: () => {
            hasCome = interrupted(shared[second], step, shared[third]) || hasCome;
          },
          check: () => {
            expect(shared.permits).toHaveLength(1);
            settle(shared);
          },
        };
      });
    }
  },
);

describe('what threads report', () => {
  const closed = (policy = {}) => {
    const shared = newStarvedShared({ policy });
    return { ...shared, thread: shared.attach(), other: shared.attach() };
  };

  it('while the owner looks counts once', () => {
    race(
      closed,
      ({ thread }) =>
        () =>
          thread.recordFailure(),
      ({ breaker }) =>
        () =>
          breaker.failures,
      ({ breaker }) => expect(breaker.failures).toBe(1),
    );
  });

  it('while another thread reports, too', () => {
    race(
      closed,
      ({ thread }) =>
        () =>
          thread.recordFailure(),
      ({ other }) =>
        () =>
          other.recordFailure(),
      ({ breaker }) => expect(breaker.failures).toBe(2),
    );
  });

  it('counts in its order: a success clears the failure before it, wherever the owner is', () => {
    race(
      closed,
      ({ thread }) =>
        () => [thread.recordFailure(), thread.recordSuccess()],
      ({ breaker }) =>
        () =>
          breaker.failures,
      ({ breaker }) => expect(breaker.failures).toBe(0),
    );
  });

  it('clears a failure that the owner is about to count', () => {
    race(
      () => {
        const shared = closed();
        shared.thread.recordFailure();
        return shared;
      },
      ({ breaker }) =>
        () =>
          breaker.failures,
      ({ other }) =>
        () =>
          other.recordSuccess(),
      ({ breaker }) => expect(breaker.failures).toBe(0),
    );
  });

  it('within an event of the actor waits for its end', () => {
    const { breaker, thread } = closed();
    thread.recordFailure();
    const subscription = breaker.actor.subscribe(() => {
      subscription.unsubscribe();
      expect(breaker.admits).toBe(true);
      thread.recordSuccess();
    });
    breaker.actor.send({ type: 'CANCELLED' });
    expect(breaker.failures).toBe(0);
  });

  it('counts in its order: a failure counts after the success before it', () => {
    race(
      closed,
      ({ thread }) =>
        () => [thread.recordFailure(), thread.recordSuccess(), thread.recordFailure()],
      ({ breaker, other }) =>
        () => [breaker.failures, other.recordSuccess()],
      ({ breaker }) => expect([0, 1]).toContain(breaker.failures),
    );
  });

  it('opens it once, with a failure more or less at the same time', () => {
    race(
      () => closed({ failureThreshold: 2 }),
      ({ thread }) =>
        () => [thread.recordFailure(), thread.recordFailure()],
      ({ breaker }) =>
        () => [breaker.recordFailure(), breaker.recordFailure()],
      ({ breaker }) => expect(look(breaker)).toMatchObject({ state: 'OPEN', generation: 1, failures: 2 }),
    );
  });

  it.each(['success', 'failure', 'cancelled'] as const)('of a probe, %s, has its effect', (end) => {
    race(
      () => {
        const shared = halfOpen(two);
        return { ...shared, permit: acquire(shared.attach()), thread: shared.attach() };
      },
      ({ permit }) => permit[end],
      ({ breaker, thread }) =>
        () => [breaker.admits, thread.allowRequest(), breaker.admits],
      ({ breaker }) => {
        const effects = { success: ['HALF_OPEN', 1], failure: ['OPEN', 0], cancelled: ['HALF_OPEN', 0] };
        expect([breaker.state, breaker.successes]).toEqual(effects[end]);
      },
    );
  });

  it('of an era that ends meanwhile counts nothing in the next', () => {
    race(
      closed,
      ({ thread }) =>
        () =>
          thread.recordFailure(),
      ({ breaker }) =>
        () => [breaker.isolate(), breaker.reset()],
      ({ breaker }) => expect(breaker.generation).toBe(2),
    );
  });
});

describe('a probe that begins and ends while the owner is hearing others', () => {
  it('has its effect', () => {
    race(
      () => {
        const shared = halfOpen(two);
        acquire(shared.attach()).cancelled();
        return { ...shared, thread: shared.attach() };
      },
      ({ breaker }) =>
        () =>
          breaker.admits,
      ({ thread }) =>
        () =>
          acquire(thread).success(),
      ({ breaker }) => {
        expect(look(breaker)).toMatchObject({ successes: 1 });
        expect(breaker.actor.getSnapshot().context.probesInFlight).toBe(0);
      },
    );
  });

  it('finds the slot that is left', () => {
    race(
      () => {
        const shared = halfOpen(two);
        acquire(shared.attach());
        return shared;
      },
      ({ breaker }) =>
        () =>
          breaker.admits,
      ({ attach }) => {
        const thread = attach();
        return () => acquire(thread);
      },
      ({ breaker }) => expect(breaker.admits).toBe(false),
    );
  });

  it('has its effect even if it is one of a HALF_OPEN to which the owner has not come', () => {
    const ends = new Set<string>();
    race(
      () => {
        const shared = newStarvedShared({
          policy: { failureThreshold: 1, openTimeoutMs: 1, failureWindowMs: 9 },
        });
        shared.attach().recordFailure();
        return counting(shared);
      },
      ({ breaker }) =>
        () =>
          breaker.failures,
      ({ thread, wait, permits }) =>
        () => {
          wait(2);
          thread();
          permits[0]?.success();
        },
      ({ breaker, handle, permits: [permit] }) => {
        const isProbe = permit?.id.startsWith(handle.id);
        ends.add(permit === undefined ? 'refused' : isProbe ? 'probe' : 'call');
        if (isProbe) expect(look(breaker)).toMatchObject({ state: 'HALF_OPEN', successes: 1 });
      },
    );
    expect(ends).toEqual(new Set(['probe', 'call', 'refused']));
  });
});

describe('a slot that becomes free', () => {
  it('is taken once, by whomever', () => {
    race(
      () => {
        const shared = halfOpen();
        const permit = acquireHere(shared.breaker);
        return { ...counting(shared), permit };
      },
      ({ permit }) => permit.cancelled,
      ({ thread, other }) =>
        () => [thread(), other()],
      ({ permits, thread, other, owner }) => {
        expect(permits.length).toBeLessThanOrEqual(1);
        for (const take of [thread, other, owner]) take();
        expect(permits).toHaveLength(1);
      },
    );
  });
});

it('an outcome of a HALF_OPEN that a thread began, and the chart never saw, is dropped', () => {
  for (const end of ['failure', 'success'] as const) {
    const shared = overdue({ failureThreshold: 2 });
    const { breaker, attach } = shared;
    acquire(attach())[end]();
    // Past the facade, which would have let the time come first.
    breaker.actor.send({ type: 'RESET' });
    breaker.actor.send({ type: 'FAILURE' });
    expect(look(breaker)).toMatchObject({ state: 'CLOSED', generation: 2, failures: 1 });
    settle(shared);
  }
});

it('nothing is sent of an era that is over', () => {
  const { breaker, attach, handle } = halfOpen(two);
  const thread = attach();
  const permit = acquire(thread);
  thread.allowRequest();
  expect(breaker.admits).toBe(false);
  breaker.reset();
  permit.failure();
  thread.recordSuccess();
  expect(new OutcomeRing(viewsOf(handle.buffer)).peek()).toBeUndefined();
});

describe('a thread that stops for good', () => {
  it.each([
    ['in HALF_OPEN', halfOpen],
    ['in an OPEN that is over', overdue],
  ])('%s, at any step of taking a probe: there is one for another, or its time-out opens', (_, newOne) => {
    const ends: string[] = [];
    const steps = dyingAtEachStep(() => {
      const shared = newOne();
      const dying = shared.attach();
      return {
        act: () => dying.tryAcquire(),
        check: () => {
          const { breaker, attach, wait } = shared;
          // Nobody but the next one who asks tells the owner.
          const permit = attach().tryAcquire();
          ends.push(permit === undefined ? 'taken' : 'free');
          settle(shared);
          if (permit === undefined) {
            wait(breaker.policy.probeTimeoutMs);
            expect(look(breaker)).toMatchObject({ state: 'OPEN', retryAfterMs: MINUTE });
            wait(MINUTE);
          } else {
            permit.cancelled();
          }
          settle(shared);
          const next = acquire(attach());
          next.success();
          expect(breaker.successes).toBe(1);
          settle(shared);
        },
      };
    });
    expect(ends).toHaveLength(steps);
    expect(new Set(ends)).toEqual(new Set(['free', 'taken']));
  });

  it('at any step of reporting has reported, or not; all others go on', () => {
    dyingAtEachStep(() => {
      const shared = newStarvedShared();
      const dying = shared.attach();
      return {
        act: () => dying.recordFailure(),
        check: () => {
          shared.attach().recordFailure();
          expect([1, 2]).toContain(shared.breaker.failures);
          settle(shared);
        },
      };
    });
  });

  it('with a probe whose outcome it was about to report', () => {
    const states: string[] = [];
    dyingAtEachStep(() => {
      const shared = halfOpen();
      const permit = acquire(shared.attach());
      settle(shared);
      return {
        act: () => permit.failure(),
        check: () => {
          shared.wait(29 * SECOND);
          states.push(shared.breaker.state);
          shared.wait(SECOND);
          expect(shared.breaker.state).toBe('OPEN');
        },
      };
    });
    expect(new Set(states)).toEqual(new Set(['HALF_OPEN', 'OPEN']));
  });
});

it('actors of the owner that ask by message, all at once, find the slots that threads took taken', () => {
  const shared = overdue();
  const { breaker, attach } = shared;
  breaker.actor.subscribe(({ value, context }) => {
    if (value !== 'HALF_OPEN' || context.probesInFlight > 0) return;
    breaker.actor.send({ type: 'PERMIT', id: 'first' });
    breaker.actor.send({ type: 'PERMIT', id: 'second' });
  });
  const permit = acquire(attach());
  expect(breaker.admits).toBe(false);
  expect(breaker.actor.getSnapshot().context.probes.map(({ id }) => id)).toEqual([permit.id]);
  settle(shared);
});

it('actors of the owner and threads together take no more than there are, however they come', () => {
  race(
    () => halfOpen(two),
    ({ attach }) => {
      const thread = attach();
      return () => thread.allowRequest();
    },
    ({ breaker }) =>
      () => {
        breaker.actor.send({ type: 'PERMIT', id: 'first' });
        breaker.actor.send({ type: 'PERMIT', id: 'second' });
      },
    ({ breaker }) => {
      expect(breaker.admits).toBe(false);
      expect(breaker.actor.getSnapshot().context.probesInFlight).toBe(2);
    },
  );
});

it('a breaker that opens while a thread reports is open for it', () => {
  race(
    () => newStarvedShared({ policy: { failureThreshold: 1 } }),
    ({ attach }) => {
      const thread = attach();
      return () => thread.recordFailure();
    },
    ({ breaker }) =>
      () =>
        open(breaker),
    ({ attach, breaker }) => {
      expect([breaker.state, breaker.generation, attach().state]).toEqual(['OPEN', 1, 'OPEN']);
    },
  );
});
