import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { DEV_ADDRESS, DEV_PRIVATE_KEY } from '../../../src/dev/anvil.ts';
import { type RpcProxy, startRpcProxy } from '../../../src/dev/rpc-proxy.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { BUMPING, startTestChain, type TestChain } from '../../support/chain.ts';
import { end, type LiveTreasury, startLive } from './live-treasury.ts';
import { objectsOf, treasury } from './treasury.ts';

const HEADER = 'id,destination,amount,memo,scheduledEpoch,dependsOn';
const PAYEE = '0xf7b83d1ea4d2c451ab1becb0e9f50242dda15095';

let folder: string;
let chain: TestChain;
let proxy: RpcProxy;
const started: LiveTreasury[] = [];

beforeAll(async () => {
  chain = await startTestChain();
});
afterAll(() => chain.stop());
beforeEach(async () => {
  await chain.ask('anvil_reset');
  folder = await mkdtemp(join(tmpdir(), 'treasury-run-'));
  proxy = await startRpcProxy({ target: chain.url });
  await writeFile(join(folder, 'key'), `${DEV_PRIVATE_KEY}\n`, { mode: 0o600 });
});
afterEach(async () => {
  for (const live of started.splice(0)) await end(live, 'SIGKILL');
  await proxy.close();
  await rm(folder, { recursive: true });
});

const run = (...args: readonly string[]): LiveTreasury => {
  const usual = ['--rpc-url', proxy.url, '--key-file', 'key', '--port', '0', ...BUMPING];
  const live = startLive(folder, ['run', ...usual, ...args]);
  started.push(live);
  return live;
};

const importRows = async (...lines: readonly string[]): Promise<void> => {
  const ending = await treasury(folder, ['import', '-'], `${[HEADER, ...lines].join('\n')}\n`);
  expect(ending).toMatchObject({ code: 0 });
};

/** A refusal: one line on standard error that says what to do. */
async function expectRefusal(live: LiveTreasury, code: number, message: RegExp): Promise<void> {
  expect(await live.ended).toBe(code);
  expect(live.stderr()).toMatch(/^treasury: [^\n]*\n$/);
  expect(live.stderr()).toMatch(message);
}

