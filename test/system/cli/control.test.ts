import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEV_PRIVATE_KEY } from '../../../src/dev/anvil.ts';
import { BUMPING, startTestChain, type TestChain } from '../../support/chain.ts';
import { end, endChainOf, type LiveTreasury, startLive } from './live-treasury.ts';
import { objectsOf, treasury } from './treasury.ts';

const HEADER = 'id,destination,amount,memo,scheduledEpoch,dependsOn';
const PAYEE = '0xf7b83d1ea4d2c451ab1becb0e9f50242dda15095';
const TOKEN = 'sentinel-77aa01-control-token';

let folder: string;
let chain: TestChain;
const started: LiveTreasury[] = [];

beforeAll(async () => {
  chain = await startTestChain();
});
afterAll(() => chain.stop());
beforeEach(async () => {
  await chain.ask('anvil_reset');
  folder = await mkdtemp(join(tmpdir(), 'treasury-control-'));
  await writeFile(join(folder, 'key'), `${DEV_PRIVATE_KEY}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'token'), `${TOKEN}\n`, { mode: 0o600 });
});
afterEach(async () => {
  for (const live of started.splice(0)) await end(live, 'SIGKILL');
  await endChainOf(folder);
  await rm(folder, { recursive: true });
});

function start(...args: readonly string[]): LiveTreasury {
  const live = startLive(folder, args);
  started.push(live);
  return live;
}

const run = (...args: readonly string[]): LiveTreasury =>
  start(
    ...['run', '--rpc-url', chain.url, '--key-file', 'key', '--port', '0'],
    ...['--poll-interval', '50ms', '--confirmations', '1', ...BUMPING, ...args],
  );

async function importRows(...ids: readonly string[]): Promise<void> {
  const rows = ids.map((id) => `${id},${PAYEE},1,,,`);
  const ending = await treasury(folder, ['import', '-'], `${[HEADER, ...rows].join('\n')}\n`);
  expect(ending).toMatchObject({ code: 0 });
}

const breaker = (...args: readonly string[]) => treasury(folder, ['breaker', ...args]);

async function order(live: LiveTreasury, body: unknown, token: string = TOKEN) {
  const response = await fetch(`${await live.url()}/control/breaker`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return [response.status, await response.json()];
}

const changed = (live: LiveTreasury, change: string) =>
  live.line(({ msg }) => msg?.startsWith(`breaker ${change}`) ?? false);

describe('an operator', () => {
  test('isolates by command and resets over HTTP: nothing is paid in between, and the audit knows', async () => {
    await importRows('A');
    const live = run('--control-token-file', 'token');
    await live.line(({ progress }) => progress?.paid === 1);
    expect(await breaker('isolate', '--reason', 'RPC replays')).toMatchObject({ code: 0 });
    await changed(live, 'CLOSED -> ISOLATED (RPC replays)');
    await importRows('B');
    await live.line(({ progress }) => progress?.outstanding === 1 && progress.circuit === 'ISOLATED');
    expect(await chain.balanceOf(PAYEE)).toBe(1n);

    expect(await order(live, { action: 'reset', reason: 'RPC is exact again' })).toEqual([
      202,
      { id: 2, action: 'reset', state: 'pending' },
    ]);
    await changed(live, 'ISOLATED -> CLOSED (RPC is exact again)');
    await live.line(({ progress }) => progress?.paid === 2);
    expect(await chain.balanceOf(PAYEE)).toBe(2n);
    expect(await end(live, 'SIGTERM')).toBe(0);

    const [status] = objectsOf((await breaker('status', '--json')).stdout);
    expect(status).toMatchObject({
      state: 'CLOSED',
      pending: [],
      applied: [
        { id: 2, action: 'reset', by: 'http', reason: 'RPC is exact again', from: 'ISOLATED', to: 'CLOSED' },
        { id: 1, action: 'isolate', reason: 'RPC replays', from: 'CLOSED', to: 'ISOLATED' },
      ],
    });
  });

  test('isolates before the start: the first tick pays nothing, and a restart keeps it so', async () => {
    await importRows('A');
    await breaker('isolate');
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const live = run('--lease', '1s');
      await live.line(({ progress }) => progress?.leaseHeld === true && progress.circuit === 'ISOLATED');
      await end(live, signal);
    }
    expect(await chain.balanceOf(PAYEE)).toBe(0n);
    await breaker('reset');
    const last = run('--once');
    expect(await last.ended, last.stderr()).toBe(0);
    expect(await chain.balanceOf(PAYEE)).toBe(1n);
  });

  test('has no control over HTTP without a token', async () => {
    await importRows('A');
    const live = run();
    await live.line(({ progress }) => progress?.paid === 1);
    expect((await order(live, { action: 'isolate' }))[0]).toBe(404);
    expect(await end(live, 'SIGTERM')).toBe(0);
  });

  test('has it in dev, too', async () => {
    await writeFile(join(folder, 'rows.csv'), `${HEADER}\nA,${PAYEE},1,,,\n`);
    const live = start(
      ...['dev', '--port', '0', '--poll-interval', '50ms', '--disbursements', 'rows.csv'],
      ...['--control-token-file', 'token'],
    );
    expect((await order(live, { action: 'isolate' }, `${TOKEN}x`))[0]).toBe(401);
    expect(await order(live, { action: 'isolate' })).toEqual([
      202,
      { id: 1, action: 'isolate', state: 'pending' },
    ]);
    await live.line(({ msg }) => msg?.includes('-> ISOLATED') ?? false);
    expect(await end(live, 'SIGTERM')).toBe(0);
  });
});

describe('a control token file', () => {
  const path = () => join(folder, 'token');

  // What else it may be: test/cli/control-token-file.test.ts.
  test.each([
    ['that others can read', () => chmod(path(), 0o640), /chmod 600 token/],
    ['beyond ASCII', () => writeFile(path(), 'sentinel-ünïcödé-token\n'), /printable ASCII/],
  ])('%s: 78, nothing of it in the message, and nothing is started', async (_what, spoil, message) => {
    await spoil();
    for (const args of [['dev'], ['run', '--rpc-url', 'http://127.0.0.1:1', '--key-file', 'key']]) {
      const live = start(...args, '--port', '0', '--control-token-file', 'token');
      expect(await live.ended).toBe(78);
      expect(live.stderr()).toMatch(/^treasury: the control token file token [^\n]*\n$/);
      expect(live.stderr()).toMatch(message);
      expect(live.stderr()).not.toContain('sentinel');
    }
    expect(await readdir(folder)).not.toContain('.treasury');
  });

  test('may have a remark in its second line', async () => {
    await importRows('A');
    await writeFile(path(), `${TOKEN}\r\n# of the night shift\n`);
    const live = run('--control-token-file', 'token');
    expect((await order(live, { action: 'reset' }))[0]).toBe(202);
    expect(await end(live, 'SIGTERM')).toBe(0);
  });
});

