import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createActor, createMachine, fromPromise, SimulatedClock } from 'xstate';
import { circuitBreakerMachine } from '../../../machines/index.ts';
import { createCircuitBreaker } from '../../../src/index.ts';
import { bridged, lampMachine, textsOf } from './support.ts';

/** XState 4 warns of what its own definitions hold, in the receiver. */
beforeAll(() => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  return () => warn.mockRestore();
});

describe('a tool of @xstate/inspect', () => {
  test('receives register, event, state and stop of an actor of XState 5', async () => {
    const { lamp, receive } = await bridged();
    const actor = lamp('hall');
    const tool = receive();
    await tool.untilRegistered('hall');
    actor.send({ type: 'SWITCH', by: 'me' });
    actor.send({ type: 'SWITCH' });
    actor.stop();
    await tool.until(() => tool.received.at(-1)?.type === 'service.stop');
    expect(textsOf(tool.received)).toEqual([
      'register "off"',
      'event SWITCH',
      'state "on"',
      'event SWITCH',
      'state "off"',
      'stop',
    ]);
    const [registered, event, state] = tool.received;
    expect(registered?.machine?.stateIds).toEqual(['lamp', 'lamp.off', 'lamp.on', 'lamp.broken']);
    expect(event?.event).toMatchObject({ name: 'SWITCH', data: { type: 'SWITCH', by: 'me' } });
    expect(state?.state).toMatchObject({ value: 'on', context: { switched: 1 } });
    expect(state?.state?.actions).toEqual([{ type: 'count' }]);
  });

  test('is told of an actor that starts later, with its first event, and of its end in a final state', async () => {
    const { lamp, receive } = await bridged();
    lamp('hall');
    const tool = receive();
    await tool.untilRegistered('hall');
    const actor = lamp('cellar');
    actor.send({ type: 'SWITCH' });
    actor.send({ type: 'BREAK' });
    await tool.until(() => tool.received.at(-1)?.type === 'service.stop');
    expect(textsOf(tool.of('cellar'))).toEqual([
      'register "off"',
      'event xstate.init',
      'event SWITCH',
      'state "on"',
      'event BREAK',
      'state "broken"',
      'stop',
    ]);
    expect(tool.of('cellar').at(-2)?.state?.done).toBe(true);
  });

  test('that comes late is told how everything is now, and the others are not told again', async () => {
    const { lamp, receive, bridge } = await bridged();
    const actor = lamp('hall');
    const early = receive();
    await early.untilRegistered('hall');
    actor.send({ type: 'SWITCH' });
    await early.until(() => early.valueOf('hall') === 'on');
    const late = receive();
    await late.untilRegistered('hall');
    expect(bridge.clients).toBe(2);
    expect(late.valueOf('hall')).toBe('on');
    actor.send({ type: 'SWITCH' });
    await late.until(() => late.valueOf('hall') === 'off');
    await early.until(() => early.valueOf('hall') === 'off');
    expect(textsOf(late.received)).toEqual(['register "on"', 'event SWITCH', 'state "off"']);
    expect(early.received.filter(({ type }) => type === 'service.register')).toHaveLength(1);
  });

  test('is told who started whom, through actors that run no machine', async () => {
    const { inspector, receive } = await bridged();
    const child = createMachine({ id: 'child', initial: 'a', states: { a: {} } });
    const parent = createMachine({
      id: 'parent',
      invoke: [{ src: child, id: 'kid' }, { src: fromPromise(() => new Promise(() => {})) }],
    });
    createActor(parent, { id: 'house', inspect: inspector.inspect }).start();
    const tool = receive();
    const { sessionId } = await tool.untilRegistered('house');
    const kid = await tool.untilRegistered('kid');
    expect(kid.parent).toBe(sessionId);
    expect(tool.registered('house')?.parent).toBeUndefined();
    expect(tool.received.filter(({ type }) => type === 'service.register')).toHaveLength(2);
  });

  test('hears of timers and of the ends of actors by their names in XState 4', async () => {
    const { inspector, receive } = await bridged();
    const clock = new SimulatedClock();
    const lamp = createActor(lampMachine, { id: 'hall', clock, inspect: inspector.inspect }).start();
    const job = createMachine({
      id: 'job',
      initial: 'working',
      states: {
        working: { invoke: { id: 'work', src: fromPromise(async () => 'done'), onDone: 'over' } },
        over: {},
      },
    });
    const tool = receive();
    await tool.untilRegistered('hall');
    createActor(job, { id: 'job 1', inspect: inspector.inspect }).start();
    lamp.send({ type: 'SWITCH' });
    clock.increment(60_000);
    await tool.until(() => tool.valueOf('hall') === 'broken' && tool.valueOf('job 1') === 'over');
    expect(textsOf(tool.of('hall'))).toContain('event xstate.after(60000)#lamp.on');
    expect(textsOf(tool.of('job 1'))).toContain('event done.invoke.work');
    // What a tool makes of it: the machine that it was sent has that very transition.
    const on = tool.registered('hall')?.machine?.getStateNodeById('lamp.on');
    expect(on?.ownEvents).toContain('xstate.after(60000)#lamp.on');
  });

  test('is told of an event that came to nothing, and of nothing that a dead actor was sent', async () => {
    const { lamp, receive } = await bridged();
    const actor = lamp('hall');
    const tool = receive();
    await tool.untilRegistered('hall');
    actor.send({ type: 'BREAK' });
    actor.send({ type: 'SWITCH' });
    actor.stop();
    actor.send({ type: 'SWITCH' });
    await tool.until(() => tool.received.at(-1)?.type === 'service.stop');
    const [, ignored, ignoredState] = tool.received;
    expect(ignored?.event?.name).toBe('BREAK');
    expect(ignoredState?.state).toMatchObject({ value: 'off', actions: [] });
    expect(textsOf(tool.received).filter((text) => text === 'event SWITCH')).toHaveLength(1);
  });

  test('sees of contexts and events what the allow-lists name, whatever it asks', async () => {
    const { lamp, open } = await bridged();
    const actor = lamp('hall');
    const tool = open();
    await tool.opened;
    tool.send('{"type":"xstate.inspecting"}');
    actor.send({ type: 'SWITCH', by: 'me', pin: 'a-secret-pin' });
    await tool.until(() => tool.messages.some((text) => text.includes('service.state')));
    const all = tool.messages.join('\n');
    expect(all).toContain('switched');
    expect(all).not.toContain('secret');
  });

  test('watches a breaker open and come back', async () => {
    const { inspector, receive } = await bridged();
    const clock = new SimulatedClock();
    const breaker = createCircuitBreaker({ name: 'rates', clock, inspect: inspector.inspect });
    const tool = receive();
    await tool.untilRegistered('rates');
    for (let i = 0; i < 5; i += 1) breaker.recordFailure();
    clock.increment(60_000);
    await tool.until(() => tool.valueOf('rates') === 'HALF_OPEN');
    expect(textsOf(tool.of('rates')).slice(-4)).toEqual([
      'event FAILURE',
      'state "OPEN"',
      'event xstate.after(60000)#circuitBreaker.OPEN',
      'state "HALF_OPEN"',
    ]);
    expect(tool.registered('rates')?.machine?.stateIds).toEqual([
      'circuitBreaker',
      ...Object.keys(circuitBreakerMachine.states).map((key) => `circuitBreaker.${key}`),
    ]);
    breaker.stop();
  });

  test('costs nothing while none is connected, and what happened meanwhile is in the first picture', async () => {
    const { lamp, receive, inspector, bridge, open } = await bridged();
    const followed = vi.spyOn(inspector, 'follow');
    const actor = lamp('hall');
    actor.send({ type: 'SWITCH' });
    expect(followed).not.toHaveBeenCalled();
    const first = open();
    await first.opened;
    expect(followed).toHaveBeenCalledTimes(1);
    first.socket.close();
    await first.closed();
    await vi.waitFor(() => expect(bridge.clients).toBe(0));
    actor.send({ type: 'SWITCH' });
    const tool = receive();
    await tool.untilRegistered('hall');
    expect(followed).toHaveBeenCalledTimes(2);
    expect(textsOf(tool.received)).toEqual(['register "off"']);
  });
});

