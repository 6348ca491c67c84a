import { describe, expect, test } from 'vitest';
import { type ControlOrder, ControlQueueFullError } from '../../../src/breaker-control.ts';
import { type Asking, sendRaw, startTestServer } from './support.ts';

const TOKEN = 'sentinel-5fe2c1-control-token';
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
const JSON_TYPE = { 'content-type': 'application/json' };

const start = async (outcome: () => Promise<{ readonly id: number }> = async () => ({ id: 7 })) => {
  const orders: ControlOrder[] = [];
  const server = await startTestServer({
    control: {
      token: TOKEN,
      request: (order) => {
        orders.push(order);
        return outcome();
      },
    },
    allowHosts: ['treasury.example'],
  });
  const post = (body: unknown, headers: Asking['headers'] = { ...JSON_TYPE, ...AUTHORIZED }) =>
    server.ask('/control/breaker', {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { server, orders, post };
};

const ISOLATE = { action: 'isolate' };

/** The head of an order with a body of this length, with the token unless `headers` says otherwise. */
const headOf = (length: number | 'chunked', more = '', headers: Asking['headers'] = {}): Buffer => {
  const size = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
  const token = headers['authorization'] === undefined ? `Authorization: Bearer ${TOKEN}\r\n` : '';
  return Buffer.from(
    `POST /control/breaker HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\n${token}${size}\r\n${more}\r\n`,
  );
};

describe('an order', () => {
  test.each([
    [{ action: 'isolate', reason: 'RPC replays' }, 'RPC replays'],
    [{ action: 'reset' }, undefined],
    [{ action: 'reset', reason: ' trimmed \n' }, 'trimmed'],
    [{ action: 'isolate', reason: '  ' }, undefined],
    [{ action: 'isolate', reason: '🦊'.repeat(500) }, '🦊'.repeat(500)],
  ])('%j is taken, and waits', async (body, reason) => {
    const { server, orders, post } = await start();
    const answer = await post(body);
    expect([answer.status, answer.json()]).toEqual([202, { id: 7, action: body.action, state: 'pending' }]);
    expect(orders).toEqual([{ action: body.action, reason, by: 'http' }]);
    expect(server.breaker.state).toBe('CLOSED');
  });

  test.each([
    [{}, 'action: expected "isolate" or "reset"'],
    [{ action: 'open' }, 'action: expected "isolate" or "reset"'],
    [{ action: ['isolate'] }, 'action: expected "isolate" or "reset"'],
    [
      { ...ISOLATE, reason: 'x'.repeat(501) },
      'reason: expected a reason of at most 500 printable characters',
    ],
    [{ ...ISOLATE, reason: 'a\u001b[31mb' }, 'reason: expected a reason'],
    [{ ...ISOLATE, reason: 5 }, 'reason: expected a reason'],
    [{ ...ISOLATE, reason: null }, 'reason: expected a reason'],
    [{ ...ISOLATE, by: 'me' }, 'Unrecognized key: "by"'],
    [[], 'expected object'],
    ['null', 'expected object'],
  ])('%j is 400 with what was expected', async (body, problem) => {
    const { orders, post } = await start();
    const answer = await post(body);
    const { error, problems } = answer.json() as { error: string; problems: string[] };
    expect(answer.status).toBe(400);
    expect(error).toContain('expected { "action": "isolate" | "reset"');
    expect(problems.join()).toContain(problem);
    expect(orders).toEqual([]);
  });

  test.each([['{'], [''], ['{"__proto__": {"reason": "x"}, "action": "reset"}']])(
    'that is no clean JSON (%j) is 400',
    async (body) => {
      const { orders, post } = await start();
      expect((await post(body)).status).toBe(400);
      expect(orders).toEqual([]);
    },
  );

  test.each([['text/plain'], ['application/x-www-form-urlencoded'], ['multipart/form-data; boundary=x']])(
    'as %s is 415',
    async (type) => {
      const { orders, post } = await start();
      expect((await post(ISOLATE, { ...AUTHORIZED, 'content-type': type })).status).toBe(415);
      expect(orders).toEqual([]);
    },
  );

  test.each([
    ['gzip', 415],
    ['identity', 415],
  ])('said to be coded as %s is %d', async (coding, status) => {
    const { orders, post } = await start();
    const answer = await post(ISOLATE, { ...JSON_TYPE, ...AUTHORIZED, 'content-encoding': coding });
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining('Content-Encoding')]);
    expect(orders).toEqual([]);
  });

  test.each([
    ['a byte that is none', [0xff]],
    ['half a character', [0xf0, 0x9f, 0xa6]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a lone surrogate', [0xed, 0xa0, 0x80]],
  ])('in no UTF-8 (%s) is 400, and not stored as something else', async (_what, bytes) => {
    const { server, orders } = await start();
    const [before, behind] = ['{"action":"isolate","reason":"', '"}'];
    const body = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(behind)]);
    expect(await sendRaw(server.port, Buffer.concat([headOf(body.length), body]))).toMatch(
      /^HTTP\/1\.1 400 /,
    );
    expect(orders).toEqual([]);
  });

  test('in chunks of more than 16 KiB is 413', async () => {
    const { server, orders } = await start();
    const chunk = `1000\r\n${' '.repeat(0x1000)}\r\n`;
    const request = `${headOf('chunked')}${chunk.repeat(5)}0\r\n\r\n`;
    expect(await sendRaw(server.port, request)).toMatch(/^HTTP\/1\.1 413 /);
    expect(orders).toEqual([]);
  });

  test('of more than 16 KiB is 413', async () => {
    const { orders, post } = await start();
    const padded = (size: number) => `{"action":"reset"${' '.repeat(size - 18)}}`;
    expect((await post(padded(16 * 1024))).status).toBe(202);
    expect((await post(padded(16 * 1024 + 1))).status).toBe(413);
    expect(orders).toHaveLength(1);
  });

  test('that finds too many waiting is 503, and says why', async () => {
    const { post } = await start(() => Promise.reject(new ControlQueueFullError()));
    const answer = await post(ISOLATE);
    expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('no executor applies them')]);
  });

  test('that the store does not take is an internal error, and no more is said', async () => {
    const { server, post } = await start(() => Promise.reject(new Error('disk of /secret/path')));
    const answer = await post(ISOLATE);
    expect([answer.status, answer.text]).toEqual([500, '{"error":"internal error"}']);
    expect(server.errors).toHaveLength(1);
  });
});