test('the token is in nothing that is printed, served or stored', async () => {
  await importRows('A');
  const live = run('--control-token-file', 'token');
  let stdout = '';
  live.process.stdout?.on('data', (data: Buffer) => {
    stdout += data.toString();
  });
  const url = await live.url();
  expect((await order(live, { action: 'isolate', reason: 'drill' }))[0]).toBe(202);
  expect((await order(live, { action: 'nonsense' }))[0]).toBe(400);
  expect((await order(live, { action: 'isolate' }, 'sentinel-of-somebody-else'))[0]).toBe(401);
  await changed(live, 'CLOSED -> ISOLATED (drill)');
  const pages = ['/', '/metrics', '/readyz', '/healthz', '/api/breaker', '/control/breaker'].map(
    async (page) => (await fetch(url + page, { headers: { authorization: `Bearer ${TOKEN}` } })).text(),
  );
  const told = [...(await Promise.all(pages)), (await breaker('status', '--json')).stdout];
  const files = (await readdir(join(folder, '.treasury'))).map((name) =>
    readFile(join(folder, '.treasury', name), 'latin1'),
  );
  const stored = await Promise.all(files);
  expect(await end(live, 'SIGTERM')).toBe(0);
  expect(stdout).toContain('ISOLATED');
  expect([...told, ...stored, stdout, live.stderr()].join('\n')).not.toContain('sentinel');
});
