import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createInspector } from '../../../src/inspect/index.ts';
import {
  type AcceptList,
  createXStateInspectBridge,
  type ToolEvent,
  type ToolTarget,
} from '../../../visualizations/xstate-inspect/index.ts';
import { bridged, handshake, TOKEN, textsOf } from './support.ts';

beforeAll(() => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  return () => warn.mockRestore();
});

const QUERY = `?token=${TOKEN}`;

/** A bridge that accepts what the list says, its lamp, and a tool that has shown the token. */
async function accepting(accept: AcceptList) {
  const made = await bridged({ token: TOKEN, accept });
  const lamp = made.lamp('hall');
  const tool = made.receive(QUERY);
  const { sessionId } = await tool.untilRegistered('hall');
  return { ...made, lamp, tool, send: (event: ToolEvent) => tool.send(sessionId, event) };
}

describe('an event from outside', () => {
  test('reaches the actor where the list names it, and is told once, when it has', async () => {
    const { lamp, tool, send } = await accepting({ lamp: { SWITCH: ['by'] } });
    send({ type: 'SWITCH', by: 'a tool' });
    await tool.until(() => tool.valueOf('hall') === 'on');
    expect(lamp.getSnapshot().value).toBe('on');
    expect(textsOf(tool.received)).toEqual(['register "off"', 'event SWITCH', 'state "on"']);
    expect(tool.received[1]?.event?.data).toEqual({ type: 'SWITCH', by: 'a tool' });
  });

  test('has the fields that the list names and no others', async () => {
    const { lamp, tool, send } = await accepting({ lamp: { NOTE: ['text'], SWITCH: [] } });
    const events: unknown[] = [];
    lamp.system.inspect((inspected) => {
      if (inspected.type === '@xstate.event') events.push(inspected.event);
    });
    send({ type: 'NOTE', text: 'hello', more: 'than that' });
    send({ type: 'NOTE', text: { an: 'object' } });
    send({ type: 'SWITCH', by: 'a tool' });
    await tool.until(() => tool.valueOf('hall') === 'on');
    expect(events).toEqual([{ type: 'NOTE', text: 'hello' }, { type: 'NOTE' }, { type: 'SWITCH' }]);
  });

  test('that is on no list reaches nobody, and nobody is told of it but the server', async () => {
    const { lamp, tool, send, refused } = await accepting({ lamp: { SWITCH: [] }, other: { BREAK: [] } });
    send({ type: 'BREAK' });
    send({ type: 'toString' });
    send({ type: 'xstate.stop' });
    tool.send('x:999999', { type: 'SWITCH' });
    send({ type: 'SWITCH' });
    await tool.until(() => tool.valueOf('hall') === 'on');
    expect(lamp.getSnapshot().value).toBe('on');
    expect(textsOf(tool.received)).toEqual(['register "off"', 'event SWITCH', 'state "on"']);
    expect(refused).toEqual([
      '"BREAK" to "hall": it is on no list',
      '"toString" to "hall": it is on no list',
      '"xstate.stop" to "hall": it is on no list',
      '"SWITCH" to "x:999999": there is no such service',
    ]);
  });

  test('is given to a function instead of the actor, where the list has one', async () => {
    const calls: (readonly [ToolEvent, ToolTarget])[] = [];
    const { lamp, tool, send } = await accepting({
      lamp: { BREAK: (event, target) => calls.push([event, target]), SWITCH: [] },
    });
    send({ type: 'BREAK', why: { it: 'may be anything' } });
    send({ type: 'SWITCH' });
    await tool.until(() => tool.valueOf('hall') === 'on');
    expect(calls).toEqual([
      [
        { type: 'BREAK', why: { it: 'may be anything' } },
        { machine: 'lamp', actor: 'hall' },
      ],
    ]);
    expect(lamp.getSnapshot().value).toBe('on');
    expect(textsOf(tool.received)).not.toContain('event BREAK');
  });

  test('is told as refused where that function throws or rejects', async () => {
    const { tool, send, refused } = await accepting({
      lamp: {
        BREAK: () => {
          throw new Error('not today');
        },
        NOTE: async () => Promise.reject(new Error('nor tomorrow')),
        SWITCH: [],
      },
    });
    send({ type: 'BREAK' });
    send({ type: 'NOTE', text: '' });
    send({ type: 'SWITCH' });
    await tool.until(() => tool.valueOf('hall') === 'on');
    expect(refused).toEqual(['"BREAK" to "hall": not today', '"NOTE" to "hall": nor tomorrow']);
  });

  test('is refused all the same where the one who hears of it throws', async () => {
    const errors: unknown[] = [];
    const made = await bridged({
      token: TOKEN,
      onRefused: () => {
        throw new Error('no log');
      },
      onError: (error) => {
        errors.push(error);
        throw new Error('nor this');
      },
    });
    const warnings: unknown[] = [];
    const note = (warning: Error) => warnings.push(warning.message);
    process.on('warning', note);
    onTestFinished(() => {
      process.off('warning', note);
    });
    made.lamp('hall');
    const tool = made.receive(QUERY);
    const { sessionId } = await tool.untilRegistered('hall');
    tool.send(sessionId, { type: 'SWITCH' });
    await vi.waitFor(() => expect(warnings).toEqual(['nor this']));
    expect(errors).toEqual([new Error('no log')]);
  });

  test('to an actor that has ended reaches nobody', async () => {
    const { lamp, tool, send, refused } = await accepting({ lamp: { SWITCH: [] } });
    lamp.stop();
    await tool.until(() => tool.received.at(-1)?.type === 'service.stop');
    send({ type: 'SWITCH' });
    await vi.waitFor(() => expect(refused).toHaveLength(1));
    expect(refused[0]).toContain('there is no such service');
  });

  test('is never accepted without a token, which the list is refused for', () => {
    const inspector = createInspector();
    const accept = { lamp: { SWITCH: [] } };
    expect(() => createXStateInspectBridge({ inspector, accept })).toThrow(
      new RangeError('accept needs a token: without one anybody on this machine could send these events'),
    );
    expect(() =>
      createXStateInspectBridge({ inspector, token: TOKEN, accept: { lamp: { 'xstate.init': [] } } }),
    ).toThrow(RangeError);
    expect(() => createXStateInspectBridge({ inspector, maxClients: 0 })).toThrow(RangeError);
    // None of them keeps the next one out.
    createXStateInspectBridge({ inspector }).stop();
  });
});