describe('a client that waits for "100 Continue"', () => {
  const EXPECTING = 'Expect: 100-continue\r\n';

  test('is asked for the body of an order', async () => {
    const { server, orders } = await start();
    const body = JSON.stringify(ISOLATE);
    const answer = await sendRaw(server.port, `${headOf(body.length, EXPECTING)}${body}`);
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 202 /);
    expect(orders).toHaveLength(1);
  });

  test.each([
    ['without the token', 20, { authorization: 'Bearer wrong-token-of-sufficient-length' }, 401],
    ['from elsewhere', 20, { origin: 'http://evil.example' }, 403],
    ['with too much', 16 * 1024 + 1, {}, 413],
    ['with what is compressed', 20, { 'content-encoding': 'br' }, 415],
  ])('%s is not', async (_what, length, headers, status) => {
    const { server } = await start();
    const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const answer = await sendRaw(server.port, headOf(length, `${EXPECTING}${more.join('')}`, headers));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test('for anything else is told so', async () => {
    const { server, orders } = await start();
    const answer = await sendRaw(server.port, headOf(20, 'Expect: the-unexpected\r\n'));
    expect(answer).toMatch(
      /^HTTP\/1\.1 417 Expectation Failed\r\n[\s\S]*x-content-type-options: nosniff\r\n/,
    );
    expect(orders).toEqual([]);
  });
});

describe('a body that nobody reads', () => {
  test.each([
    ['of more than 16 KiB', `Content-Length: ${16 * 1024 + 1}\r\n`, 413],
    ['without a length', 'Transfer-Encoding: chunked\r\n', 400],
    ['that is compressed', 'Content-Length: 9\r\nContent-Encoding: gzip\r\n', 415],
    ['of an unknown route, of more than 16 KiB', 'Content-Length: 20000\r\n', 413, 'POST /nowhere'],
  ])('%s is refused at once', async (_what, headers, status, line = 'GET /metrics') => {
    const { server } = await start();
    // What is announced never comes: the answer does not wait for it.
    const answer = await sendRaw(server.port, `${line} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*connection: close`, 'i'));
  });
});

