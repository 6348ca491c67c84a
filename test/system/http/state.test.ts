import { Gauge } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { Readiness } from '../../../src/http/readiness.ts';
import type { TreasuryExecutorSnapshot } from '../../../src/index.ts';
import { parsePage } from '../../telemetry/scrape.ts';
import { startTestServer } from './support.ts';

describe('/metrics', () => {
  test('shows the breaker as it is at the scrape', async () => {
    const server = await startTestServer();
    const scrape = async () => parsePage((await server.ask('/metrics')).text);
    const opened = 'treasury_circuit_breaker_transitions_total{from="CLOSED",to="OPEN"}';
    const before = await scrape();
    expect([before.get('treasury_circuit_breaker_state'), before.get(opened)]).toEqual([0, 0]);
    server.open();
    server.clock.increment(15_000);
    const after = await scrape();
    expect([after.get('treasury_circuit_breaker_state'), after.get(opened)]).toEqual([1, 1]);
    expect(after.get('treasury_circuit_breaker_open_remaining_seconds')).toBe(45);
  });

  test('has the content type of its registry', async () => {
    const server = await startTestServer();
    const { status, headers } = await server.ask('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  test('that fails says no more than that', async () => {
    const server = await startTestServer();
    const collect = () => {
      throw new Error('postgres://user:secret@db');
    };
    new Gauge({ name: 'theirs', help: 'x', collect, registers: [server.registry] });
    const answer = await server.ask('/metrics');
    expect(answer.status).toBe(500);
    expect(answer.json()).toEqual({ error: 'internal error' });
    expect(server.errors).toEqual([new Error('postgres://user:secret@db')]);
    expect((await server.ask('/healthz')).status).toBe(200);
  });
});

test('/healthz says that the process answers', async () => {
  const server = await startTestServer({ probeStore: () => Promise.reject(new Error('down')) });
  server.shown.state = 'faulted';
  const answer = await server.ask('/healthz');
  expect([answer.status, answer.json()]).toEqual([200, { status: 'ok' }]);
});

describe('/readyz', () => {
  const reasonsOf = async (server: Awaited<ReturnType<typeof startTestServer>>) => {
    const answer = await server.ask('/readyz');
    const { status, reasons } = answer.json() as { status: string; reasons?: string[] };
    expect([answer.status, status]).toEqual(reasons === undefined ? [200, 'ready'] : [503, 'unavailable']);
    return reasons ?? [];
  };

  test('says yes when store, executor and tick are well, an open breaker or not', async () => {
    const server = await startTestServer();
    server.open();
    expect(await reasonsOf(server)).toEqual([]);
  });

  test('names a store that does not answer well, without its error', async () => {
    const server = await startTestServer({
      probeStore: () => Promise.reject(new Error('postgres://user:secret@db')),
    });
    expect(await reasonsOf(server)).toEqual(['store: unreachable']);
  });

  test('names a store whose probe throws at once', async () => {
    const server = await startTestServer({
      probeStore: () => {
        throw new Error('closed');
      },
    });
    expect(await reasonsOf(server)).toEqual(['store: unreachable']);
  });

  test('waits for a store no longer than it may, and gives it up', async () => {
    let signal: AbortSignal | undefined;
    const server = await startTestServer({
      storeTimeoutMs: 20,
      probeStore: (context) => {
        signal = context.signal;
        return new Promise(() => {});
      },
    });
    expect(await reasonsOf(server)).toEqual(['store: no answer within 20 ms']);
    expect(signal?.aborted).toBe(true);
  });

  test('asks a slow store once for all who wait, and again for the next', async () => {
    const probes: (() => void)[] = [];
    const readiness = new Readiness({
      executor: { snapshot: { state: 'waiting', lastTickAt: Date.now() } as TreasuryExecutorSnapshot },
      probeStore: () => new Promise<void>((resolve) => probes.push(resolve)),
    });
    const waiting = [readiness.reasons(), readiness.reasons()];
    expect(probes).toHaveLength(1);
    probes[0]?.();
    expect(await Promise.all(waiting)).toEqual([[], []]);
    const next = readiness.reasons();
    expect(probes).toHaveLength(2);
    probes[1]?.();
    expect(await next).toEqual([]);
  });

  test.each([
    ['faulted', 'executor: faulted, it pays nothing until it is started again'],
    ['releasing', 'executor: stopped'],
    ['stopped', 'executor: stopped'],
  ] as const)('names an executor that is %s', async (state, reason) => {
    const server = await startTestServer();
    server.shown.state = state;
    expect(await reasonsOf(server)).toEqual([reason]);
  });

  test('names a tick that is too old, and one that never was', async () => {
    const server = await startTestServer({ maxTickAgeMs: 30_000 });
    server.clock.increment(30_000);
    expect(await reasonsOf(server)).toEqual([]);
    server.clock.increment(1_000);
    expect(await reasonsOf(server)).toEqual(['tick: the last one ended 31 s ago, more than 30 s']);
    server.shown.lastTickAt = undefined;
    expect(await reasonsOf(server)).toEqual(['tick: none has ended yet']);
  });

  test('names everything at once', async () => {
    const server = await startTestServer({ probeStore: () => Promise.reject(new Error('down')) });
    server.shown.state = 'faulted';
    server.shown.lastTickAt = undefined;
    expect(await reasonsOf(server)).toHaveLength(3);
  });
});

describe('/api/breaker', () => {
  test('shows exactly the fields of the contract, null where there is nothing', async () => {
    const server = await startTestServer();
    const view = async () => (await server.ask('/api/breaker')).json();
    const closed = {
      state: 'CLOSED',
      stateCode: 0,
      failures: 0,
      successes: 0,
      generation: 0,
      retryAfterMs: 0,
    };
    expect(await view()).toEqual({ ...closed, lastFailureAt: null, changedAt: null });
    server.clock.increment(1_000);
    server.open();
    server.clock.increment(500);
    const at = 1_700_000_001_000;
    const open = {
      state: 'OPEN',
      stateCode: 1,
      failures: 2,
      successes: 0,
      generation: 1,
      retryAfterMs: 59_500,
    };
    expect(await view()).toEqual({ ...open, lastFailureAt: at, changedAt: at });
    server.breaker.isolate();
    const isolated = { state: 'ISOLATED', stateCode: 1, generation: 2, retryAfterMs: null };
    expect(await view()).toEqual({ ...open, ...isolated, lastFailureAt: at, changedAt: at + 500 });
  });

  test('is 503 while there is no breaker', async () => {
    const server = await startTestServer({ breaker: () => undefined });
    const answer = await server.ask('/api/breaker');
    expect([answer.status, answer.json()]).toEqual([503, { error: 'there is no breaker yet' }]);
  });

  test('says no more than that when it cannot be read', async () => {
    const server = await startTestServer({
      breaker: () => {
        throw new Error('secret');
      },
    });
    const answer = await server.ask('/api/breaker');
    expect([answer.status, answer.text]).toEqual([500, '{"error":"internal error"}']);
  });
});

test('/ names the routes that there are', async () => {
  const server = await startTestServer();
  expect((await server.ask('/')).json()).toEqual({
    service: 'treasury-breaker',
    routes: ['GET /', 'GET /metrics', 'GET /healthz', 'GET /readyz', 'GET /api/breaker'],
  });
});
