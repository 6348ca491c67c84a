import { describe, expect, it } from 'vitest';
import { createActor, fromTransition } from 'xstate';
import { executorGuards } from '../../machines/executor-guards.ts';
import type { BreakerView, ExecutorEvent } from '../../machines/index.ts';
import { rowOf } from '../paths/executor-events.ts';
import { PuppetExecutor } from '../support/puppet-executor.ts';

/** A breaker that notes when it is looked at and what it is told. */
function noted() {
  const log: string[] = [];
  const actor = createActor(
    fromTransition((none: null, { type }: { type: string }) => {
      log.push(type);
      return none;
    }, null),
  ).start();
  const breaker: BreakerView = {
    get state() {
      log.push('looked at');
      return 'CLOSED' as const;
    },
    admits: true,
    policy: { halfOpenMaxProbes: 1 },
    actor: actor as never,
  };
  return { log, breaker };
}

describe('an executor and its breaker', () => {
  it('looks at it before it tells it an outcome: what is due there by time happens first', () => {
    const { log, breaker } = noted();
    const executor = new PuppetExecutor();
    executor.actor.send({ type: 'TICK' });
    executor.settleOne(breaker);
    log.length = 0;
    executor.actor.send({ type: 'OUTCOME', id: 'a', outcome: { type: 'SUCCESS' } });
    expect(log).toEqual(['looked at', 'SUCCESS']);
  });

  it('without one is refused: nothing is signed or submitted', () => {
    const executor = new PuppetExecutor();
    const context = {
      ...executor.actor.getSnapshot().context,
      toSign: [rowOf('c')],
      toSubmit: [{ id: 'a', nonce: 3 }],
    };
    const event: ExecutorEvent = { type: 'TICK' };
    expect(executorGuards.canSign({ context: { ...context, toSubmit: [] }, event })).toBe(false);
    expect(executorGuards.canSubmit({ context, event })).toBe(false);
    expect(executorGuards.breakerRefuses({ context, event })).toBe(true);
  });
});

it('a FAULT that says nothing changes nothing', () => {
  const executor = new PuppetExecutor();
  executor.actor.send({ type: 'FAULT' } as ExecutorEvent);
  const { status, value, context } = executor.actor.getSnapshot();
  expect({ status, value, fault: context.fault }).toEqual({
    status: 'active',
    value: 'idle',
    fault: undefined,
  });
});