describe('whoever has no token', () => {
  const WRONG = [
    undefined,
    'Bearer',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    'Bearer wrong-token-of-sufficient-length',
  ];

  test.each(WRONG.map((header) => [header]))('(%s) is 401, whatever else is sent', async (authorization) => {
    const { orders, post } = await start();
    const headers = { ...JSON_TYPE, ...(authorization !== undefined && { authorization }) };
    for (const [body, more] of [
      [ISOLATE, {}],
      ['{', {}],
      [ISOLATE, { 'content-type': 'text/plain' }],
      ['x'.repeat(20_000), {}],
    ] as const) {
      const answer = await post(body, { ...headers, ...more });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.json()).toEqual({ error: 'send the control token as "Authorization: Bearer ..."' });
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
    }
    expect(orders).toEqual([]);
  });

  test('is not locked out, and locks nobody out', async () => {
    const { orders, post } = await start();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await post(ISOLATE, { ...JSON_TYPE, authorization: 'Bearer wrong-token-of-sufficient-length' });
    }
    expect((await post(ISOLATE)).status).toBe(202);
    expect(orders).toHaveLength(1);
  });

  test('gains nothing by a second header', async () => {
    const { server, orders } = await start();
    const body = JSON.stringify(ISOLATE);
    const answer = await sendRaw(
      server.port,
      'POST /control/breaker HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n' +
        `Authorization: Bearer nope\r\nAuthorization: Bearer nope-again\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(orders).toEqual([]);
  });
});

describe('a foreign page', () => {
  test.each([
    [{ host: 'evil.example' }],
    [{ origin: 'http://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://localhost:1' }],
  ])('%j is 403, with the right token too', async (foreign) => {
    const { orders, post } = await start();
    expect((await post(ISOLATE, { ...JSON_TYPE, ...AUTHORIZED, ...foreign })).status).toBe(403);
    expect(orders).toEqual([]);
  });

  test('of an allowed name needs the token, like everybody', async () => {
    const { orders, post } = await start();
    const origin = { ...JSON_TYPE, origin: 'https://treasury.example' };
    expect((await post(ISOLATE, origin)).status).toBe(401);
    expect((await post(ISOLATE, { ...origin, ...AUTHORIZED })).status).toBe(202);
    expect(orders).toHaveLength(1);
  });
});

describe('the route', () => {
  test('is not there without a token', async () => {
    const server = await startTestServer();
    for (const headers of [JSON_TYPE, { ...JSON_TYPE, ...AUTHORIZED }]) {
      const answer = await server.ask('/control/breaker', {
        method: 'POST',
        headers,
        body: JSON.stringify(ISOLATE),
      });
      expect(answer.status).toBe(404);
    }
    expect((await server.ask('/')).text).not.toContain('control');
  });

  test.each([['GET'], ['PUT'], ['DELETE']])('takes no %s', async (method) => {
    const { server } = await start();
    const answer = await server.ask('/control/breaker', { method, headers: AUTHORIZED });
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
  });

  test('cannot be opened with a token that is easily guessed', async () => {
    const control = { token: 'short', request: async () => ({ id: 1 }) };
    await expect(startTestServer({ control })).rejects.toThrow(RangeError);
    await expect(startTestServer({ control })).rejects.not.toThrow('short');
  });
});

test('no answer says the token, right or wrong', async () => {
  const { server, post } = await start();
  const wrong = 'sentinel-wrong-8812aa-control';
  const texts: string[] = [];
  for (const token of [TOKEN, wrong]) {
    const headers = { authorization: `Bearer ${token}` };
    for (const path of [
      '/',
      '/metrics',
      '/healthz',
      '/readyz',
      '/api/breaker',
      '/nowhere',
      '/control/breaker',
    ]) {
      const answer = await server.ask(path, { headers });
      texts.push(answer.text, JSON.stringify(answer.headers));
    }
    for (const body of [ISOLATE, {}, '{', 'x'.repeat(20_000)]) {
      const answer = await post(body, { ...headers, ...JSON_TYPE });
      texts.push(answer.text, JSON.stringify(answer.headers));
    }
  }
  expect(texts.join('\n')).not.toMatch(/sentinel/);
  expect(JSON.stringify(server.errors)).not.toMatch(/sentinel/);
});
