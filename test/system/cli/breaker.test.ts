import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_PENDING_CONTROLS } from '../../../src/breaker-control.ts';
import { createCircuitBreaker } from '../../../src/index.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import type { Lease, Store } from '../../../src/store/store.ts';
import { objectsOf, treasury } from './treasury.ts';

const BY = `cli:${userInfo().username}`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-breaker-'));
});
afterEach(() => rm(folder, { recursive: true }));

const run = (...args: readonly string[]) => treasury(folder, ['breaker', ...args]);
const dbPath = (): string => join(folder, '.treasury', 'treasury.db');

/** Does what an executor would, between two commands. */
async function asExecutor(work: (store: Store, lease: Lease) => Promise<unknown> = async () => {}) {
  const store = await openSqliteStore(dbPath());
  const lease = await store.acquireLease({ owner: 'host:1', ttlMs: 1, now: Date.now() });
  if (lease === undefined) throw new Error('no lease');
  await work(store, lease).finally(() => store.close());
}

/** A refusal: nothing on standard output, one line on standard error. */
const refusal = (code: number, line: RegExp) => ({
  code,
  stdout: '',
  stderr: expect.stringMatching(new RegExp(`^treasury: [^\\n]*${line.source}[^\\n]*\\n$`)),
});

describe('treasury breaker isolate and reset', () => {
  test('store an order, and say when it is applied', async () => {
    await asExecutor();
    expect(await run('isolate', '--reason', ' RPC replays ')).toEqual({
      code: 0,
      stdout: "order 1 to isolate the breaker is stored: it is applied at the executor's next tick\n",
      stderr: '',
    });
    const { stdout } = await run('reset', '--json');
    expect(objectsOf(stdout)).toEqual([{ id: 2, action: 'reset', state: 'pending' }]);
    const [status] = objectsOf((await run('status', '--json')).stdout);
    expect(status?.['pending']).toMatchObject([{ reason: 'RPC replays' }, { reason: null }]);
    await asExecutor(async (store) => {
      expect(await store.pendingControl()).toMatchObject([
        { id: 1, action: 'isolate', reason: 'RPC replays', by: BY },
        { id: 2, action: 'reset', reason: undefined, by: BY },
      ]);
    });
  });

  test('are refused with 78 while too many wait', async () => {
    const order = { action: 'isolate', reason: undefined, by: 'test' } as const;
    await asExecutor((store) =>
      Promise.all(
        Array.from({ length: MAX_PENDING_CONTROLS }, () => store.requestControl(order, { now: 0 })),
      ),
    );
    expect(await run('reset')).toEqual(
      refusal(78, /100 orders to the breaker wait already .*"treasury run"/),
    );
  });
});

describe('treasury breaker status', () => {
  test('of a store that no executor used is that of a new breaker', async () => {
    await asExecutor();
    expect(objectsOf((await run('status', '--json')).stdout)).toEqual([
      {
        ...{ state: 'CLOSED', failures: 0, successes: 0, generation: 0 },
        ...{ changedAt: null, lastFailureAt: null, nextChanceAt: null, pending: [], applied: [] },
      },
    ]);
  });

  test('tells what is stored, what waits and what was applied', async () => {
    const breaker = createCircuitBreaker();
    await asExecutor(async (store, lease) => {
      const order = { action: 'isolate', reason: 'RPC \u2713 replays', by: 'http' } as const;
      const request = await store.requestControl(order, { now: 1_000 });
      breaker.isolate(order.reason);
      const effect = { now: 2_000, from: 'CLOSED', to: 'ISOLATED', snapshot: breaker.toJSON() } as const;
      await store.applyControl(lease, request, effect);
    });
    await run('reset', '--reason', 'drill over');
    await run('isolate');
    const { stdout, code } = await run('status');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'state           ISOLATED',
      expect.stringMatching(/^since {11}\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      'failures        0',
      'next chance     none before "treasury breaker reset"',
      expect.stringMatching(/^pending orders {2}2 reset by cli:\S+ at \S+Z \(drill over\)$/),
      expect.stringMatching(/^ {16}3 isolate by cli:\S+ at \S+Z \(no reason given\)$/),
      'last orders     1 isolate by http at 1970-01-01T00:00:01.000Z (RPC ✓ replays): CLOSED -> ISOLATED',
    ]);
    expect(objectsOf((await run('status', '--json')).stdout)).toMatchObject([
      {
        ...{ state: 'ISOLATED', generation: 1, nextChanceAt: null, changedAt: breaker.changedAt },
        pending: [
          { id: 2, action: 'reset', reason: 'drill over', by: BY },
          { id: 3, action: 'isolate', reason: null, by: BY },
        ],
        applied: [
          {
            ...{ id: 1, action: 'isolate', reason: 'RPC ✓ replays', by: 'http', requestedAt: 1_000 },
            ...{ appliedAt: 2_000, owner: 'host:1', fence: 1, from: 'CLOSED', to: 'ISOLATED' },
          },
        ],
      },
    ]);
  });

  test('tells when an open breaker has its next chance', async () => {
    const breaker = createCircuitBreaker({ policy: { failureThreshold: 1, openTimeoutMs: 3_600_000 } });
    breaker.recordFailure();
    const snapshot = breaker.toJSON();
    await asExecutor((store, lease) => store.saveBreaker(lease, snapshot));
    const { stdout } = await run('status');
    expect(stdout).toMatch(/^state +OPEN\n/);
    expect(stdout).toMatch(/^failures +1$/m);
    expect(stdout).toMatch(/^next chance +in (3600|35\d\d) s, \S+Z$/m);
    expect(objectsOf((await run('status', '--json')).stdout)).toMatchObject([
      { state: 'OPEN', failures: 1, nextChanceAt: snapshot.openUntil, lastFailureAt: breaker.lastFailureAt },
    ]);
    await asExecutor((store, lease) => store.saveBreaker(lease, { ...snapshot, openUntil: 1 }));
    expect((await run('status')).stdout).toMatch(/^next chance +now$/m);
  });

  test('of a snapshot that cannot be read is 74, and says what the executor makes of it', async () => {
    await asExecutor((store, lease) => store.saveBreaker(lease, { version: 99 }));
    expect(await run('status')).toEqual(
      refusal(74, /cannot be read \(its version is unknown\): the executor takes it for OPEN/),
    );
  });
});

describe('a wrong command line', () => {
  test.each([
    ['no subcommand', [], /no subcommand given: see "treasury breaker --help"/],
    ['an unknown one', ['open'], /unknown command 'open': see "treasury breaker --help"/],
    ['a word too many', ['isolate', 'now'], /too many arguments/],
    ['no text after --reason', ['isolate', '--reason'], /argument missing/],
    [
      'a reason that is too long',
      ['isolate', '--reason', 'x'.repeat(501)],
      /at most 500 printable characters/,
    ],
    ['a reason that a terminal obeys', ['reset', '--reason', 'a\u001b[2Jb'], /printable characters/],
    ['a reason for a look', ['status', '--reason', 'x'], /unknown option '--reason'/],
  ] as const)('(%s) exits 64 and says what is right', async (_what, args, line) => {
    await asExecutor();
    expect(await run(...args)).toEqual(refusal(64, line));
    await asExecutor(async (store) => expect(await store.pendingControl()).toEqual([]));
  });

  test.each([['status'], ['isolate'], ['reset']])('%s exits 78 where there is no store', async (name) => {
    expect(await run(name)).toEqual(refusal(78, /no store at /));
    expect(existsSync(join(folder, '.treasury'))).toBe(false);
  });
});
