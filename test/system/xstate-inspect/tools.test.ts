import { once } from 'node:events';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createActor, createMachine, fromPromise, SimulatedClock, sendTo } from 'xstate';
import { circuitBreakerMachine } from '../../../machines/index.ts';
import { createCircuitBreaker } from '../../../src/index.ts';
import { bridged, handshake, lampMachine, textsOf } from './support.ts';

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
    expect(state?.state).toMatchObject({ value: 'on', context: { switched: 1, note: '' } });
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

  test('is told who started whom, and who sent what', async () => {
    const { inspector, receive } = await bridged();
    const child = createMachine({ id: 'child', initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } });
    const parent = createMachine({
      id: 'parent',
      on: { SEND: { actions: sendTo('kid', { type: 'GO' }) } },
      invoke: [{ src: child, id: 'kid' }, { src: fromPromise(() => new Promise(() => {})) }],
    });
    const house = createActor(parent, { id: 'house', inspect: inspector.inspect }).start();
    const tool = receive();
    const { sessionId } = await tool.untilRegistered('house');
    const kid = await tool.untilRegistered('kid');
    expect(kid.parent).toBe(sessionId);
    expect(tool.registered('house')?.parent).toBeUndefined();
    expect(tool.received.filter(({ type }) => type === 'service.register')).toHaveLength(2);
    house.send({ type: 'SEND' });
    await tool.until(() => tool.valueOf('kid') === 'b');
    expect(tool.of('kid').at(-2)?.event).toMatchObject({ name: 'GO', origin: sessionId });
    expect(tool.of('house').at(-2)?.event?.origin).toBeUndefined();
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

  test('is told once of an event that came before the actor was started', async () => {
    const { inspector, receive, lamp } = await bridged();
    const other = lamp('other');
    const actor = createActor(lampMachine, { id: 'hall', inspect: inspector.inspect });
    const tool = receive();
    await tool.untilRegistered('hall');
    actor.send({ type: 'SWITCH' });
    // Until the feed has told that it waits.
    other.send({ type: 'SWITCH' });
    await tool.until(() => tool.valueOf('other') === 'on');
    actor.start();
    await tool.until(() => tool.valueOf('hall') === 'on');
    expect(textsOf(tool.of('hall'))).toEqual(['register "off"', 'event SWITCH', 'state "on"']);
  });

  test('is told by a state whether anything changed', async () => {
    const { lamp, open } = await bridged();
    const actor = lamp('hall');
    const tool = open();
    await tool.opened;
    tool.send('{"type":"xstate.inspecting"}');
    await tool.until(() => tool.messages.length > 0);
    actor.send({ type: 'BREAK' });
    actor.send({ type: 'SWITCH' });
    actor.send({ type: 'NOTE', text: 'x' });
    const states = () =>
      tool.messages.flatMap((text) => {
        const { type, state } = JSON.parse(text);
        return type === 'service.state' ? [JSON.parse(state).changed] : [];
      });
    await tool.until(() => states().length === 3);
    expect(states()).toEqual([false, true, true]);
  });

  test('that has not asked for anything is told nothing', async () => {
    const { lamp, receive, open, bridge } = await bridged();
    const silent = open();
    await silent.opened;
    const actor = lamp('hall');
    const tool = receive();
    await tool.untilRegistered('hall');
    actor.send({ type: 'SWITCH' });
    await tool.until(() => tool.valueOf('hall') === 'on');
    bridge.stop();
    await silent.closed();
    expect(silent.messages).toEqual([]);
  });

  test('that lost the thread is told how everything is now', async () => {
    const { lamp, receive } = await bridged();
    const [first, second] = [lamp('first'), lamp('second')];
    const tool = receive();
    await tool.untilRegistered('second');
    first.stop();
    // More than the history holds, before it is handed out.
    for (let i = 0; i < 6_000; i += 1) second.send({ type: 'NOTE', text: `${i}` });
    second.send({ type: 'SWITCH' });
    await tool.until(() => tool.valueOf('second') === 'on');
    expect(textsOf(tool.of('first'))).toEqual(['register "off"', 'stop']);
    expect(tool.of('second').at(-1)?.state).toMatchObject({ context: { note: '5999', switched: 1 } });
    second.send({ type: 'SWITCH' });
    await tool.until(() => tool.valueOf('second') === 'off');
  });

  test('that answers no ping is cut, and one that does is not', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { lamp, receive, host, bridge, refused } = await bridged();
    const actor = lamp('hall');
    const { socket } = await handshake(host);
    const tool = receive();
    const { sessionId } = await tool.untilRegistered('hall');
    vi.advanceTimersByTime(30_000);
    actor.send({ type: 'SWITCH' });
    await tool.until(() => tool.valueOf('hall') === 'on');
    // Its answer to the ping is on the way before this.
    tool.send(sessionId, { type: 'SWITCH' });
    await vi.waitFor(() => expect(refused).toHaveLength(1));
    expect(bridge.clients).toBe(2);
    const ended = once(socket, 'close');
    vi.advanceTimersByTime(30_000);
    socket.resume();
    await ended;
    await vi.waitFor(() => expect(bridge.clients).toBe(1));
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
    actor.send({ type: 'SWITCH' });
    await tool.until(() => tool.valueOf('hall') === 'on');
    expect(textsOf(tool.received)).toEqual(['register "off"', 'event SWITCH', 'state "on"']);
  });
});

describe('a machine that XState 4 cannot be told of', () => {
  test.each([
    ['a state with a dot in its key, entered at once', { initial: 'a.b', states: { 'a.b': {} } }],
    [
      'an event that every object has a field for',
      { initial: 'a', states: { a: { on: { constructor: 'a' } } } },
    ],
  ])('%s: it is left out, the server hears why, and all others are told of', async (_, config) => {
    const { inspector, lamp, receive, errors } = await bridged();
    const machine = createMachine({ id: 'strange', ...config } as never);
    createActor(machine, { id: 'strange', inspect: inspector.inspect }).start();
    const actor = lamp('hall');
    const tool = receive();
    await tool.untilRegistered('hall');
    actor.send({ type: 'SWITCH' });
    await tool.until(() => tool.valueOf('hall') === 'on');
    expect(tool.registered('strange')).toBeUndefined();
    expect(errors).toHaveLength(1);
  });

  test('is told of until it goes where XState 4 cannot follow', async () => {
    const { inspector, receive, errors } = await bridged();
    const machine = createMachine({
      id: 'strange',
      initial: 'a',
      states: { a: { on: { GO: '#there' } }, 'b.c': { id: 'there' } },
    });
    const actor = createActor(machine, { id: 'strange', inspect: inspector.inspect }).start();
    const tool = receive();
    await tool.untilRegistered('strange');
    actor.send({ type: 'GO' });
    await tool.until(() => tool.received.at(-1)?.type === 'service.stop');
    expect(textsOf(tool.received)).toEqual(['register "a"', 'event GO', 'stop']);
    expect(errors).toHaveLength(1);
    actor.send({ type: 'GO' });
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
