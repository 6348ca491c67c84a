import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { describeFailure } from '../../../src/cli/failure.ts';
import { ListenError } from '../../../src/http/server.ts';
import { createInspector } from '../../../src/inspect/index.ts';
import { createXStateInspectBridge } from '../../../visualizations/xstate-inspect/index.ts';
import { sendRaw, startTestServer } from './support.ts';

const REQUEST = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('listening', () => {
  test('is on loopback unless told otherwise', async () => {
    const server = await startTestServer();
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    if (process.platform !== 'linux') return; // elsewhere there is no second loopback address
    await expect(once(connect(server.port, '127.0.0.2'), 'connect')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  test('at every address gives a URL to go to', async () => {
    const server = await startTestServer({ host: '0.0.0.0' });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect((await server.ask('/healthz')).status).toBe(200);
  });

  test('at a port in use names it, and how to choose another', async () => {
    const { port } = await startTestServer();
    const error = await startTestServer({ port }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ListenError);
    expect(error).toMatchObject({ name: 'ListenError', code: 'EADDRINUSE', port, host: '127.0.0.1' });
    expect(describeFailure(error)).toEqual({
      exitCode: 78,
      message: `treasury: port ${port} of 127.0.0.1 is in use: end what listens there, or choose another with --port (0: any free one)`,
    });
  });

  test('at an address that is not ours names --host', async () => {
    const error = await startTestServer({ host: '192.0.2.1' }).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'ListenError', code: 'EADDRNOTAVAIL' });
    expect(error.message).toContain('--host');
  });
});

describe('what is no HTTP', () => {
  test.each([
    ['garbage', '\x00\x01\x02 garbage\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc'],
    ['a request without Host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    [
      'a body of two lengths',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
  ])('(%s) is 400, and the end of that connection', async (_name, bytes) => {
    const server = await startTestServer();
    expect(await sendRaw(server.port, bytes)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect((await server.ask('/healthz')).status).toBe(200);
  });

  test('behind a good request ends the connection, and the server goes on', async () => {
    const server = await startTestServer();
    const answer = await sendRaw(server.port, `${REQUEST}\x00\x01garbage\r\n\r\n`);
    const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses.at(-1)).toBe('400');
    expect(answer).toContain('x-content-type-options: nosniff');
    expect(answer).not.toContain('Error:');
    expect((await server.ask('/healthz')).status).toBe(200);
  });

  test('headers of more than 16 KiB are 431', async () => {
    const server = await startTestServer();
    const answer = await sendRaw(
      server.port,
      `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('requests in one go are answered in turn', async () => {
    const server = await startTestServer();
    const last = 'GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const answer = await sendRaw(server.port, REQUEST + REQUEST + last);
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '200',
      '200',
      '404',
    ]);
  });
});

describe('a slow client', () => {
  const limits = { headersTimeoutMs: 30 };

  test('that never ends its headers is cut off', async () => {
    const server = await startTestServer({ limits });
    expect(await sendRaw(server.port, 'GET / HTTP/1.1\r\nHost: local')).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('that never says anything is cut off', async () => {
    const server = await startTestServer({ limits });
    expect(await sendRaw(server.port, '')).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('that never ends its body is cut off', async () => {
    const server = await startTestServer({
      limits: { ...limits, requestTimeoutMs: 60 },
      outage: neverAsked,
    });
    const head =
      'POST /dev/outage HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n';
    expect(await sendRaw(server.port, `${head}{`)).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('that keeps its connection for nothing is cut off', async () => {
    const server = await startTestServer({ limits: { keepAliveTimeoutMs: 20 } });
    expect(await sendRaw(server.port, REQUEST)).toMatch(/^HTTP\/1\.1 200 /);
  });

  const neverAsked = {
    status: { mode: null, endsInMs: null },
    begin: () => Promise.reject(new Error('it was asked')),
    lift: () => Promise.reject(new Error('it was asked')),
  };
});

test('more connections than allowed are turned away', async () => {
  const server = await startTestServer({ limits: { maxConnections: 1 } });
  const first = connect(server.port, '127.0.0.1');
  first.write('GET / HT');
  await once(first, 'connect');
  expect(await sendRaw(server.port, REQUEST)).toBe('');
  const gone = once(first, 'close');
  first.destroy();
  await gone;
});

test('connections that are kept for nothing make room for those who come', async () => {
  // A time that no test would wait for: it is not what ends them.
  const server = await startTestServer({ limits: { maxConnections: 8, keepAliveTimeoutMs: 600_000 } });
  const idlers = Array.from({ length: 8 }, () => connect(server.port, '127.0.0.1').on('error', () => {}));
  onTestFinished(() => {
    for (const idler of idlers) idler.destroy();
  });
  const isTold = idlers.map((idler) => once(idler, 'data'));
  await Promise.all(idlers.map((idler) => once(idler, 'connect')));
  for (const idler of idlers) idler.write(REQUEST);
  await Promise.all(isTold);
  for (let newcomer = 0; newcomer < 8; newcomer += 1) {
    const socket = connect(server.port, '127.0.0.1');
    idlers.push(socket);
    socket.write(REQUEST);
    expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 /);
  }
});

describe('an upgrade that is refused', () => {
  const upgrade = (path: string, host = 'localhost') =>
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

  test.each([
    ['of another path', upgrade('/metrics'), 404],
    ['of a foreign Host', upgrade('/xstate-inspect', 'evil.example'), 403],
    ['without its token', upgrade('/xstate-inspect'), 401],
  ])(
    '(%s) holds up nothing, though the client keeps its side open',
    async (_what, bytes, status) => {
      const inspector = createInspector();
      const bridge = createXStateInspectBridge({ inspector, token: 'a-token-of-this-test' });
      onTestFinished(() => bridge.stop());
      onTestFinished(() => inspector.stop());
      const server = await startTestServer({ xstateInspect: bridge });
      const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
      onTestFinished(() => void socket.destroy());
      socket.write(bytes);
      const [answer] = await once(socket.setEncoding('utf8'), 'data');
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      // It waits for the end of every connection, and cannot cut one that has left HTTP.
      await expect(server.close()).resolves.toBeUndefined();
    },
    10_000,
  );
});

describe('closing', () => {
  test('ends open connections, and may be asked for again', async () => {
    // A grace that no test would wait for: idle connections are ended without it.
    const server = await startTestServer({ limits: { closeGraceMs: 2 ** 31 - 1 } });
    const agent = new Agent({ keepAlive: true });
    const [response] = await once(get(`${server.url}/healthz`, { agent }), 'response');
    const ended = once(response.socket, 'close');
    response.resume();
    await once(response, 'end');
    await Promise.all([server.close(), server.close(), ended]);
    await expect(server.ask('/healthz')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    agent.destroy();
  });

  test('cuts what never asked anything, after the grace', async () => {
    const server = await startTestServer({ limits: { closeGraceMs: 20 } });
    const silent = connect(server.port, '127.0.0.1');
    silent.on('error', () => {});
    silent.write('GET / HT');
    await once(silent, 'connect');
    const ended = once(silent, 'close');
    await Promise.all([server.close(), ended]);
  });

  test('lets an answer that is on its way end', async () => {
    const asked = Promise.withResolvers<void>();
    const page = Promise.withResolvers<string>();
    const registry = {
      contentType: 'text/plain',
      metrics: () => {
        asked.resolve();
        return page.promise;
      },
    };
    const server = await startTestServer({ registry, limits: { closeGraceMs: 2 ** 31 - 1 } });
    const answer = server.ask('/metrics');
    await asked.promise;
    const closed = server.close();
    page.resolve('late 1\n');
    expect((await answer).text).toBe('late 1\n');
    await closed;
  });
});
