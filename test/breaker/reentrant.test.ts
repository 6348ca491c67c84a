import { describe, expect, it } from 'vitest';
import type { CircuitBreaker, CircuitState } from '../../src/index.ts';
import {
  acquire,
  fail,
  halfOpenBreaker,
  look,
  MINUTE,
  newBreaker,
  newStarvedBreaker,
  open,
  openBreaker,
} from '../support/breaker.ts';

/** Does something, once, when the breaker comes to a state. */
function onceIn(breaker: CircuitBreaker, state: CircuitState, act: () => void): void {
  const off = breaker.on('stateChange', ({ to }) => {
    if (to !== state) return;
    off();
    act();
  });
}

describe('a listener that resets the breaker as it opens', () => {
  const waysToOpen = {
    'a facade call': (breaker: CircuitBreaker) => fail(breaker),
    'a failing call': (breaker: CircuitBreaker) => acquire(breaker).failure(),
    'an event to its actor': (breaker: CircuitBreaker) => breaker.actor.send({ type: 'FAILURE' }),
  };

  for (const [cause, act] of Object.entries(waysToOpen)) {
    it(`is heard when ${cause} opened it`, () => {
      const { breaker, changes, clock } = newBreaker({ policy: { failureThreshold: 1 } });
      onceIn(breaker, 'OPEN', () => breaker.reset('at once'));
      act(breaker);
      expect(look(breaker)).toMatchObject({ state: 'CLOSED', failures: 0, generation: 2, admits: true });
      expect(changes.map(({ from, to }) => `${from} ${to}`)).toEqual(['CLOSED OPEN', 'OPEN CLOSED']);
      expect(clock.pending).toEqual([]);
    });
  }

  it('is heard when a probe that timed out opened it', () => {
    for (const { breaker, clock, changes } of [halfOpenBreaker(), starvedInHalfOpen()]) {
      breaker.allowRequest();
      onceIn(breaker, 'OPEN', () => breaker.reset());
      clock.increment(30_000);
      expect(look(breaker)).toMatchObject({ state: 'CLOSED', generation: 4 });
      expect(changes).toHaveLength(4);
    }
  });
});

function starvedInHalfOpen() {
  const watched = newStarvedBreaker();
  open(watched.breaker);
  watched.clock.increment(MINUTE);
  expect(watched.breaker.state).toBe('HALF_OPEN');
  return watched;
}

describe('a listener that probes as it becomes HALF_OPEN', () => {
  for (const [timers, create] of [
    ['that fire', newBreaker],
    ['that never fire', newStarvedBreaker],
  ] as const) {
    it(`is admitted, and nobody else, with timers ${timers}`, () => {
      const { breaker, clock } = create();
      const answers: boolean[] = [];
      onceIn(breaker, 'HALF_OPEN', () => answers.push(breaker.allowRequest(), breaker.allowRequest()));
      open(breaker);
      clock.increment(MINUTE);
      expect(breaker.allowRequest()).toBe(false);
      expect(answers).toEqual([true, false]);
    });

    it(`can settle at once, with timers ${timers}`, () => {
      const { breaker, clock, changes } = create();
      breaker.on('stateChange', ({ to }) => {
        if (to !== 'HALF_OPEN') return;
        acquire(breaker).success();
        acquire(breaker).success();
      });
      open(breaker);
      clock.increment(MINUTE);
      expect(look(breaker)).toMatchObject({ state: 'CLOSED', generation: 3 });
      expect(changes.map(({ to }) => to)).toEqual(['OPEN', 'HALF_OPEN', 'CLOSED']);
    });
  }

  it('with execute calls its function at once', async () => {
    const { breaker, clock } = openBreaker();
    const calls: Promise<string>[] = [];
    onceIn(breaker, 'HALF_OPEN', () => calls.push(breaker.execute(() => 'fine')));
    clock.increment(MINUTE);
    expect(await Promise.all(calls)).toEqual(['fine']);
    expect(breaker.successes).toBe(1);
  });
});

describe('who asks while the actor is within an event', () => {
  /** Asks five times, from inside the event that made the breaker HALF_OPEN. */
  const askers = {
    'as its subscriber': (breaker: CircuitBreaker, ask: () => void) => breaker.actor.subscribe(ask),
    'as a subscriber to what it emits': (breaker: CircuitBreaker, ask: () => void) =>
      breaker.actor.on('*', ask),
    'as its inspector': (breaker: CircuitBreaker, ask: () => void) => breaker.actor.system.inspect(ask),
  };

  for (const [how, attach] of Object.entries(askers)) {
    it(`${how} is never admitted without a slot`, () => {
      const { breaker, clock } = openBreaker({ policy: { halfOpenMaxProbes: 2 } });
      let admitted = 0;
      let asked = 0;
      let isAsking = false;
      attach(breaker, () => {
        if (isAsking || breaker.state !== 'HALF_OPEN') return;
        isAsking = true;
        for (let i = 0; i < 5; i += 1) {
          if (breaker.allowRequest()) admitted += 1;
          if (breaker.tryAcquire() !== undefined) admitted += 1;
          asked += 2;
        }
        isAsking = false;
      });
      clock.increment(MINUTE);
      expect(breaker.state).toBe('HALF_OPEN');
      expect(admitted).toBe(breaker.actor.getSnapshot().context.probesInFlight);
      if (how === 'as its subscriber') expect(asked).toBeGreaterThan(0);
      expect(breaker.admits).toBe(admitted < 2);
    });
  }
});

describe('a listener that stops the breaker', () => {
  const causes = {
    'a facade call': (breaker: CircuitBreaker) => breaker.reset(),
    'an event to its actor': (breaker: CircuitBreaker) => breaker.actor.send({ type: 'RESET' }),
  };

  for (const [cause, act] of Object.entries(causes)) {
    it(`is refused from then on, when ${cause} changed the state`, () => {
      const { breaker, clock } = openBreaker();
      const answers: boolean[] = [];
      onceIn(breaker, 'CLOSED', () => {
        breaker.stop();
        answers.push(breaker.admits, breaker.allowRequest());
      });
      act(breaker);
      expect(answers).toEqual([false, false]);
      expect(breaker.allowRequest()).toBe(false);
      expect(clock.pending).toEqual([]);
    });
  }
});

it('listeners that call back are told of changes in their order, never within one another', () => {
  const { breaker } = newBreaker();
  const told: string[] = [];
  breaker.on('stateChange', ({ to }) => {
    told.push(`first hears ${to}`);
    if (to === 'ISOLATED') breaker.reset();
  });
  breaker.on('stateChange', ({ to }) => told.push(`second hears ${to}`));
  breaker.isolate();
  expect(told).toEqual([
    'first hears ISOLATED',
    'second hears ISOLATED',
    'first hears CLOSED',
    'second hears CLOSED',
  ]);
});

it.each(['allowRequest', 'tryAcquire'] as const)(
  'a request is admitted although a subscriber takes the next slot in the same breath: %s',
  (ask) => {
    const { breaker } = halfOpenBreaker({ policy: { halfOpenMaxProbes: 2 } });
    const { unsubscribe } = breaker.actor.subscribe(() => {
      unsubscribe();
      breaker.actor.send({ type: 'PERMIT', id: 'theirs' });
    });
    expect(breaker[ask]()).toBeTruthy();
    expect(breaker.actor.getSnapshot().context.probesInFlight).toBe(2);
    expect(breaker[ask]()).toBeFalsy();
  },
);
