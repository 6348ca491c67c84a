import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCircuitBreaker } from '../../../src/index.ts';
import { createInspector, type DisbursementSource } from '../../../src/inspect/index.ts';
import { PageFiles } from '../../../src/inspect/page-files.ts';
import { listen, serve } from './support.ts';

const TOKEN = 'correct-horse-battery-staple';
const authorization = `Bearer ${TOKEN}`;

const row = {
  id: 'INV/7 ü',
  destination: '0x1',
  amount: '1',
  status: 'queued',
  nonce: null,
  txHash: null,
  attempts: 0,
  reason: null,
};

/** A source that knows one row, and remembers what it was asked for. */
function aSource() {
  const asked: string[] = [];
  const source: DisbursementSource = {
    overview: () => Promise.resolve({ now: 0, counts: { queued: 1 }, inFlight: [], inFlightTotal: 0 }),
    find: (id) => {
      asked.push(id);
      return Promise.resolve(id === row.id ? row : undefined);
    },
  };
  return { source, asked };
}

/** A page of its own, so that these tests are about the server. */
async function aPage(files: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'page-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'page', 'folder.js'), { recursive: true });
  const all = {
    'index.html':
      '<title>{{title}}</title><meta name="inspector" content="{{config}}"><script src="{{base}}/assets/main.ts">',
    'main.ts': 'const one: number = 1;',
    'style.css': 'a {}',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) await writeFile(join(folder, 'page', name), text);
  await writeFile(join(folder, 'outside.js'), 'outside');
  await writeFile(join(folder, 'outside.css'), 'outside');
  return new PageFiles(() => join(folder, 'page'));
}

/** A server with a page, a breaker that is drawn, and rows. */
async function serveAll(serving: Parameters<typeof serve>[0] = {}) {
  const { source, asked } = aSource();
  const served = await serve({ files: await aPage(), disbursements: source, ...serving });
  createCircuitBreaker({ name: 'rpc', inspect: served.inspect });
  const [picture] = served.recorder.pictures();
  const { base = '/inspect' } = serving;
  return { ...served, asked, base, chart: `${base}/charts/${picture?.machine?.chart}` };
}

/** What every answer carries, whatever it says. */
const SAFE = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

const OPEN_PATHS = [
  '/inspect',
  '/inspect/',
  '/inspect/assets/main.ts',
  '/inspect/assets/chart.css',
  '/inspect/assets/nothing.js',
];
const GUARDED = [
  '/inspect/feed',
  '/inspect/charts/x',
  '/inspect/disbursements',
  '/inspect/disbursements/INV-7',
  '/inspect/nowhere',
  '/inspect/%61ssets/main.ts',
  '/inspect/assets',
  '/inspect/x/assets/main.ts',
];

