import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { balance } from '../../../src/cli/doctor/balance.ts';
import type { Check, Verdict } from '../../../src/cli/doctor/check.ts';
import { clock } from '../../../src/cli/doctor/clock.ts';
import { configuration } from '../../../src/cli/doctor/configuration.ts';
import { control } from '../../../src/cli/doctor/control.ts';
import { examine } from '../../../src/cli/doctor/examine.ts';
import { key } from '../../../src/cli/doctor/key.ts';
import { metrics } from '../../../src/cli/doctor/metrics.ts';
import { nonce } from '../../../src/cli/doctor/nonce.ts';
import { rpc } from '../../../src/cli/doctor/rpc.ts';
import { store } from '../../../src/cli/doctor/store.ts';
import { storeDurability } from '../../../src/cli/doctor/store-durability.ts';
import type { DoctorOptions } from '../../../src/cli/doctor/subject.ts';
import { DEV_ADDRESS, DEV_CHAIN_ID, DEV_PRIVATE_KEY } from '../../../src/dev/anvil.ts';
import { devRpc } from '../../../src/dev/dev-rpc.ts';
import { type RpcProxy, startRpcProxy } from '../../../src/dev/rpc-proxy.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  aPayment,
  ETHER,
  PAYEE,
  pay,
  startRpcStub,
  startTestChain,
  type TestChain,
} from '../../support/chain.ts';
import { collect } from '../../support/collect.ts';
import { makeOldStore } from '../../support/old-store.ts';
import { chainOf, end, endChainOf, startLive } from './live-treasury.ts';
import { objectsOf, treasury } from './treasury.ts';

const COMMAND = fileURLToPath(new URL('../../../scripts/treasury.mjs', import.meta.url));
/** Unlike the folder for temporary files it lies on a disk nearly everywhere. */
const DISK = '/var/tmp';
const TMPFS = 0x01021994;

let folder: string;
let chain: TestChain;
let proxy: RpcProxy;

