import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertsFile } from '../../../../src/cli/doctor/alert-names.ts';
import { alerts } from '../../../../src/cli/doctor/alerts.ts';
import { metrics } from '../../../../src/cli/doctor/metrics.ts';
import { DEV_ADDRESS, DEV_PRIVATE_KEY } from '../../../../src/dev/anvil.ts';
import { devRpc } from '../../../../src/dev/dev-rpc.ts';
import { startRpcProxy } from '../../../../src/dev/rpc-proxy.ts';
import { openSqliteStore } from '../../../../src/store/sqlite.ts';
import { PAYEE, type RpcStub, startRpcStub } from '../../../support/chain.ts';
import { describeWithPrometheus, type Prometheus, startPrometheus } from '../../../support/prometheus.ts';
import { chainOf, end, endChainOf, startLive } from '../live-treasury.ts';
import { objectsOf, treasury } from '../treasury.ts';
import { inFolder, line } from './support.ts';

const { at, db, folder, found, holding } = inFolder();

const INTERVAL_MS = 200;

/** What Prometheus scrapes, and that one: it takes five seconds to begin, in which the other tests go on. */
let scraped: RpcStub;
let watching: Promise<Prometheus>;
beforeAll(async () => {
  scraped = await startRpcStub((_incoming, _body, reply) => reply.end('treasury_circuit_breaker_state 0\n'));
  watching = startPrometheus({
    targets: [scraped.url],
    rules: readFileSync(alertsFile(), 'utf8'),
    alertmanagers: ['127.0.0.1:9'],
    intervalMs: INTERVAL_MS,
  });
  // Where there is none, those who ask for it are skipped.
  watching.catch(() => {});
});
afterAll(async () => {
  await (await watching.catch(() => undefined))?.stop();
  await scraped.close();
});

describe('metrics', () => {
  test('are asked for where the executor is going to serve, or with the credentials that the URL holds', async () => {
    const asked: unknown[] = [];
    const stub = await startRpcStub((incoming, _body, reply) => {
      asked.push([incoming.url, incoming.headers.authorization]);
      reply.writeHead(401).end();
    });
    try {
      const port = Number(new URL(stub.url).port);
      const refused = line('failed', /^http:\/\/127\.0\.0\.1:\d+\/metrics answers with HTTP 401$/, /--url/);
      expect(await found(metrics, { port })).toEqual(refused);
      expect(await found(metrics, { port, host: '0.0.0.0' })).toEqual(refused);
      const url = `http://user:hunter%402@127.0.0.1:${port}/`;
      expect(await found(metrics, { url })).toEqual(refused);
      const login = `Basic ${Buffer.from('user:hunter@2').toString('base64')}`;
      expect(asked.filter((each) => (each as unknown[])[1] === login)).toHaveLength(2);
      expect(asked).toContainEqual(['/readyz', login]);
    } finally {
      await stub.close();
    }
  });

  test('of nobody, of another program, of one that hangs', async () => {
    const stub = await startRpcStub((_incoming, _body, reply) => reply.end('{}'));
    const proxy = await startRpcProxy({ target: stub.url });
    try {
      const flags = { url: proxy.url };
      expect(await found(metrics, flags)).toEqual(
        line('failed', /\/metrics answers without treasury_circuit_breaker_state, /, /--url/),
      );
      await proxy.setOutage('hang');
      expect(await found(metrics, { ...flags, checkTimeout: 100 })).toEqual(
        line('failed', /no answer within 100 ms/, /--url/),
      );
      await proxy.setOutage('refuse');
      expect(await found(metrics, flags)).toEqual(
        line('warning', /^no executor answers at /, /start treasury run/),
      );
    } finally {
      await proxy.close();
      await stub.close();
    }
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
    writeFileSync(at('key'), DEV_PRIVATE_KEY, { mode: 0o600 });
    writeFileSync(at('one.csv'), `id,destination,amount,memo,scheduledEpoch,dependsOn\n${row}\n`);
    const flags = ['--port', '0', '--poll-interval', '100ms', '--disbursements', 'one.csv'];
    const live = startLive(folder(), ['dev', ...flags]);
    try {
      const url = await live.url();
      await live.line(({ progress }) => progress?.paid === 1);
      const { url: rpcUrl } = await chainOf(folder());
      const before = stateOf(at('.treasury/treasury.db'));
      const asked = ['--rpc-url', rpcUrl, '--key-file', 'key', '--url', url, '--json'];
      const { code, stdout, stderr } = await treasury(folder(), ['doctor', ...asked]);
      expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
      const lines = objectsOf(stdout);
      const fine = lines.filter(({ verdict }) => verdict === 'ok').map(({ check }) => check);
      expect(fine).toEqual(
        expect.arrayContaining([
          'configuration',
          'key',
          'control',
          'store',
          'rpc',
          'nonce',
          'balance',
          'metrics',
        ]),
      );
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
      await endChainOf(folder());
    }
  });

  test('with a fault: exit 1, the line with its remedy, and every byte of the store as it was', async () => {
    await holding(5n);
    const digest = () => createHash('sha256').update(readFileSync(db())).digest('hex');
    const before = digest();
    const flags = ['--db', 'treasury.db', '--rpc-url', 'http://user:hunter2@127.0.0.1:1/secret-token'];
    const { code, stdout, stderr } = await treasury(folder(), ['doctor', ...flags, '--port', '0']);
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
      expect(await treasury(folder(), ['doctor', ...args])).toMatchObject({ code: 64, stdout: '' });
    }
  });
});

