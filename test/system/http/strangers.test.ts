import { describe, expect, test } from 'vitest';
import { anOutage, sendRaw, startTestServer } from './support.ts';

const OPEN_TO_ANY_HOST = ['/metrics', '/healthz', '/readyz'];
const GUARDED = ['/', '/api/breaker', '/dev/outage', '/nowhere'];

const allowHosts = ['treasury.example', 'Mapped.example:8443', '10.1.2.3', 'fd00::1'];

describe('the Host', () => {
  test.each([
    ['localhost'],
    ['LOCALHOST:9615'],
    ['127.0.0.1'],
    ['127.0.0.1:80'],
    ['127.8.9.10'],
    ['[::1]'],
    ['[::1]:9615'],
    ['treasury.example'],
    ['Treasury.Example:443'],
    ['mapped.example'],
    ['mapped.example:1'],
    ['10.1.2.3:9615'],
    ['[fd00::1]:9615'],
  ])('%s is answered', async (host) => {
    const server = await startTestServer({ allowHosts });
    expect((await server.ask('/api/breaker', { headers: { host } })).status).toBe(200);
  });

  test.each([
    ['evil.example'],
    ['evil.example:9615'],
    ['localhost.evil.example'],
    ['127.0.0.1.evil.example'],
    ['128.0.0.1'],
    ['127.1'],
    ['10.127.0.1'],
    ['0.0.0.0'],
    ['[::2]'],
    ['sub.treasury.example'],
    ['treasury.example.evil'],
    ['localhost:9615:9615'],
    ['localhost:port'],
    ['localhost@evil.example'],
    ['localhost/'],
    ['localhost, evil.example'],
    [' '],
  ])('%j is refused', async (host) => {
    const server = await startTestServer({ allowHosts, outage: anOutage() });
    for (const path of GUARDED) {
      const { status, text } = await server.ask(path, { headers: { host } });
      expect([path, status]).toEqual([path, 403]);
      expect(text).not.toContain('evil');
    }
    for (const path of OPEN_TO_ANY_HOST) {
      expect([path, (await server.ask(path, { headers: { host } })).status]).toEqual([path, 200]);
    }
  });

  test.each([['http://treasury.example'], ['*'], [''], ['a b']])('cannot be allowed as %j', async (name) => {
    await expect(startTestServer({ allowHosts: [name] })).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('--allow-host'),
    });
  });
});

