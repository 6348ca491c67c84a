import { beforeAll, describe, expect, test, vi } from 'vitest';
import { bridged, handshake, textsOf } from './support.ts';

beforeAll(() => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  return () => warn.mockRestore();
});

const INSPECTING = '{"type":"xstate.inspecting"}';

describe('a client that is no tool', () => {
  test.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['a list', '[]'],
    ['the end of the inspection', '{"type":"disconnect"}'],
    ['the end of the page', '{"type":"unload"}'],
    ['an error of XState', '{"type":"error.platform.x","data":"boom"}'],
    ['a state of a service', '{"type":"service.state","sessionId":"x:1","state":"{}"}'],
    ['a service', '{"type":"service.register","sessionId":"x:1","machine":"{}","state":"{}"}'],
    ['a prototype', '{"__proto__":{"type":"xstate.inspecting"}}'],
  ])('says %s, and the tools notice nothing', async (_, text) => {
    const { lamp, receive, open, refused, errors } = await bridged();
    const actor = lamp('hall');
    const tool = receive();
    await tool.untilRegistered('hall');
    const stranger = open();
    await stranger.opened;
    stranger.send(text);
    await vi.waitFor(() => expect(refused).toHaveLength(1));
    actor.send({ type: 'SWITCH' });
    await tool.until(() => tool.valueOf('hall') === 'on');
    expect(textsOf(tool.received)).toEqual(['register "off"', 'event SWITCH', 'state "on"']);
    expect([stranger.messages, errors]).toEqual([[], []]);
  });

  test('says what is no text', async () => {
    const { open, refused } = await bridged();
    const stranger = open();
    await stranger.opened;
    stranger.send(new TextEncoder().encode(INSPECTING));
    await vi.waitFor(() => expect(refused).toEqual(['a message: it is no JSON object']));
    expect(stranger.messages).toEqual([]);
  });

  test('says too much at once, and is cut', async () => {
    const { open, bridge } = await bridged();
    const stranger = open();
    await stranger.opened;
    stranger.send(`{"type":"xstate.inspecting","more":"${'x'.repeat(70_000)}"}`);
    expect((await stranger.closed()).code).toBe(1009);
    await vi.waitFor(() => expect(bridge.clients).toBe(0));
  });

  test('asks for everything again and again, and is told to go', async () => {
    const { lamp, open } = await bridged();
    lamp('hall');
    const stranger = open();
    await stranger.opened;
    for (let i = 0; i < 11; i += 1) stranger.send(INSPECTING);
    expect(await stranger.closed()).toEqual({ code: 1008, reason: 'asked for everything too often' });
    expect(stranger.messages).toHaveLength(10);
  });

  test('says a hundred things that come to nothing, and is told to go', async () => {
    const { open, refused } = await bridged();
    const stranger = open();
    await stranger.opened;
    for (let i = 0; i < 150; i += 1) stranger.send('{}');
    expect((await stranger.closed()).code).toBe(1008);
    expect(refused.length).toBeLessThanOrEqual(150);
  });

  test('sends what a terminal would obey, which the server tells as it is written', async () => {
    const { lamp, open, refused } = await bridged();
    lamp('hall');
    const stranger = open();
    await stranger.opened;
    const event = JSON.stringify({ origin: '\u001b[2J', data: { type: `\u001b]0;${'x'.repeat(500)}` } });
    stranger.send(JSON.stringify({ type: 'xstate.event', event, service: '' }));
    await vi.waitFor(() => expect(refused).toHaveLength(1));
    expect(refused[0]).not.toContain('\u001b');
    expect(refused[0]?.length).toBeLessThan(200);
  });

  test('does not read, and is cut before it costs much', async () => {
    const { lamp, host, bridge } = await bridged();
    const actor = lamp('hall');
    const { socket, status } = await handshake(host);
    expect(status).toBe(101);
    expect(bridge.clients).toBe(1);
    // One text frame, masked with zeros.
    const text = Buffer.from(INSPECTING);
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
    socket.pause();
    const before = process.memoryUsage().rss;
    for (let i = 0; bridge.clients > 0 && i < 200_000; i += 1) {
      actor.send({ type: 'NOTE', text: 'x'.repeat(1_000) });
      if (i % 200 === 199) await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitFor(() => expect(bridge.clients).toBe(0), 20_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });
});

describe('a request that asks for no socket', () => {
  test('gets the page, and nothing else', async () => {
    const { host } = await bridged();
    const get = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(`http://${host}${path}`, init);
      return [answer.status, answer.headers.get('content-type')?.split(';')[0]];
    };
    expect(await get('/xstate-inspect')).toEqual([200, 'text/html']);
    for (const script of ['main.ts', 'services.ts', 'xstate.js', 'xstate-inspect.js']) {
      expect(await get(`/xstate-inspect/assets/${script}`), script).toEqual([200, 'text/javascript']);
    }
    expect(await get('/xstate-inspect/assets/receiver.css')).toEqual([200, 'text/css']);
    expect(await get('/xstate-inspect/assets/index.html')).toEqual([404, 'application/json']);
    expect(await get('/xstate-inspect/assets/..%2fbridge.ts')).toEqual([404, 'application/json']);
    expect(await get('/xstate-inspect/assets/tsconfig.json')).toEqual([404, 'application/json']);
    expect(await get('/xstate-inspect/', { redirect: 'manual' })).toEqual([308, 'text/plain']);
    expect(await get('/xstate-inspector')).toEqual([404, 'application/json']);
    expect(await get('/')).toEqual([404, 'application/json']);
    expect(await get('/xstate-inspect', { method: 'POST' })).toEqual([405, 'application/json']);
    expect(await get('/xstate-inspect', { headers: { origin: 'https://evil.example' } })).toEqual([
      403,
      'application/json',
    ]);
  });
});