describe('the bridge', () => {
  test('leaves nothing where any interpreter of XState 4 would register itself', async () => {
    await bridged();
    expect(globalThis).not.toHaveProperty('__xstate__');
  });

  test('is one in a process, and another one may follow', async () => {
    const { bridge } = await bridged();
    await expect(bridged()).rejects.toThrow('@xstate/inspect can have one bridge in a process');
    bridge.stop();
    bridge.stop();
    const { lamp, receive } = await bridged();
    lamp('hall');
    const tool = receive();
    await tool.untilRegistered('hall');
    expect(textsOf(tool.received)).toEqual(['register "off"']);
  });

  test('reuses the names of services that ended', async () => {
    const { lamp, receive } = await bridged();
    lamp('first');
    const tool = receive();
    await tool.untilRegistered('first');
    for (let round = 0; round < 30; round += 1) {
      const brief = Array.from({ length: 100 }, (_, i) => lamp(`brief ${round}.${i}`));
      await tool.untilRegistered(`brief ${round}.99`);
      for (const actor of brief) actor.stop();
    }
    lamp('last');
    await tool.untilRegistered('last');
    const { sessionId = '' } = tool.registered('last') ?? {};
    expect(tool.received.filter(({ type }) => type === 'service.register').length).toBeGreaterThan(3_000);
    expect(Number(sessionId.slice(2))).toBeLessThan(2_000);
  });
});
