import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createExecutorClient } from '../../../src/cli/drill/executor-client.ts';
import { planPayouts } from '../../../src/cli/drill/payouts.ts';
import { DEFAULT_POLICY } from '../../../src/index.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { startTestServer } from '../http/support.ts';
import { end, endChainOf, type LiveTreasury, startLive } from './live-treasury.ts';
import { treasury } from './treasury.ts';

const DB = '.treasury/treasury.db';

let folder: string;
const started: LiveTreasury[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-drill-target-'));
});
afterEach(async () => {
  for (const live of started.splice(0)) await end(live, 'SIGKILL');
  await endChainOf(folder);
  await rm(folder, { recursive: true });
});

const startHere = (...args: readonly string[]): LiveTreasury => {
  const live = startLive(folder, args);
  started.push(live);
  return live;
};

describe('treasury drill --target', () => {
  const { before, batch, behind } = planPayouts(50, DEFAULT_POLICY);

  /** A `treasury dev` that has paid all it has. */
  async function startDev(): Promise<string> {
    const row = ({ id, destination, amount }: (typeof before)[number]) => `${id},${destination},${amount},,,`;
    await writeFile(
      join(folder, 'rows.csv'),
      ['id,destination,amount,memo,scheduledEpoch,dependsOn', ...before.map(row)].join('\n'),
    );
    const pace = ['--poll-interval', '100ms', '--open-timeout', '1s'];
    const dev = startHere('dev', '--port', '0', '--disbursements', 'rows.csv', ...pace);
    const url = await dev.url();
    await dev.line(({ progress }) => progress?.paid === before.length);
    return url;
  }

  const verdictOf = async (drill: LiveTreasury, step: string) => {
    const { verdict } = await drill.line((line) => line.name === step && line.verdict !== undefined);
    return `${step} ${verdict}`;
  };

  const importBatch = async () => {
    const store = await openSqliteStore(join(folder, DB), { create: false });
    await store.importDisbursements([...batch, ...behind], { now: Date.now() });
    await store.close();
  };

  const outage = (url: string, method: 'POST' | 'DELETE') =>
    fetch(`${url}/dev/outage`, {
      method,
      ...(method === 'POST' && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ duration: '1h', mode: 'unavailable' }),
      }),
    });

  test('fails when nothing breaks, and passes when somebody breaks and mends the RPC as it tells', async () => {
    const url = await startDev();
    const idle = startHere('drill', '--target', url, '--timeout', '500ms');
    expect(await idle.ended).toBe(1);
    expect(idle.stderr()).toMatch(/^treasury: drill failed: step 2 of 5 [^\n]*within 0\.5 s[^\n]*\n$/);
    expect(await Promise.all(['before', 'open', 'closed'].map((step) => verdictOf(idle, step)))).toEqual([
      'before ok',
      'open failed',
      'closed notReached',
    ]);
    await idle.line(({ name, todo }) => name === undefined && (todo ?? '').includes('mend the RPC'));

    const drill = startHere('drill', '--target', url, '--open-timeout', '1s', '--db', DB);
    await drill.line(({ name, todo }) => name === 'open' && todo !== undefined);
    await outage(url, 'POST');
    await importBatch();
    const { todo } = await drill.line((line) => line.name === 'closed' && line.todo !== undefined);
    expect(todo).toContain('mend the RPC');
    await outage(url, 'DELETE');
    expect(await drill.ended, drill.stderr()).toBe(0);
    const steps = ['before', 'open', 'quiet', 'closed', 'paid', 'audit'];
    expect(await Promise.all(steps.map((step) => verdictOf(drill, step)))).toEqual(
      steps.map((step) => `${step} ok`),
    );
  });

  test('exits 69 where nothing answers, and repeats no credentials', async () => {
    const { code, stderr } = await treasury(folder, [
      'drill',
      '--target',
      'http://user:secret-word@127.0.0.1:9/long-secret-path',
    ]);
    expect(code).toBe(69);
    expect(stderr).toMatch(
      /^treasury: http:\/\/127\.0\.0\.1:9\/… no connection \([^\n]*is an executor running there\?\n$/,
    );
  });
});

describe('a target', () => {
  const { signal } = new AbortController();

  /** A server that is no treasury. */
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  test('is asked nothing but GETs, with the credentials of its URL', async () => {
    const seen: string[] = [];
    const url = await serve((request, reply) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      reply.writeHead(200).end('{}');
    });
    const client = createExecutorClient(`${url.replace('//', '//user:pass@')}/treasury`);
    await expect(client.read(signal)).rejects.toThrow('is no treasury executor');
    const authorization = `Basic ${Buffer.from('user:pass').toString('base64')}`;
    expect(seen).toEqual([`GET /treasury/api/breaker ${authorization}`]);
    expect(client.url).not.toContain('pass');
  });

  test('is not waited for when the drill is over, and is not blamed for it', async () => {
    const asked = Promise.withResolvers<void>();
    const url = await serve(() => asked.resolve());
    const stop = new AbortController();
    const reading = createExecutorClient(url).read(stop.signal);
    void asked.promise.then(() => stop.abort());
    await expect(reading).rejects.toThrow(/: given up before it answered$/);
  });

  test.each([['ftp://127.0.0.1'], ['127.0.0.1:9615'], ['nonsense'], ['']])('%j is none', (target) => {
    expect(() => createExecutorClient(target)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining('--target') }),
    );
  });

  test.each([
    [200, '<p>', 'ConfigurationError', 'is no treasury executor: HTTP 200 at /api/breaker'],
    [404, '{}', 'ConfigurationError', 'is no treasury executor: HTTP 404 at /api/breaker'],
    [403, '{}', 'ConfigurationError', 'refuses to answer (HTTP 403 at /api/breaker)'],
    [502, 'bad gateway', 'TargetUnreachableError', 'does not answer: HTTP 502'],
    [302, '', 'ConfigurationError', 'is no treasury executor: HTTP 302 at /api/breaker'],
  ])('that answers %i with %j is none', async (status, body, name, message) => {
    const url = await serve((_request, reply) => {
      reply.writeHead(status, { location: 'http://127.0.0.1:9/' }).end(body);
    });
    await expect(createExecutorClient(url).read(signal)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  test('that sends without an end is given up', async () => {
    const url = await serve((_request, reply) => {
      const more = () =>
        void (reply.write('x'.repeat(65_536)) ? setImmediate(more) : reply.once('drain', more));
      more();
    });
    await expect(createExecutorClient(url).read(signal)).rejects.toThrow('more than 8388608 bytes');
  });

  test('is read: both pages of one moment, and what speaks against it', async () => {
    const server = await startTestServer();
    const client = createExecutorClient(server.url);
    server.open();
    expect(await client.read(signal)).toMatchObject({ breaker: { state: 'OPEN', failures: 2 }, state: 1 });
    expect(await client.unreadyReasons(signal)).toEqual([]);
    server.shown.state = 'faulted';
    expect(await client.unreadyReasons(signal)).toEqual([expect.stringContaining('executor: faulted')]);
  });

  test('without a breaker yet is no fault', async () => {
    const server = await startTestServer({ breaker: () => undefined });
    expect(await createExecutorClient(server.url).read(signal)).toBeUndefined();
  });
});
