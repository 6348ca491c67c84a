import { expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { createTreasuryInspector } from '../../../src/treasury-inspector.ts';
import { enqueue, openNew } from '../../store/support.ts';
import { sendRaw, startTestServer } from './support.ts';

const AT_ONCE = 50;

/** So many requests in one go, on one connection. */
const manyOf = (path: string): string => {
  const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n`;
  return `${`${request}\r\n`.repeat(AT_ONCE - 1)}${request}Connection: close\r\n\r\n`;
};

const statusesOf = (answers: string): readonly string[] =>
  [...answers.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status = '']) => status);

const allFine = Array.from({ length: AT_ONCE }, () => '200');

test('who scrapes many times at once gets one page many times', async () => {
  let pages = 0;
  const page = Promise.withResolvers<string>();
  const registry = {
    contentType: 'text/plain',
    metrics: () => {
      pages += 1;
      return page.promise;
    },
  };
  const server = await startTestServer({ registry });
  const answers = sendRaw(server.port, manyOf('/metrics'));
  // Whatever came before is at work by now.
  await expect.poll(() => pages).toBe(1);
  await server.ask('/healthz');
  page.resolve('up 1\n');
  expect(statusesOf(await answers)).toEqual(allFine);
  expect(pages).toBe(1);
  await server.ask('/metrics');
  expect(pages).toBe(2);
});

/** A treasury's inspector over a real store, whose calls are counted: how many there were, and how many at once. */
async function serveRows() {
  const { store } = await openNew();
  await enqueue(store, 'a');
  const calls = new Map<string, { all: number; out: number; most: number }>();
  const noted = new Proxy(store, {
    get:
      (target, name: keyof Store & string) =>
      async (...given: unknown[]) => {
        const call = calls.get(name) ?? { all: 0, out: 0, most: 0 };
        calls.set(name, call);
        call.all += 1;
        call.out += 1;
        call.most = Math.max(call.most, call.out);
        try {
          return await (target[name] as (...given: unknown[]) => Promise<unknown>)(...given);
        } finally {
          call.out -= 1;
        }
      },
  });
  const inspector = createTreasuryInspector({
    ...{ store: noted, policy: undefined, pollIntervalMs: undefined, leaseTtlMs: undefined },
    ...{ token: undefined, allowHosts: undefined, hasOutage: false, onError: () => {} },
  });
  onTestFinished(() => inspector.stop());
  return { server: await startTestServer({ inspect: inspector.handler }), calls };
}

test('who looks at a disbursement many times at once waits in a line of his own before the store', async () => {
  const { server, calls } = await serveRows();
  const answers = await sendRaw(server.port, manyOf('/inspect/disbursements/a'));
  expect(statusesOf(answers)).toEqual(allFine);
  expect(calls.get('find')).toMatchObject({ all: AT_ONCE, most: 1 });
});

test('who looks at all disbursements many times at once has them counted once', async () => {
  const { server, calls } = await serveRows();
  const answers = await sendRaw(server.port, manyOf('/inspect/disbursements'));
  expect(statusesOf(answers)).toEqual(allFine);
  expect(calls.get('countByStatus')?.all).toBe(1);
});

test('a connection has its number of requests, and no more', async () => {
  let asked = 0;
  const registry = { contentType: 'text/plain', metrics: async () => `up ${++asked}\n` };
  const server = await startTestServer({
    registry,
    limits: { maxRequestsPerConnection: 3, keepAliveTimeoutMs: 20 },
  });
  const answers = await sendRaw(server.port, manyOf('/metrics'));
  expect(statusesOf(answers)).toEqual(allFine.map((_, i) => (i < 3 ? '200' : '503')));
  expect(answers.split(/^connection: close/im)).toHaveLength(1 + AT_ONCE - 2);
  expect(asked).toBe(1);
});