describe('the handler serves', () => {
  test('the page, with its configuration in it', async () => {
    const { ask } = await serveAll();
    const { status, headers, text } = await ask('/inspect?theme=dark#x');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('<title>Test</title>');
    expect(text).toContain('src="/inspect/assets/main.ts"');
    expect(text).toContain('&quot;base&quot;:&quot;/inspect&quot;');
  });

  test('the page, whatever its title is, as text', async () => {
    const inspector = createInspector({ title: '</title><script>alert(1)</script>{{config}}$&' });
    const { ask } = await listen(inspector.handler);
    const { text } = await ask('/inspect');
    expect(text).toContain('&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<script>alert');
  });

  test('scripts without their types, and style sheets', async () => {
    const { ask } = await serveAll();
    const script = await ask('/inspect/assets/main.ts');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.text.replaceAll(/\s+/g, ' ')).toBe('const one = 1;');
    expect((await ask('/inspect/assets/style.css')).text).toBe('a {}');
    expect((await ask('/inspect/assets/chart.css')).text).toContain('[data-theme=dark] .chart');
  });

  test('charts', async () => {
    const { ask, chart } = await serveAll();
    const answers = await Promise.all([ask(chart), ask(chart)]);
    for (const { status, text } of answers) {
      expect(status).toBe(200);
      expect(JSON.parse(text).svg).toMatch(/^<svg.*data-state="circuitBreaker.HALF_OPEN"/s);
    }
  });

  test('disbursements, all and one', async () => {
    const { ask, asked } = await serveAll();
    expect(JSON.parse((await ask('/inspect/disbursements')).text)).toMatchObject({ counts: { queued: 1 } });
    const found = await ask(`/inspect/disbursements/${encodeURIComponent(row.id)}`);
    expect(JSON.parse(found.text)).toEqual(row);
    expect((await ask('/inspect/disbursements/INV%2D8')).status).toBe(404);
    expect(asked).toEqual([row.id, 'INV-8']);
  });

  test('no disbursements where there are none', async () => {
    const { ask } = await serve();
    expect((await ask('/inspect/disbursements')).status).toBe(404);
  });

  test('beneath any base', async () => {
    const { ask, chart, watch } = await serveAll({ base: '/ops/charts' });
    expect((await ask('/ops/charts')).text).toContain('/ops/charts/assets/main.ts');
    expect((await ask(chart)).status).toBe(200);
    expect((await ask('/inspect')).status).toBe(404);
    expect((await ask('/ops/charts/')).headers['location']).toBe('/ops/charts');
    const page = await watch('/ops/charts/feed');
    await page.until(() => page.frames.length > 1);
  });

  test('HEAD like GET, without the body', async () => {
    const { ask, chart, feed } = await serveAll();
    for (const path of [
      '/inspect',
      '/inspect/assets/main.ts',
      chart,
      '/inspect/disbursements',
      '/inspect/nowhere',
    ]) {
      const [get, head] = [await ask(path), await ask(path, { method: 'HEAD' })];
      expect(head).toMatchObject({ status: get.status, text: '' });
      expect(head.headers['content-length']).toBe(get.headers['content-length']);
    }
    expect(await ask('/inspect/feed', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expect(feed.clients).toBe(0);
  });
});

describe('a path that is not beneath it', () => {
  const elsewhere = [
    '/',
    '/inspector',
    '/inspect.html',
    '/inspec',
    '//inspect',
    '/x/inspect',
    '/INSPECT',
    '/%69nspect',
    '*',
  ];

  test.each(elsewhere)('%s is left to who comes next', async (path) => {
    const { handler } = await serve();
    const { ask } = await listen((request, response) =>
      handler(request, response, () => response.writeHead(299).end('next')),
    );
    expect(await ask(path)).toMatchObject({ status: 299, text: 'next' });
  });

  test.each(elsewhere)('%s is not found where nobody comes next', async (path) => {
    const { ask } = await serve();
    expect(await ask(path, path === '*' ? { method: 'OPTIONS' } : {})).toMatchObject({
      status: 404,
      headers: SAFE,
    });
  });
});

describe('every answer', () => {
  test.each([
    ['/inspect', {}, 200],
    ['/inspect/', {}, 308],
    ['/inspect/assets/main.ts', {}, 200],
    ['/inspect/assets/nothing.js', {}, 404],
    ['/inspect/charts/nothing', {}, 404],
    ['/inspect/disbursements/nothing', {}, 404],
    ['/inspect/nowhere', {}, 404],
    ['/elsewhere', {}, 404],
    ['/inspect', { method: 'POST' }, 405],
    ['/inspect', { headers: { host: 'evil.example' } }, 403],
    ['/inspect/feed', { method: 'HEAD' }, 200],
  ])('to %s %j is %d, with what keeps it safe', async (path, asking, status) => {
    const { ask } = await serveAll();
    const answer = await ask(path, asking);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(SAFE);
    const policy = answer.headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(answer.text).not.toContain('evil');
  });

  test('of the feed and of an error, too', async () => {
    const failing = {
      overview: () => Promise.reject(new Error('secret of the store')),
      find: () => Promise.resolve(undefined),
    };
    const { ask, watch, errors } = await serveAll({ disbursements: failing });
    expect((await watch()).response.headers).toMatchObject(SAFE);
    const answer = await ask('/inspect/disbursements');
    expect(answer).toMatchObject({ status: 500, headers: SAFE, text: '{"error":"internal error"}' });
    expect(errors).toMatchObject([{ message: 'secret of the store' }]);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'to %s is that it only looks',
    async (method) => {
      const { ask, asked } = await serveAll();
      for (const path of ['/inspect', '/inspect/feed', '/inspect/charts/x', '/inspect/disbursements/x']) {
        expect(await ask(path, { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
      }
      expect(asked).toEqual([]);
    },
  );
});

describe('the token', () => {
  test('is not asked for by the page and its files, which are empty of data', async () => {
    const { ask } = await serveAll({ token: TOKEN });
    for (const path of OPEN_PATHS) expect([path, (await ask(path)).status]).not.toEqual([path, 401]);
  });

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['a wrong one', 'Bearer correct-horse-battery-stapl'],
    ['a longer one', `${authorization}x`],
    ['another scheme', `Basic ${TOKEN}`],
    ['the bare token', TOKEN],
    ['another case', authorization.toUpperCase()],
    ['two', `${authorization}, ${authorization}`],
  ])('is asked for by everything else: %s is refused', async (_name, given) => {
    const { ask, chart, feed, asked } = await serveAll({ token: TOKEN });
    const headers = given === undefined ? {} : { authorization: given };
    for (const path of [...GUARDED, chart]) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await ask(path, { method, headers });
        expect([path, answer.status]).toEqual([path, 401]);
        expect(answer.headers['www-authenticate']).toBe('Bearer');
        expect(answer.headers).toMatchObject(SAFE);
        expect(JSON.stringify(answer)).not.toContain('correct-horse');
      }
    }
    expect(feed.clients).toBe(0);
    expect(asked).toEqual([]);
  });

  test('does not open anything by the query, a cookie or another header', async () => {
    const { ask } = await serveAll({ token: TOKEN });
    const headers = {
      cookie: `token=${TOKEN}`,
      'x-authorization': authorization,
      'proxy-authorization': authorization,
    };
    expect((await ask(`/inspect/disbursements?token=${TOKEN}`, { headers })).status).toBe(401);
  });

  test('opens everything', async () => {
    const { ask, chart, watch } = await serveAll({ token: TOKEN });
    const headers = { authorization };
    expect((await ask(chart, { headers })).status).toBe(200);
    expect((await ask('/inspect/disbursements', { headers })).status).toBe(200);
    const page = await watch('/inspect/feed', headers);
    await page.until(() => page.frames.length > 1);
    expect(page.raw()).not.toContain(TOKEN);
  });

  test('is in no answer, not even in that to who sends it', async () => {
    const { ask } = await serveAll({ token: TOKEN });
    const headers = { authorization, 'last-event-id': TOKEN };
    for (const path of [
      '/inspect',
      `/inspect/${TOKEN}`,
      `/inspect/charts/${TOKEN}`,
      `/inspect/disbursements/${TOKEN}`,
      `/inspect/assets/${TOKEN}.js`,
    ]) {
      expect(JSON.stringify(await ask(path, { headers }))).not.toContain(TOKEN);
    }
  });
});

describe('strangers', () => {
  test.each([['evil.example'], ['localhost.evil.example'], ['127.0.0.1.evil.example'], ['0.0.0.0']])(
    'with the Host %j get nothing',
    async (host) => {
      const { ask, chart, asked } = await serveAll();
      for (const path of [...OPEN_PATHS, ...GUARDED, chart]) {
        expect([path, (await ask(path, { headers: { host } })).status]).toEqual([path, 403]);
      }
      expect(asked).toEqual([]);
    },
  );

  test.each([['https://evil.example'], ['null'], ['http://localhost:1'], ['file://'], ['']])(
    'with the Origin %j get nothing',
    async (origin) => {
      const { ask, chart } = await serveAll();
      for (const path of [...OPEN_PATHS, ...GUARDED, chart]) {
        expect([path, (await ask(path, { headers: { origin } })).status]).toEqual([path, 403]);
      }
    },
  );

  test('that are allowed, and the page itself, get everything', async () => {
    const { ask, port } = await serveAll({ allowHosts: ['treasury.example'] });
    for (const headers of [
      { host: 'treasury.example' },
      { host: 'treasury.example:8443', origin: 'https://treasury.example:8443' },
      { host: `localhost:${port}`, origin: `http://localhost:${port}` },
    ]) {
      expect((await ask('/inspect/disbursements', { headers })).status).toBe(200);
    }
  });
});

describe('a path of no good will', () => {
  test.each([
    ['/inspect/assets/../outside.js'],
    ['/inspect/assets/..%2foutside.js'],
    ['/inspect/assets/..%5coutside.js'],
    ['/inspect/assets/%2e%2e/outside.js'],
    ['/inspect/assets/%2e%2e%2foutside.js'],
    ['/inspect/assets/%252e%252e%252foutside.js'],
    ['/inspect/assets/..\\outside.js'],
    ['/inspect/assets//outside.js'],
    ['/inspect/assets/./main.ts'],
    ['/inspect/assets/main.ts/'],
    ['/inspect/assets/main.ts%00.js'],
    ['/inspect/assets/%00'],
    ['/inspect/assets/index.html'],
    ['/inspect/assets/.env'],
    ['/inspect/assets/MAIN.TS'],
    ['/inspect/assets/main.ts%20'],
    ['/inspect/assets/main%2ets%3f'],
    ['/inspect/assets/constructor'],
    ['/inspect/assets/folder%2ejs/x'],
    ['/inspect/assets/'],
    ['/inspect/assets'],
    ['/inspect/../outside.js'],
    ['/inspect/..'],
    ['/inspect/%'],
    ['/inspect/%/x'],
    ['/inspect//'],
    ['/inspect//feed'],
    ['/inspect/feed/'],
    ['/inspect/%66eed'],
    ['/inspect/charts'],
    ['/inspect/charts/__proto__'],
    ['/inspect/charts/../feed'],
    ['/inspect/charts/%E0%A4%A'],
    ['/inspect/disbursements/a/b'],
    [`/inspect/${'x'.repeat(8_000)}`],
    [`/inspect/assets/${'x'.repeat(8_000)}.js`],
    [`/inspect${'/x'.repeat(4_000)}`],
    [`/inspect/assets/${'%2e%2e%2f'.repeat(800)}etc/passwd`],
  ])('is not found: %s', async (path) => {
    const { ask, errors } = await serveAll();
    const answer = await ask(path);
    expect(answer).toMatchObject({ status: 404, headers: SAFE });
    expect(answer.text).not.toContain('outside');
    expect(errors).toEqual([]);
  });

  test('that names a folder is an error that is told, and that no later request suffers from', async () => {
    const { ask, errors } = await serveAll();
    for (let i = 1; i < 3; i += 1) {
      expect(await ask('/inspect/assets/folder.js')).toMatchObject({
        status: 500,
        text: '{"error":"internal error"}',
      });
      expect(errors).toHaveLength(i);
    }
    expect((await ask('/inspect/assets/main.ts')).status).toBe(200);
  });

  test.each([
    [
      'in its absolute form',
      'GET http://localhost/inspect HTTP/1.1\r\nHost: localhost\r\nConnection: close',
      404,
    ],
    ['without a Host', 'GET /inspect HTTP/1.0', 403],
    ['with a Host that is empty', 'GET /inspect HTTP/1.1\r\nHost:\r\nConnection: close', 403],
  ])('%s is refused', async (_name, head, status) => {
    const { port } = await serveAll();
    const socket = connect(port, '127.0.0.1');
    socket.end(`${head}\r\n\r\n`);
    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });
});

describe('too many pages', () => {
  test('are told to come back later, until one goes', async () => {
    const { ask, watch, feed } = await serveAll({ maxClients: 2 });
    const pages = [await watch(), await watch()];
    const answer = await ask('/inspect/feed');
    expect(answer).toMatchObject({ status: 503, headers: { ...SAFE, 'retry-after': '10' } });
    expect(JSON.parse(answer.text).error).toContain('2 pages');
    pages[0]?.close();
    await expect.poll(() => feed.clients).toBe(1);
    const again = await watch();
    expect(again.response.statusCode).toBe(200);
  });
});

describe('what goes wrong', () => {
  test('in onError ends no process', async () => {
    const failing = {
      overview: () => Promise.reject(new Error('first')),
      find: () => Promise.resolve(undefined),
    };
    const inspector = createInspector({
      disbursements: failing,
      onError: () => {
        throw new Error('second');
      },
    });
    const warned = once(process, 'warning');
    const { ask } = await listen(inspector.handler);
    expect((await ask('/inspect/disbursements')).status).toBe(500);
    expect((await warned)[0]).toMatchObject({ message: 'second' });
  });

  test('with a source that throws at once is an error like others', async () => {
    const failing = {
      overview: () => {
        throw new Error('at once');
      },
      find: () => Promise.resolve(undefined),
    };
    const { ask, errors } = await serveAll({ disbursements: failing });
    expect((await ask('/inspect/disbursements')).status).toBe(500);
    expect(errors).toHaveLength(1);
  });

  test('with a client that is gone before its answer is nobody’s error', async () => {
    const answer = Promise.withResolvers<never>();
    const asked = Promise.withResolvers<void>();
    const slow = {
      overview: () => {
        asked.resolve();
        return answer.promise;
      },
      find: () => Promise.resolve(undefined),
    };
    const served = await serve({ disbursements: slow });
    const responses: ServerResponse[] = [];
    const server = createServer((request, response) => {
      responses.push(response);
      served.handler(request, response);
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
    socket.write('GET /inspect/disbursements HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await asked.promise;
    socket.destroy();
    await once(responses[0] as ServerResponse, 'close');
    answer.resolve({ now: 0 } as never);
    await answer.promise;
    expect(served.errors).toEqual([]);
  });

  test('with a chart that is asked for after the end is said', async () => {
    const inspector = createInspector();
    createCircuitBreaker({ name: 'rpc', inspect: inspector.inspect });
    const { ask, watch } = await listen(inspector.handler);
    const page = await watch();
    await page.until(() => page.frames.length > 1);
    const chart = page.frames[0]?.data.actors[0]?.machine?.chart;
    inspector.stop();
    expect(await ask(`/inspect/charts/${chart}`)).toMatchObject({
      status: 501,
      text: '{"error":"the inspector was stopped"}',
    });
  });

  test('with a chart that is being drawn at the end is said', async () => {
    const inspector = createInspector();
    createCircuitBreaker({ name: 'rpc', inspect: inspector.inspect });
    const { ask, watch, server } = await listen(inspector.handler);
    const page = await watch();
    await page.until(() => page.frames.length > 1);
    const answer = ask(`/inspect/charts/${page.frames[0]?.data.actors[0]?.machine?.chart}`);
    await once(server, 'request');
    inspector.stop();
    expect((await answer).status).toBe(501);
  });
});