describeWithPrometheus('alerts', () => {
  test('that Prometheus does not have, of an executor that it does not scrape, for nobody', async () => {
    const empty = await startPrometheus({ targets: [], intervalMs: INTERVAL_MS });
    try {
      const lines = await found(alerts, { prometheusUrl: empty.url });
      expect(lines).toEqual([
        ...line(
          'failed',
          /^15 of 15 alerts are missing: Treasury/,
          /^add .*monitoring\/alerts\.yml to rule_files/,
        ),
        ...line('failed', /^it scrapes no job "treasury"$/, /monitoring\/prometheus\.yml/),
        ...line('warning', /^it knows no Alertmanager/, /under alerting/),
      ]);
    } finally {
      await empty.stop();
    }
    const { url } = await watching;
    const look = () => found(alerts, { prometheusUrl: url.replace('//', '//user:hunter2@') });
    await expect
      .poll(look, { timeout: 20_000 })
      .toEqual(line('ok', /^http:\/\/127\.0\.0\.1:\d+ has all 15 alerts, and scrapes 1 executor$/));
  });

  test('of an executor that is down', async () => {
    await scraped.close();
    const { url, when } = await watching;
    await when('up == 0');
    expect(await found(alerts, { prometheusUrl: url })).toEqual(
      line('failed', /^it cannot scrape 127\.0\.0\.1:\d+: .*refused/, /^start the executor there/),
    );
  });
});

test('a Prometheus that is none', async () => {
  const stub = await startRpcStub((_incoming, _body, reply) => reply.end('<html>'));
  const prometheusUrl = stub.url;
  expect(await found(alerts, { prometheusUrl })).toEqual(
    line('failed', /^what answers there is no Prometheus$/, /--prometheus-url/),
  );
  stub.answer = (_incoming, _body, reply) => reply.writeHead(403).end();
  expect(await found(alerts, { prometheusUrl })).toEqual(line('failed', /HTTP 403$/, /--prometheus-url/));
  await stub.close();
  expect(await found(alerts, { prometheusUrl })).toEqual(line('failed', /ECONNREFUSED/, /^start Prometheus/));
  expect(await found(alerts)).toEqual(line('warning', /no Prometheus was given/, /^give --prometheus-url/));
});