describe('who may connect', () => {
  test('is asked for the token, in the header or the address', async () => {
    const { open, bridge } = await bridged({ token: TOKEN });
    const path = '/xstate-inspect';
    for (const [asked, headers] of [
      [path, {}],
      [`${path}?token=`, {}],
      [`${path}?token=another-token-of-a-tool`, {}],
      [`${path}?other=${TOKEN}`, {}],
      [path, { authorization: `Basic ${TOKEN}` }],
    ] as const) {
      expect(await open(asked, headers as Record<string, string>).opened, asked).toBe(false);
    }
    expect(await open(`${path}?token=${TOKEN}`).opened).toBe(true);
    expect(await open(path, { authorization: `Bearer ${TOKEN}` }).opened).toBe(true);
    expect(bridge.clients).toBe(2);
  });

  test('is no page of the internet: not by its own name, nor by one that points here', async () => {
    const { open, host, bridge } = await bridged();
    const path = '/xstate-inspect';
    expect(await open(path, { origin: 'https://stately.ai' }).opened).toBe(false);
    expect(await open(path, { origin: 'null' }).opened).toBe(false);
    expect(await open(path, { origin: 'http://127.0.0.1:1' }).opened).toBe(false);
    expect((await handshake(host, 'rebound.example')).status).toBe(403);
    expect(bridge.clients).toBe(0);
    expect(await open(path, { origin: `http://${host}` }).opened).toBe(true);
  });

  test('may be a page elsewhere where it is allowed by name', async () => {
    const { open } = await bridged({ allowHosts: ['stately.ai'] });
    expect(await open('/xstate-inspect', { origin: 'https://stately.ai' }).opened).toBe(true);
    expect(await open('/xstate-inspect', { origin: 'https://stately.ai.evil.example' }).opened).toBe(false);
  });

  test('is one of a few, at one path', async () => {
    const { open } = await bridged({ maxClients: 2 });
    expect(await open('/elsewhere').opened).toBe(false);
    expect(await open('/xstate-inspect/assets').opened).toBe(false);
    const [first, second] = [open(), open()];
    expect([await first.opened, await second.opened, await open().opened]).toEqual([true, true, false]);
    first.socket.close();
    await first.closed();
    await vi.waitFor(async () => expect(await open().opened).toBe(true));
  });

  test('is nobody once it was stopped, and then the sockets are closed', async () => {
    const { open, bridge } = await bridged();
    const tool = open();
    await tool.opened;
    bridge.stop();
    await tool.closed();
    expect(await open().opened).toBe(false);
    expect(bridge.clients).toBe(0);
  });
});