describe('a request that names its server twice', () => {
  const get = (target: string, ...hosts: readonly string[]) =>
    `GET ${target} HTTP/1.1\r\n${hosts.map((host) => `Host: ${host}\r\n`).join('')}Connection: close\r\n\r\n`;

  test.each([
    ['http://evil.example/api/breaker', 'localhost', 403],
    ['http://localhost/api/breaker', 'evil.example', 403],
    ['http://localhost@evil.example/api/breaker', 'localhost', 403],
    ['http:///api/breaker', 'localhost', 400],
    ['http://localhost/api/breaker', 'localhost', 200],
    ['HTTP://treasury.example:80/api/breaker', '127.0.0.1', 200],
    ['http://evil.example/metrics', 'localhost', 200],
    ['ftp://localhost/api/breaker', 'localhost', 400],
    ['*', 'localhost', 400],
  ])('in its target, as %s to %s, is %d', async (target, host, status) => {
    const server = await startTestServer({ allowHosts });
    expect(await sendRaw(server.port, get(target, host))).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test.each([
    ['localhost', 'evil.example'],
    ['evil.example', 'localhost'],
    ['localhost', 'localhost'],
  ])('by two headers, %s and %s, is 400 everywhere', async (...hosts) => {
    const server = await startTestServer({ outage: anOutage() });
    for (const path of [...GUARDED, ...OPEN_TO_ANY_HOST]) {
      expect([path, await sendRaw(server.port, get(path, ...hosts))]).toEqual([
        path,
        expect.stringMatching(/^HTTP\/1\.1 400 [\s\S]*nosniff/),
      ]);
    }
  });
});

test.each([
  ['/%61pi/breaker', 403],
  ['/api%2fbreaker', 403],
  ['//api/breaker', 403],
  ['/api/breaker;x', 403],
  ['/API/breaker', 403],
  ['/metrics/../api/breaker', 403],
  ['/metrics%2f..%2fapi/breaker', 403],
  ['/metrics;/api/breaker', 403],
  ['/metrics#/../api/breaker', 200],
])('no spelling of a path gets by the guard: %s', async (path, status) => {
  const server = await startTestServer();
  const request = `GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`;
  const answer = await sendRaw(server.port, request);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer).not.toContain('stateCode');
});

describe('the Origin', () => {
  test('of a page of this server is answered, by whatever loopback name', async () => {
    const server = await startTestServer({ allowHosts });
    for (const name of ['localhost', '127.0.0.1', '[::1]']) {
      const headers = { origin: `http://${name}:${server.port}` };
      expect((await server.ask('/api/breaker', { headers })).status).toBe(200);
    }
  });

  test('of an allowed name is answered', async () => {
    const server = await startTestServer({ allowHosts });
    for (const origin of ['https://treasury.example', 'http://mapped.example:8443']) {
      expect((await server.ask('/api/breaker', { headers: { origin } })).status).toBe(200);
    }
  });

  test('of a mapped port is answered by that Host', async () => {
    const server = await startTestServer();
    const headers = { host: 'localhost:8080', origin: 'http://localhost:8080' };
    expect((await server.ask('/api/breaker', { headers })).status).toBe(200);
  });

  test.each([
    ['https://evil.example'],
    ['http://localhost'],
    ['http://localhost:1'],
    ['null'],
    [''],
    ['file://'],
    ['chrome-extension://abcdef'],
    ['http://localhost:1@evil.example'],
    ['https://treasury.example.evil.example'],
  ])('%j is refused everywhere', async (origin) => {
    const outage = anOutage();
    const server = await startTestServer({ allowHosts, outage });
    for (const path of [...GUARDED, ...OPEN_TO_ANY_HOST]) {
      expect([path, (await server.ask(path, { headers: { origin } })).status]).toEqual([path, 403]);
    }
    const headers = { origin, 'content-type': 'application/json' };
    const body = '{"duration":"1s"}';
    expect((await server.ask('/dev/outage', { method: 'POST', headers, body })).status).toBe(403);
    expect(outage.status.mode).toBeNull();
  });

  test('of a loopback page is foreign to an allowed name', async () => {
    const server = await startTestServer({ allowHosts });
    const headers = { host: 'treasury.example', origin: 'http://localhost' };
    expect((await server.ask('/api/breaker', { headers })).status).toBe(403);
  });
});

describe('an answer', () => {
  test.each([
    ['GET', '/nowhere', 404],
    ['POST', '/nowhere', 404],
    ['GET', '/metrics/', 404],
    ['POST', '/metrics', 405],
    ['DELETE', '/', 405],
    ['OPTIONS', '/dev/outage', 405],
    ['PUT', '/dev/outage?x=1', 405],
    ['HEAD', '/healthz', 200],
    ['GET', '/metrics', 200],
    ['GET', '/%', 400],
    ['GET', '//evil.example/api/breaker', 404],
    ['TRACE', '/metrics', 405],
    ['PROPFIND', '/metrics', 405],
  ])('to %s %s is %d, and safe to have', async (method, path, status) => {
    const server = await startTestServer({ outage: anOutage() });
    const answer = await server.ask(path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    if (status >= 400) expect(Object.keys(answer.json() as object)).toEqual(['error']);
    expect(answer.text).not.toContain('.ts:');
  });

  test('to a wrong method names the right ones', async () => {
    const server = await startTestServer({ outage: anOutage() });
    const answer = await server.ask('/dev/outage', { method: 'PATCH' });
    expect(answer.headers['allow']).toBe('GET, HEAD, POST, DELETE');
  });
});