beforeAll(async () => {
  chain = await startTestChain();
});
afterAll(() => chain.stop());
beforeEach(async () => {
  await chain.ask('anvil_reset');
  folder = await mkdtemp(join(DISK, 'treasury-doctor-'));
  proxy = await startRpcProxy({ target: chain.url });
  writeFileSync(at('key'), `${DEV_PRIVATE_KEY}\n`, { mode: 0o600 });
});
afterEach(async () => {
  await proxy.close();
  await rm(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const db = (): string => at('treasury.db');

/** What is found with these flags. */
function found(check: Check, flags: Partial<DoctorOptions> = {}) {
  const options: DoctorOptions = {
    ...{ db: db(), port: 0, confirmations: 12, epochBlocks: 120, timeout: 1 },
    ...{ onInsufficientFunds: 'cancel', checkTimeout: 5_000 },
    ...flags,
  };
  return collect(examine(options, [check]));
}

/** One line with this verdict, finding and remedy. */
const line = (verdict: Verdict, finding: RegExp, remedy?: RegExp) => [
  expect.objectContaining({
    verdict,
    finding: expect.stringMatching(finding),
    remedy: remedy === undefined ? undefined : expect.stringMatching(remedy),
  }),
];

/** Makes a store, or opens it, for some work. */
async function withStore(work: (store: Store) => Promise<unknown>, path = db()): Promise<void> {
  const opened = await openSqliteStore(path);
  await work(opened).finally(() => opened.close());
}

const holding = (...amounts: readonly bigint[]) =>
  withStore((opened) =>
    opened.importDisbursements(
      amounts.map((amount) => aPayment({ amount })),
      { now: Date.now() },
    ),
  );

const bindingOf = (more: { chainId?: number; signer?: string } = {}) => ({
  ...{ chainId: DEV_CHAIN_ID, genesisHash: chain.genesisHash, signer: DEV_ADDRESS },
  ...more,
});

const bound = (more?: Parameters<typeof bindingOf>[0]) =>
  withStore((opened) => opened.bindChain(bindingOf(more)));

describe('key', () => {
  test('that others can read', async () => {
    chmodSync(at('key'), 0o640);
    const keyFile = at('key');
    expect(await found(key, { keyFile })).toEqual(
      line('failed', /can be read by others$/, /^run "chmod 600 .*key"$/),
    );
    chmodSync(keyFile, 0o600);
    expect(await found(key, { keyFile })).toEqual(
      line('ok', new RegExp(`^${DEV_ADDRESS}, readable by its owner`)),
    );
  });

  test('that is none', async () => {
    const keyFile = at('key');
    for (const text of ['ab', '0'.repeat(64)]) {
      writeFileSync(keyFile, text);
      expect(await found(key, { keyFile })).toEqual(line('failed', /key/, /put the right key into the file/));
    }
    expect(await found(key, { keyFile: at('none') })).toEqual(line('failed', /ENOENT/, /--key-file/));
    expect(await found(key)).toEqual(line('warning', /no key was given/, /--key-file/));
  });

  test('of another account than the store belongs to', async () => {
    const keyFile = at('key');
    await bound({ signer: `0x${'ab'.repeat(20)}` });
    expect(await found(key, { keyFile })).toEqual(
      line(
        'failed',
        new RegExp(`of ${DEV_ADDRESS}, and the store belongs to 0xabab`),
        /or with --db the store/,
      ),
    );
    await withStore((opened) => opened.bindChain(bindingOf()), at('right.db'));
    expect(await found(key, { keyFile, db: at('right.db') })).toEqual(line('ok', /the signer of the store$/));
  });
});

describe('configuration', () => {
  test('one file for key and token', async () => {
    const flags = { keyFile: at('key'), controlTokenFile: at('.//key') };
    expect(await found(configuration, flags)).toEqual(line('failed', /name one file/, /another file/));
    writeFileSync(at('token'), 'sixteen-or-more-characters', { mode: 0o600 });
    expect(await found(configuration, { ...flags, controlTokenFile: at('token') })).toEqual(
      line(
        'ok',
        /^Node [\d.]+; breaker 5 failures, 60 s open, 2 successes; a tick every 1 s, lease 60 s, final after 12/,
      ),
    );
  });
});

describe('control', () => {
  test('a token that others can read, or guess', async () => {
    const controlTokenFile = at('token');
    writeFileSync(controlTokenFile, 'short\n', { mode: 0o644 });
    expect(await found(control, { controlTokenFile })).toEqual(line('failed', /read by others/, /chmod 600/));
    chmodSync(controlTokenFile, 0o600);
    expect(await found(control, { controlTokenFile })).toEqual(line('failed', /at least 16/, /openssl rand/));
    writeFileSync(controlTokenFile, randomBytes(32).toString('hex'));
    expect(await found(control, { controlTokenFile })).toEqual(line('ok', /readable by its owner only$/));
    expect(await found(control)).toEqual(line('ok', /nobody isolates/));
  });
});

describe('store', () => {
  test('that is missing', async () => {
    expect(await found(store)).toEqual(
      line('failed', /^there is no store at /, /treasury import FILE --db /),
    );
    expect(existsSync(db())).toBe(false);
    await holding(5n, 6n);
    expect(await found(store)).toEqual(
      line('ok', /^2 payments, 2 of them open; quick check passed, .* bound to no chain/),
    );
    await bound();
    expect(await found(store)).toEqual(
      line('ok', /bound to chain 31337, [\d.]+ GiB free \(in doubt: treasury audit/),
    );
  });

  test('that is damaged', async () => {
    await holding(...Array.from({ length: 300 }, (_, index) => BigInt(index + 1)));
    copyFileSync(db(), at('backup.db'));
    const bytes = readFileSync(db());
    writeFileSync(db(), bytes.fill(0x5a, bytes.length - 8_192));
    expect(await found(store)).toEqual(line('failed', /damaged/, /keep a copy .*restore a backup/));
    copyFileSync(at('backup.db'), db());
    expect(await found(store)).toEqual(line('ok', /^300 payments/));
  });

  test('of a newer version, of another program, of no kind that there is', async () => {
    await holding(5n);
    const connection = new DatabaseSync(db());
    connection.exec(`insert into kysely_migration (name, timestamp) values ('9999-later', '')`);
    expect(await found(store)).toEqual(line('failed', /newer version \(schema 9999-later\)/, /upgrade/));
    connection.exec(`delete from kysely_migration where name = '9999-later'; pragma application_id = 7`);
    expect(await found(store)).toEqual(line('failed', /another program/, /name another file/));
    connection.close();
    const server = await found(store, { db: 'postgres://user:secret@host/treasury' });
    expect(server).toEqual(line('failed', /database server/, /path of a file/));
    expect(JSON.stringify(server)).not.toContain('secret');
  });

  test('of an older version is left so, until a command opens it', async () => {
    await makeOldStore(db(), 0);
    chmodSync(db(), 0o600);
    const older = line('warning', /^an older version wrote it: 4 migrations \(0002-control, /, /keep a copy/);
    expect(await found(store)).toEqual(older);
    expect(await found(store)).toEqual(older);
    await withStore((opened) => opened.countByStatus());
    expect(await found(store)).toEqual(line('ok', /schema of this version/));
  });

  test('that others can read', async () => {
    await holding(5n);
    chmodSync(db(), 0o644);
    expect(await found(store)).toEqual(
      line('warning', /^others can read it/, /^run "chmod 600 .*treasury\.db\*"$/),
    );
    chmodSync(db(), 0o600);
    expect(await found(store)).toEqual(line('ok', /^1 payment,/));
  });
});

/** Runs the command on its own, with something around it, and gives its line about durability. */
function durabilityUnder(tool: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { stdout } = spawnSync(tool, [...args, process.execPath, COMMAND, 'doctor', '--db', db(), '--json'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return objectsOf(stdout).find((each) => each['check'] === 'store durability');
}

const runs = (tool: string, ...args: readonly string[]): boolean => spawnSync(tool, args).status === 0;
/** Processes may be traced here, and no other calls are made slower by it. */
const TRACING = ['-f', '--seccomp-bpf'];
const canTrace = process.platform === 'linux' && runs('strace', ...TRACING, 'true');
const canCompile = process.platform === 'linux' && runs('cc', '--version');
const inMemory = existsSync('/dev/shm') && statfsSync('/dev/shm').type === TMPFS;

describe('store durability', () => {
  test('an fsync is seen, and nothing is left behind', async () => {
    const [only, ...others] = await found(storeDurability);
    expect(others).toEqual([]);
    expect(only?.verdict).not.toBe('failed');
    if (only?.verdict === 'ok')
      expect(only.finding).toMatch(/^WAL, synchronous FULL.*; .* each, without fsync /);
    expect(readdirSync(folder)).toEqual(['key']);
  });

  test('no folder', async () => {
    expect(await found(storeDurability, { db: at('none/treasury.db') })).toEqual(
      line('warning', /^not looked at: there is no folder .*none$/, /"store"/),
    );
  });

  test.skipIf(!inMemory)('a store in memory (skipped where /dev/shm is none)', async () => {
    const memory = await mkdtemp('/dev/shm/treasury-doctor-');
    try {
      const flags = { db: join(memory, 'treasury.db') };
      expect(await found(storeDurability, flags)).toEqual(
        line('failed', /in memory \(tmpfs\)/, /local disk/),
      );
      expect(readdirSync(memory)).toEqual([]);
    } finally {
      await rm(memory, { recursive: true });
    }
  });

  test.skipIf(!canTrace)('the system sees each of them (skipped where strace may not trace)', () => {
    const seen = durabilityUnder('strace', [
      ...TRACING,
      '-y',
      '-o',
      at('calls'),
      '-e',
      'trace=fsync,fdatasync',
    ]);
    expect(seen?.['verdict']).not.toBe('failed');
    const calls = readFileSync(at('calls'), 'utf8').split('\n');
    const ofCommits = calls.filter((call) =>
      /f(?:data)?sync\(.*\.doctor-.*\/probe\.db-wal>\)\s+= 0$/.test(call),
    );
    // One at each of the 20 commits that are to last, and none at the 20 others.
    expect(ofCommits.length).toBeGreaterThanOrEqual(20);
    expect(ofCommits.length).toBeLessThan(30);
  });

  test.skipIf(!canTrace)('one that fails (skipped where strace may not trace)', () => {
    const tampering = ['-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO'];
    const seen = durabilityUnder('strace', [...TRACING, '-o', '/dev/null', ...tampering]);
    expect(seen).toMatchObject({ verdict: 'failed', remedy: expect.stringContaining('check the disk') });
  });

  test.skipIf(!canCompile)('one that does nothing (skipped without a C compiler)', () => {
    const source = 'int fsync(int f) { (void)f; return 0; } int fdatasync(int f) { (void)f; return 0; }';
    execFileSync('cc', ['-shared', '-fPIC', '-x', 'c', '-', '-o', at('nothing.so')], { input: source });
    const seen = durabilityUnder('env', [`LD_PRELOAD=${at('nothing.so')}`]);
    expect(seen).toMatchObject({
      verdict: 'failed',
      finding: expect.stringMatching(/^an fsync does nothing.*: \d+ of 20 commits waited for the disk, /),
      remedy: expect.stringContaining('LD_PRELOAD'),
    });
  });
});

describe('rpc', () => {
  test('that refuses, and tells no credential', async () => {
    await proxy.setOutage('refuse');
    const rpcUrl = `${proxy.url.replace('//', '//user:hunter2@')}/secret-token`;
    const lines = await found(rpc, { rpcUrl, chainId: DEV_CHAIN_ID });
    expect(lines).toEqual(
      line('failed', /^no Ethereum RPC at .*ECONNREFUSED/, /start the node, or correct --rpc-url/),
    );
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|secret-token/);
    await proxy.setOutage(undefined);
    expect(await found(rpc, { rpcUrl, chainId: DEV_CHAIN_ID })).toEqual(
      line(
        'ok',
        /^http:\/\/127\.0\.0\.1:\d+\/… answers in [\d.]+ ms: chain 31337, as --chain-id says, block 0$/,
      ),
    );
  });

  test('that hangs is not waited for longer than was said', async () => {
    await proxy.setOutage('hang');
    const flags = { rpcUrl: proxy.url, chainId: DEV_CHAIN_ID, checkTimeout: 100 };
    expect(await found(rpc, flags)).toEqual(line('failed', /no answer within 100 ms/, /--rpc-url/));
    expect(await found(balance, { ...flags, keyFile: at('key') })).toEqual(
      line('warning', /^not looked at: the chain cannot be asked$/, /"rpc"/),
    );
  });

  test('that serves another chain than is meant', async () => {
    const rpcUrl = proxy.url;
    expect(await found(rpc, { rpcUrl })).toEqual(line('warning', /bound to none yet/, /--chain-id/));
    expect(await found(rpc, { rpcUrl, chainId: 1 })).toEqual(
      line('failed', /serves chain 31337, not 1$/, /--rpc-url/),
    );
    expect(await found(rpc, { rpcUrl, chainId: DEV_CHAIN_ID })).toEqual(line('ok', /as --chain-id says/));
    await bound({ chainId: 5 });
    expect(await found(rpc, { rpcUrl })).toEqual(line('failed', /the store belongs to chain 5/, /with --db/));
    await withStore((opened) => opened.bindChain(bindingOf()), at('right.db'));
    expect(await found(rpc, { rpcUrl, db: at('right.db') })).toEqual(
      line('ok', /which the store is bound to/),
    );
  });

  test('that refuses the key, or is still syncing', async () => {
    const answers: Readonly<Record<string, unknown>> = {
      eth_chainId: '0x1',
      eth_syncing: { currentBlock: '0x7' },
      eth_getBlockByNumber: { hash: `0x${'11'.repeat(32)}`, number: '0x7', timestamp: '0x1' },
    };
    const stub = await startRpcStub((_incoming, body, reply) => {
      const { id, method } = JSON.parse(body);
      reply.end(JSON.stringify({ jsonrpc: '2.0', id, result: answers[method] }));
    });
    try {
      const flags = { rpcUrl: stub.url, chainId: 1 };
      expect(await found(rpc, flags)).toEqual(line('warning', /still syncing, at block 7/, /^wait/));
      stub.answer = (_incoming, _body, reply) => reply.writeHead(401).end();
      expect(await found(rpc, flags)).toEqual(line('failed', /HTTP 401/, /check the RPC URL and its key/));
    } finally {
      await stub.close();
    }
  });
});

describe('nonce', () => {
  test('beyond the store: not without the operator', async () => {
    const flags = { rpcUrl: proxy.url, keyFile: at('key') };
    await holding(5n);
    expect(await found(nonce, flags)).toEqual(
      line('ok', /^the account has used 0 nonces, and the store knows of 0$/),
    );
    const opened = await chain.open();
    await pay(opened);
    opened.close();
    expect(await found(nonce, flags)).toEqual(
      line(
        'failed',
        /has used 1 nonce, and the store knows of 0: /,
        /--adopt-nonce: 1 queued payment and .* a second time$/,
      ),
    );
    expect(await found(nonce, { ...flags, adoptNonce: true })).toEqual(
      line(
        'warning',
        /1 queued payment and what is imported anew may be paid already/,
        /treasury list --status queued/,
      ),
    );
    expect(await found(nonce, { ...flags, db: at('lost.db') })).toEqual(
      line('failed', /knows of 0/, /put the right store/),
    );
  });

  test('of the account that the store belongs to, where no key is given', async () => {
    expect(await found(nonce, { rpcUrl: proxy.url })).toEqual(
      line('warning', /which account pays/, /--key-file/),
    );
    await bound();
    expect(await found(nonce, { rpcUrl: proxy.url })).toEqual(line('ok', /used 0 nonces/));
    expect(await found(nonce)).toEqual(line('warning', /no endpoint/, /--rpc-url/));
  });
});

describe('balance', () => {
  test('that is nothing, and that is too little', async () => {
    await holding(ETHER, 2n * ETHER);
    const flags = { rpcUrl: proxy.url, keyFile: at('key') };
    await chain.setBalance(DEV_ADDRESS, 0n);
    const [nothing] = await found(balance, flags);
    expect([nothing]).toEqual(
      line('failed', /has nothing, for 2 open payments of 3000000000000000000 base/, /^send it \d+/),
    );
    await chain.setBalance(DEV_ADDRESS, ETHER);
    const [short] = await found(balance, flags);
    expect([short]).toEqual(
      line('warning', /cancelled, unless --on-insufficient-funds hold/, /^send 2\d{18} base units/),
    );
    const missing = BigInt(/send (\d+)/.exec(short?.remedy ?? '')?.[1] ?? 0);
    await chain.setBalance(DEV_ADDRESS, ETHER + missing);
    expect(await found(balance, flags)).toEqual(line('ok', /^3\d{18} base units, for 2 open payments/));
  });
});

describe('clock', () => {
  test('behind the chain, behind the store, or beside a chain that stands still', async () => {
    const flags = { rpcUrl: proxy.url };
    const withoutNtp = async () =>
      (await found(clock, flags)).filter(({ finding }) => !finding.includes('synchronised'));
    expect(await withoutNtp()).not.toContainEqual(expect.objectContaining({ verdict: 'failed' }));
    await chain.ask('evm_increaseTime', 3_600);
    await chain.mine();
    expect(await withoutNtp()).toEqual(
      line('failed', /^the newest block is (?:60|59) min ahead of the clock$/, /NTP/),
    );
    await chain.ask('anvil_reset');
    await withStore((opened) => opened.importDisbursements([aPayment()], { now: Date.now() + 86_400_000 }));
    expect(await withoutNtp()).toEqual(
      line('failed', /^the store was changed 24 h ahead of the clock/, /NTP/),
    );
  });
});

describe('metrics', () => {
  test('of nobody, of another program, of one that hangs', async () => {
    const flags = { url: proxy.url, checkTimeout: 5_000 };
    expect(await found(metrics, flags)).toEqual(line('failed', /\/metrics answers /, /--url/));
    await proxy.setOutage('hang');
    expect(await found(metrics, { ...flags, checkTimeout: 100 })).toEqual(
      line('failed', /no answer within 100 ms/, /--url/),
    );
    await proxy.setOutage('refuse');
    expect(await found(metrics, flags)).toEqual(
      line('warning', /^no executor answers at /, /start treasury run/),
    );
    expect(await found(metrics)).toEqual(line('warning', /which port/, /--url or --port/));
  });
});

/** Who holds the lease, what was signed, and the orders to the breaker. */
function stateOf(file: string): unknown {
  const connection = new DatabaseSync(file, { readOnly: true });
  const rows = (table: string, columns: string) =>
    connection.prepare(`select ${columns} from ${table}`).all();
  const state = [rows('lease', 'owner, fence'), rows('intent', 'tx_hash'), rows('control', '*')];
  connection.close();
  return state;
}

const transactionsOf = async (url: string): Promise<number> =>
  Number(await devRpc<string>(url, 'eth_getTransactionCount', [DEV_ADDRESS, 'pending']));

describe('treasury doctor', () => {
  test('beside a treasury that runs: exit 0, and its lease, its payments and its account stay as they are', async () => {
    const row = `A,${PAYEE},5,rent,,`;
    writeFileSync(at('one.csv'), `id,destination,amount,memo,scheduledEpoch,dependsOn\n${row}\n`);
    const flags = ['--port', '0', '--poll-interval', '100ms', '--disbursements', 'one.csv'];
    const live = startLive(folder, ['dev', ...flags]);
    try {
      const url = await live.url();
      await live.line(({ progress }) => progress?.paid === 1);
      const { url: rpcUrl } = await chainOf(folder);
      const before = stateOf(at('.treasury/treasury.db'));
      const asked = ['--rpc-url', rpcUrl, '--key-file', 'key', '--url', url, '--json'];
      const { code, stdout, stderr } = await treasury(folder, ['doctor', ...asked]);
      expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
      const lines = objectsOf(stdout);
      const verdicts = Object.fromEntries(lines.map(({ check, verdict }) => [check, verdict]));
      expect(verdicts).toMatchObject({
        ...{
          configuration: 'ok',
          key: 'ok',
          control: 'ok',
          store: 'ok',
          rpc: 'ok',
          nonce: 'ok',
          balance: 'ok',
        },
        ...{ metrics: 'ok', alerts: 'warning' },
      });
      expect(lines.find(({ check }) => check === 'metrics')?.['finding']).toMatch(
        /is ready, last tick \d s ago; the original's three gauges are there: 0 failures, 0 successes$/,
      );
      expect(lines.at(-1)).toMatchObject({ failed: 0 });
      expect(stateOf(at('.treasury/treasury.db'))).toEqual(before);
      expect(await transactionsOf(rpcUrl)).toBe(1);

      const orders = await openSqliteStore(at('.treasury/treasury.db'));
      await orders.requestControl({ action: 'isolate', reason: undefined, by: 'test' }, { now: Date.now() });
      await live.line(({ msg }) => msg?.startsWith('breaker CLOSED -> ISOLATED') ?? false);
      expect(await found(metrics, { url })).toEqual(
        line('warning', /isolated by an order/, /treasury breaker reset/),
      );
      await orders.requestControl({ action: 'reset', reason: undefined, by: 'test' }, { now: Date.now() });
      await live.line(({ msg }) => msg?.startsWith('breaker ISOLATED -> CLOSED') ?? false);
      await orders.close();
      expect(await found(metrics, { url })).toEqual(line('ok', /is ready/));
      expect(await end(live, 'SIGTERM')).toBe(0);
    } finally {
      await end(live, 'SIGKILL');
      await endChainOf(folder);
    }
  });

  test('with a fault: exit 1, the line with its remedy, and every byte of the store as it was', async () => {
    await holding(5n);
    const digest = () => createHash('sha256').update(readFileSync(db())).digest('hex');
    const before = digest();
    const flags = ['--db', 'treasury.db', '--rpc-url', 'http://user:hunter2@127.0.0.1:1/secret-token'];
    const { code, stdout, stderr } = await treasury(folder, ['doctor', ...flags, '--port', '0']);
    expect([code, stderr]).toEqual([1, 'treasury: the doctor found 1 fault\n']);
    expect(stdout).toMatch(
      /^failed {2}rpc {15}no Ethereum RPC at .*\n {8}-> start the node, or correct --rpc-url$/m,
    );
    expect(stdout).toMatch(/^ok {6}store {13}1 payment, 1 of them open; /m);
    expect(stdout).toMatch(/\n1 failed, \d warnings?, \d ok\n$/);
    expect(stdout).not.toMatch(/hunter2|secret-token/);
    expect(digest()).toBe(before);
  });

  test('a wrong command line: 64', async () => {
    for (const args of [
      ['--chain-id', 'x'],
      ['--check-timeout', '5'],
    ]) {
      expect(await treasury(folder, ['doctor', ...args])).toMatchObject({ code: 64, stdout: '' });
    }
  });
});
