import { expect, it } from 'vitest';
import { viewOf } from '../paths/faked-breaker.ts';
import { PuppetExecutor } from '../support/puppet-executor.ts';

// The settings of the paths: a lease of 60 s, a tick each second.

it('renews its lease at each third of the time that it lasts, within the tick', () => {
  const executor = new PuppetExecutor();
  executor.actor.send({ type: 'TICK' });
  executor.begin(viewOf(1));
  executor.clock.increment(19_999);
  expect(executor.isAsked('renewLease')).toBe(false);
  executor.clock.increment(1);
  expect(executor.isAsked('renewLease')).toBe(true);

  executor.answer('renewLease', { owner: 'me', fence: 1 });
  executor.clock.increment(19_999);
  expect(executor.isAsked('renewLease')).toBe(false);
  executor.clock.increment(1);
  expect(executor.isAsked('renewLease')).toBe(true);
});

it('begins the next tick exactly when the pause is over', () => {
  const executor = new PuppetExecutor();
  executor.actor.send({ type: 'START' });
  executor.begin(viewOf(1));
  executor.answer('loadInFlight', []);
  executor.answer('loadReady', { rows: [], nextNonce: 0, error: undefined });
  executor.clock.increment(999);
  expect(executor.actor.getSnapshot().value).toBe('waiting');
  executor.clock.increment(1);
  expect(executor.isAsked('acquireLease')).toBe(true);
});