describe('treasury run', () => {
  test('pays what was imported, to the unit, and tells list and show of it', async () => {
    await importRows(`A,${PAYEE},5,rent,,`, `B,${PAYEE},6,,,A`, `C,${PAYEE},7,,900000,`);
    const live = run('--once', '--confirmations', '1', '--poll-interval', '50ms');
    expect(await live.ended, live.stderr()).toBe(0);
    expect(await live.summary()).toMatchObject({ paid: 2, later: 1, totalAmount: '11' });
    expect(await chain.balanceOf(PAYEE)).toBe(11n);
    const { stdout } = await treasury(folder, ['list', '--json']);
    expect(objectsOf(stdout)).toMatchObject([
      {
        id: 'A',
        amount: '5',
        status: 'finalized',
        nonce: 0,
        txHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      },
      { id: 'B', amount: '6', status: 'finalized', nonce: 1 },
      { id: 'C', amount: '7', status: 'queued', nonce: null, txHash: null },
    ]);
  });

  test('is settled by executed: deeper confirmations are not waited for', async () => {
    await importRows(`A,${PAYEE},5,,,`);
    const live = run('--once', '--confirmations', '12', '--poll-interval', '50ms');
    expect(await live.ended, live.stderr()).toBe(0);
    const { stdout } = await treasury(folder, ['list', '--json']);
    expect(objectsOf(stdout)).toMatchObject([{ id: 'A', status: 'executed' }]);
  });

  test('takes policy flags: with a threshold of 2 the second failure opens the breaker', async () => {
    await importRows(...Array.from({ length: 6 }, (_, i) => `R${i},${PAYEE},1,,,`));
    const live = run('--failure-threshold', '2', '--open-timeout', '1h', '--poll-interval', '50ms');
    await live.line(({ progress }) => progress?.circuit === 'CLOSED');
    await proxy.setOutage('unavailable');
    await importRows(...Array.from({ length: 6 }, (_, i) => `S${i},${PAYEE},1,,,`));
    await live.line(({ msg }) => msg?.startsWith('breaker CLOSED -> OPEN') ?? false);
    const breaker = await (await fetch(`${await live.url()}/api/breaker`)).json();
    expect(breaker).toMatchObject({ state: 'OPEN', failures: 2 });
    const page = await fetch(`${await live.url()}/inspect`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>Treasury</title>');
    expect(await end(live, 'SIGTERM')).toBe(0);
  });

  test('remembers an open breaker: a restart does not hammer a dead RPC', async () => {
    await importRows(...Array.from({ length: 8 }, (_, i) => `R${i},${PAYEE},1,,,`));
    const first = run('--open-timeout', '1h', '--poll-interval', '50ms', '--lease', '1s');
    await first.line(({ progress }) => progress?.paid === 8);
    await proxy.setOutage('unavailable');
    await importRows(...Array.from({ length: 8 }, (_, i) => `S${i},${PAYEE},1,,,`));
    // Ticks after the one in which it opened: by then its snapshot is durable.
    await first.line(
      ({ progress }) => progress?.circuit === 'OPEN' && progress.retryAfterMs < 3_600_000 - 500,
    );
    await end(first, 'SIGKILL');
    await proxy.setOutage(undefined);
    const second = run('--open-timeout', '1h', '--poll-interval', '50ms', '--lease', '1s');
    await second.line(({ progress }) => progress?.leaseHeld === true && progress.circuit === 'OPEN');
    expect(await end(second, 'SIGTERM')).toBe(0);
    expect(await chain.balanceOf(PAYEE)).toBe(8n);
  });

  test('--timeout: exit 75 when something due is still open, with a summary', async () => {
    await importRows(`A,${PAYEE},5,,,`);
    await chain.setAutomine(false);
    const live = run('--once', '--timeout', '1s', '--poll-interval', '50ms');
    await expectRefusal(live, 75, /1 due disbursements are unsettled/);
    expect(await live.summary()).toMatchObject({ paid: 0, outstanding: 1 });
    await chain.setAutomine(true);
  });

  test('--max-in-flight and --max-unmined: how many are sent at once, and how many wait for a block', async () => {
    await importRows(...Array.from({ length: 6 }, (_, i) => `R${i},${PAYEE},1,,,`));
    await chain.setAutomine(false);
    onTestFinished(async () => void (await chain.setAutomine(true)));
    let out = 0;
    let mostOut = 0;
    const watching = await startRpcProxy({
      target: chain.url,
      onCall: (method) => {
        const weight = method === 'eth_sendRawTransaction' ? 1 : 0;
        out += weight;
        mostOut = Math.max(mostOut, out);
        let isOver = false;
        return {
          ended: () => {
            if (!isOver) out -= weight;
            isOver = true;
          },
        };
      },
    });
    onTestFinished(() => watching.close());
    const live = run(
      ...['--rpc-url', watching.url, '--once', '--timeout', '1500ms', '--poll-interval', '50ms'],
      ...['--max-in-flight', '1', '--max-unmined', '3'],
    );
    await expectRefusal(live, 75, /6 due disbursements are unsettled/);
    const { stdout } = await treasury(folder, ['list', '--json']);
    expect(objectsOf(stdout).map(({ nonce }) => nonce)).toEqual([0, 1, 2, null, null, null]);
    expect(mostOut).toBe(1);
  });

  test('a payment that the account cannot pay is cancelled, or held until there is money', async () => {
    const balance = (await chain.balanceOf(DEV_ADDRESS)).toString();
    await importRows(`A,${PAYEE},${balance},,,`);
    const holding = run(
      '--once',
      '--on-insufficient-funds',
      'hold',
      '--poll-interval',
      '50ms',
      '--timeout',
      '2s',
    );
    await holding.line(({ progress }) => progress?.error?.startsWith('insufficient balance: have ') ?? false);
    await expectRefusal(holding, 75, /1 due disbursements are unsettled/);
    const listed = async () => objectsOf((await treasury(folder, ['list', '--json'])).stdout);
    expect(await listed()).toMatchObject([{ id: 'A', status: 'queued', nonce: null, attempts: 0 }]);

    await importRows(`B,${PAYEE},${balance},,,`);
    const cancelling = run('--poll-interval', '50ms');
    await cancelling.line(({ progress }) => progress?.cancelled === 1);
    expect(await end(cancelling, 'SIGTERM')).toBe(0);
    // The first one is still held: it is tried again half a minute later.
    expect((await listed()).map(({ status }) => status)).toEqual(['queued', 'cancelled']);
  });

  test('what becomes of a payment without money is one of two', async () => {
    await expectRefusal(run('--on-insufficient-funds', 'keep'), 64, /Allowed choices are cancel, hold/);
  });

  test('an RPC that does not answer at the start: 69, without its credentials', async () => {
    const live = startLive(folder, [
      ...[
        'run',
        '--rpc-url',
        'http://user:hunter2@127.0.0.1:1/secret-token',
        '--key-file',
        'key',
        '--port',
        '0',
      ],
    ]);
    started.push(live);
    await expectRefusal(live, 69, /127\.0\.0\.1:1/);
    expect(live.stderr()).not.toMatch(/hunter2|secret-token/);
  });

  test('an RPC that answers at first, and not when it is asked for the nonce: 69', async () => {
    const onCall = (method: string) => ({
      losesReply: method === 'eth_getTransactionCount',
      ended: () => {},
    });
    await proxy.close();
    proxy = await startRpcProxy({ target: chain.url, onCall });
    await expectRefusal(
      run('--once'),
      69,
      /does not tell what the account has sent: eth_getTransactionCount/,
    );
  });

  test('a store of another chain: 78', async () => {
    await importRows(`A,${PAYEE},5,,,`);
    expect(await run('--once', '--poll-interval', '50ms').ended).toBe(0);
    const other = await startTestChain();
    try {
      const live = startLive(folder, ['run', '--rpc-url', other.url, '--key-file', 'key', '--port', '0']);
      started.push(live);
      await expectRefusal(live, 78, /the store belongs to genesisHash/);
    } finally {
      await other.stop();
    }
  });

  test('an account with nonces that the store does not know: 78, until the operator adopts them by name', async () => {
    await importRows(`A,${PAYEE},5,,,`);
    expect(await run('--once', '--poll-interval', '50ms').ended).toBe(0);
    await rm(join(folder, '.treasury'), { recursive: true });
    await importRows(`A,${PAYEE},5,,,`);
    await expectRefusal(run('--once'), 78, /has used 1 nonces and this store knows of 0/);
    expect(await chain.balanceOf(PAYEE)).toBe(5n);
    // Refused is refused: a wrong endpoint must not claim the store for its chain.
    const store = await openSqliteStore(join(folder, '.treasury', 'treasury.db'));
    expect(await store.boundChain()).toBeUndefined();
    await store.close();

    const adopted = run('--once', '--adopt-nonce', '--poll-interval', '50ms');
    const { msg } = await adopted.line((line) => line.msg?.startsWith('--adopt-nonce') ?? false);
    expect(msg).toContain('1 queued rows may have been paid already and would be paid a second time: A');
    expect(await adopted.ended, adopted.stderr()).toBe(0);
  });

  test.each([
    ['that others can read', async () => chmod(join(folder, 'key'), 0o644), /chmod 600/],
    ['that is missing', async () => rm(join(folder, 'key')), /cannot be opened \(ENOENT\)/],
    ['with two keys', async () => writeFile(join(folder, 'key'), 'ab'.repeat(64)), /one private key/],
  ])('a key file %s: 78, and nothing of it in the message', async (_what, spoil, message) => {
    await spoil();
    const live = run('--once');
    await expectRefusal(live, 78, message);
    expect(live.stderr()).not.toContain(DEV_PRIVATE_KEY.slice(2, 20));
  });

  test.each([
    [['--poll-interval', '5'], /poll-interval/],
    [['--failure-threshold', '0'], /failure-threshold/],
    [['--nonsense'], /nonsense/],
  ])('%s: 64', async (args, message) => {
    await expectRefusal(run(...args), 64, message);
  });

  test('a lease that ends before the next tick is told, and works for one executor', async () => {
    await importRows(`A,${PAYEE},5,,,`);
    const live = run('--once', '--confirmations', '1', '--poll-interval', '50ms', '--lease', '50ms');
    await live.line(({ msg }) => msg?.startsWith('--lease is not longer than --poll-interval') ?? false);
    expect(await live.ended, live.stderr()).toBe(0);
  });

  test('no key, token or password in anything it prints or keeps', async () => {
    await importRows(`A,${PAYEE},5,,,`);
    const live = run('--once', '--poll-interval', '50ms');
    expect(await live.ended).toBe(0);
    const { stdout } = await treasury(folder, ['show', 'A', '--json']);
    expect(stdout + live.stderr()).not.toContain(DEV_PRIVATE_KEY.slice(2));
  });
});
