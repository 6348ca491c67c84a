import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { CircuitBreaker } from '../../src/index.ts';
import { BELL, viewsOf } from '../../src/threads/shared-memory.ts';
import { MINUTE, open } from '../support/breaker.ts';
import { interruptedLater, killedAt } from './at-each-step.ts';
import { acquire, newShared } from './shared.ts';

/** The next change of state that its listeners are told, without anybody using the breaker. */
async function nextChange(breaker: CircuitBreaker): Promise<string> {
  const events = new EventEmitter();
  breaker.on('stateChange', ({ to }) => events.emit('change', to));
  const [to] = await once(events, 'change');
  return to;
}

it('an owner that does nothing hears what opens the breaker', async () => {
  const { breaker, attach } = newShared({ policy: { failureThreshold: 2 } });
  const change = nextChange(breaker);
  const thread = attach();
  thread.recordFailure();
  thread.recordFailure();
  expect(thread.state).toBe('CLOSED');
  expect(await change).toBe('OPEN');
  expect(thread.state).toBe('OPEN');
});

it('an owner that does nothing hears of a probe, so that its time-out runs', async () => {
  const { breaker, attach, wait } = newShared();
  open(breaker);
  wait(MINUTE);
  const heard = Promise.withResolvers<void>();
  breaker.actor.subscribe(({ context }) => {
    if (context.probesInFlight > 0) heard.resolve();
  });
  acquire(attach());
  await heard.promise;
  wait(30_000);
  expect(attach().state).toBe('OPEN');
});

it('the owner is woken once for many, and again for the next ones', async () => {
  const { breaker, attach } = newShared({ policy: { failureThreshold: 1_000 } });
  const thread = attach();
  const notify = vi.spyOn(Atomics, 'notify');
  for (const day of [1, 2, 3]) {
    const heard = Promise.withResolvers<void>();
    const subscription = breaker.actor.subscribe(({ context }) => {
      if (context.failures === day * 100) heard.resolve();
    });
    notify.mockClear();
    for (let n = 0; n < 100; n += 1) thread.recordFailure();
    expect(notify).toHaveBeenCalledTimes(1);
    await heard.promise;
    subscription.unsubscribe();
    await nextTurn();
  }
  notify.mockRestore();
});

/** When the chart counts so many failures, without anybody using the breaker. */
async function counted(breaker: CircuitBreaker, failures: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = breaker.actor.subscribe(({ context }) => {
    if (context.failures === failures) resolve();
  });
  await promise;
  subscription.unsubscribe();
}

it('the owner misses nothing that comes while it wakes, hears and lies down again, at whichever step', async () => {
  let steps = 0;
  for (let hasCome = true; hasCome; steps += hasCome ? 1 : 0) {
    const { breaker, attach } = newShared();
    const [first, second] = [attach(), attach()];
    first.recordFailure();
    let isSent = false;
    const bothCounted = counted(breaker, 2);
    hasCome = await interruptedLater(
      async () => {
        await counted(breaker, 1);
        // It lies down within this turn.
        await nextTurn();
      },
      steps + 1,
      () => {
        isSent = true;
        second.recordFailure();
      },
    );
    if (isSent) await bothCounted;
    breaker.stop();
  }
  expect(steps).toBeGreaterThan(10);
});

it('of a probe whose taker stopped for good the owner hears from the next one who is refused', async () => {
  for (const round of ['the first HALF_OPEN', 'a later one']) {
    const heard: string[] = [];
    for (let n = 1, hasCome = true; hasCome; n += 1) {
      const { breaker, attach, wait } = newShared();
      open(breaker);
      wait(MINUTE);
      if (round === 'a later one') {
        acquire(attach()).failure();
        expect(breaker.state).toBe('OPEN');
        // It wakes for the probe, and lies down again.
        for (let turn = 0; turn < 3; turn += 1) await nextTurn();
        wait(MINUTE);
      }
      const told = Promise.withResolvers<void>();
      breaker.actor.subscribe(({ context }) => {
        if (context.probesInFlight > 0) told.resolve();
      });
      hasCome = killedAt(n, () => attach().tryAcquire());
      const permit = attach().tryAcquire();
      if (permit === undefined) await told.promise;
      heard.push(permit === undefined ? 'told' : 'free');
      breaker.stop();
    }
    expect(heard.filter((end) => end === 'told').length).toBeGreaterThan(1);
    expect(heard.filter((end) => end === 'free').length).toBeGreaterThan(0);
  }
});

it('more than it deals with in a turn it hears in the next ones', async () => {
  const { breaker, attach } = newShared({ policy: { failureThreshold: 5_000 } });
  const thread = attach();
  const opened = nextChange(breaker);
  let turns = 0;
  for (let sent = 0; sent < 5_000; sent += 1_000) {
    for (let n = 0; n < 1_000; n += 1) thread.recordFailure();
    while (breaker.actor.getSnapshot().context.failures < sent + 1_000) {
      turns += 1;
      await nextTurn();
    }
  }
  expect(await opened).toBe('OPEN');
  expect(turns).toBeGreaterThan(0);
});

it('after the end nobody sleeps any more', async () => {
  const { breaker, handle } = newShared();
  breaker.stop();
  await nextTurn();
  const { words } = viewsOf(handle.buffer);
  expect(Atomics.notify(words, BELL)).toBe(0);
});
