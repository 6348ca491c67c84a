import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUMPING, ETHER, startTestChain, type TestChain } from '../../support/chain.ts';
import { searchFor } from '../../support/secret-search.ts';
import { end, type LiveTreasury, startLive } from './live-treasury.ts';
import { startTalkativeRpc } from './talkative-rpc.ts';
import { treasury } from './treasury.ts';

// One run of a treasury, with all that may go wrong, and a search for its secrets in everything that it said and left.

const KEY = '5e7a11d09c3b48f2a6e1d47c09b85f32e4a7c1d06b93f8255a0e7dc4b1f93a68';
const TOKEN = 'sentinel-token-9f3a51/control';
const USER = 'sentinel-user-41c7';
const PASSWORD = 'sentinel-p4ss+w/rd-88e0';
const PATH_KEY = 'sentinel-path-key-7bd2';
const QUERY_KEY = 'sentinel-query-key-c019';
const SECRETS = { KEY, TOKEN, USER, PASSWORD, PATH_KEY, QUERY_KEY };
const MEMO = 'sentinel-memo-of-a-payee';

const search = searchFor([
  ...Object.entries(SECRETS).map(([name, value]) => ({ name, value })),
  { name: 'bytes of the key', value: Buffer.from(KEY, 'hex') },
  { name: 'beginning of the token', value: TOKEN.slice(0, 16) },
]);

/** Files that the operator has put there, with secrets in them. */
const KEPT_SECRET = ['key', 'token', 'two-keys', 'two-tokens'];
const HEADER = 'id,destination,amount,memo,scheduledEpoch,dependsOn';
const PAYEE = '0xf7b83d1ea4d2c451ab1becb0e9f50242dda15095';

let folder: string;
let chain: TestChain;
let rpc: Awaited<ReturnType<typeof startTalkativeRpc>>;
/** Everything that was said, served or left, by where it was found. */
const told = new Map<string, Buffer>();

const keep = (where: string, what: string | Buffer): void => {
  told.set(where, Buffer.concat([told.get(where) ?? Buffer.alloc(0), Buffer.from(what)]));
};

const textOf = (where: string): string => told.get(where)?.toString('latin1') ?? '';

/** Runs a command to its end; the name says which, since its arguments hold secrets. */
async function command(name: string, args: readonly string[], input = ''): Promise<number | null> {
  const { code, stdout, stderr } = await treasury(folder, args, input);
  keep(name, stdout + stderr);
  return code;
}

const importRows = (...rows: readonly string[]) => {
  const lines = rows.map((row) => `${row.replace('PAYEE', PAYEE).replace('MEMO', MEMO)},`);
  return command('import', ['import', '-'], `${[HEADER, ...lines].join('\n')}\n`);
};

const run = (...args: readonly string[]): string[] => {
  const { host } = new URL(rpc.url);
  const account = [USER, PASSWORD].map(encodeURIComponent).join(':');
  const rpcUrl = `http://${account}@${host}/v3/${PATH_KEY}?apikey=${QUERY_KEY}`;
  const usual = ['--port', '0', '--confirmations', '1', '--poll-interval', '50ms', ...BUMPING];
  return ['run', '--rpc-url', rpcUrl, ...usual, ...args];
};

/** Asks with the right token, unless another is given. */
async function ask(
  url: string,
  path: string,
  { body, token = TOKEN }: { body?: string; token?: string } = {},
) {
  const method = body === undefined ? 'GET' : 'POST';
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) });
  const said = `${JSON.stringify([...answer.headers])}\n${await answer.text()}\n`;
  keep(`${method} ${path.replaceAll(TOKEN, 'TOKEN')}`, said);
  return answer.status;
}

/** Reads the feed of the inspector from its beginning to this text. */
async function keepFeed(url: string, last: string): Promise<void> {
  const reading = new AbortController();
  const headers = { authorization: `Bearer ${TOKEN}` };
  const { body } = await fetch(`${url}/inspect/feed`, { headers, signal: reading.signal });
  for await (const chunk of body ?? []) {
    keep('GET /inspect/feed', Buffer.from(chunk));
    if (textOf('GET /inspect/feed').includes(last)) break;
  }
  reading.abort();
}

async function keepFiles(when: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of entries.filter((entry) => entry.isFile())) {
    if (!KEPT_SECRET.includes(name)) keep(`${name} ${when}`, await readFile(join(parentPath, name)));
  }
}

const says = (live: LiveTreasury, text: string) => live.line(({ msg }) => msg?.includes(text) ?? false);
const hasPaid = (live: LiveTreasury, count: number) => live.line(({ progress }) => progress?.paid === count);

/** Files that hold no single secret, and an endpoint that lets nobody in. */
async function failToStart(): Promise<void> {
  rpc.mood = 'forbid';
  const codes = await Promise.all([
    command('run with two keys', run('--key-file', 'two-keys')),
    command('run with two tokens', run('--key-file', 'key', '--control-token-file', 'two-tokens')),
    command('run with credentials that are refused', run('--key-file', 'key')),
  ]);
  expect(codes).toEqual([78, 78, 78]);
  rpc.mood = 'forward';
}

/** A row that its node blames, an outage of every kind, and the end of it. */
async function fail(live: LiveTreasury): Promise<void> {
  rpc.mood = 'blame';
  await importRows('E,PAYEE,8,MEMO,');
  await says(live, 'the node answered "intrinsic gas too low');
  rpc.mood = 'quote';
  await importRows('F,PAYEE,9,MEMO,');
  await says(live, 'the node answered "no access');
  await says(live, 'breaker CLOSED -> OPEN');
  rpc.mood = 'unavailable';
  await says(live, 'HTTP 503');
  rpc.mood = 'cut';
  await says(live, 'the connection broke');
  rpc.mood = 'forward';
}

/** Orders that are taken, orders that are not, and every page. */
async function operate(live: LiveTreasury): Promise<void> {
  const url = await live.url();
  const order = (body: string, token?: string) =>
    ask(url, '/control/breaker', { body, ...(token !== undefined && { token }) });
  expect(await order('{"action":"isolate","reason":"drill"}')).toBe(202);
  await says(live, '-> ISOLATED (drill)');
  expect(await order('{"action":"nonsense"}')).toBe(400);
  expect(await order(`{"token":"${TOKEN}`)).toBe(400);
  expect(await order('{"action":"reset"}', TOKEN.slice(0, -1))).toBe(401);
  expect(await order('{"action":"reset"}')).toBe(202);
  await says(live, 'ISOLATED -> CLOSED');
  const pages = [
    ...['/', '/metrics', '/healthz', '/readyz', '/api/breaker', '/control/breaker', '/%', '/inspect'],
    ...['/inspect/disbursements', '/inspect/disbursements/C', '/inspect/disbursements/E'],
    ...[`/${TOKEN}?token=${TOKEN}`, `/inspect/${TOKEN}`, `/inspect/disbursements/${TOKEN}`],
  ];
  await Promise.all([...pages.map((page) => ask(url, page)), keepFeed(url, '"ISOLATED"')]);
}

/** What the commands tell that only look. */
async function look(): Promise<void> {
  const looks = [['list'], ['show', 'C'], ['show', 'E'], ['audit'], ['breaker', 'status']];
  const all = looks.flatMap((args) => [args, [...args, '--json']]);
  await Promise.all([...all, ['requeue', 'A']].map((args) => command(args.join(' '), args)));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-secrets-'));
  chain = await startTestChain();
  await chain.setBalance(privateKeyToAddress(`0x${KEY}`), 10n * ETHER);
  rpc = await startTalkativeRpc(chain.url);
  const texts = [`${KEY}\n`, `${TOKEN}\n`, `${KEY}\n${KEY}\n`, `${TOKEN} ${TOKEN}\n`];
  await Promise.all(
    KEPT_SECRET.map((name, i) => writeFile(join(folder, name), texts[i] ?? '', { mode: 0o600 })),
  );

  const rich = `C,PAYEE,${100n * ETHER},MEMO,`;
  await Promise.all([failToStart(), importRows('A,PAYEE,5,MEMO,', 'B,PAYEE,6,MEMO,', rich)]);
  const policy = ['--failure-threshold', '2', '--open-timeout', '100ms'];
  const live = startLive(folder, run('--key-file', 'key', '--control-token-file', 'token', ...policy));
  try {
    live.process.stdout?.on('data', (data: Buffer) => keep('run with --json', data));
    live.process.stderr?.on('data', (data: Buffer) => keep('run with --json', data));
    await live.line(({ progress }) => progress?.paid === 2 && progress.cancelled === 1);
    await fail(live);
    await operate(live);
    await hasPaid(live, 4);
    await keepFiles('while it runs');
    expect(await end(live, 'SIGTERM')).toBe(0);
  } finally {
    await end(live, 'SIGKILL');
  }
  await importRows('G,PAYEE,10,MEMO,');
  expect(await command('run for people', run('--key-file', 'key', '--once'))).toBe(0);
  await look();
  await keepFiles('at the end');
});
afterAll(async () => {
  await rpc.close();
  await chain.stop();
  await rm(folder, { recursive: true });
});

test('no secret is in anything that was said, served or left', () => {
  const found = [...told].flatMap(([where, bytes]) => search(bytes).map((name) => `${where}: ${name}`));
  expect(found).toEqual([]);
});

test('the endpoint had them, and what it repeated is kept without them', () => {
  const inUse = ['USER', 'PASSWORD', 'PATH_KEY', 'QUERY_KEY'].map((name) => `${name} as it is`);
  expect(search(Buffer.from(rpc.lastRequest))).toEqual(expect.arrayContaining(inUse));
  const quote = 'no access for ***:*** (Basic ***) at /v3/***?apikey=***';
  for (const where of [
    'run with --json',
    'audit',
    'treasury.db-wal while it runs',
    'treasury.db at the end',
  ]) {
    expect(textOf(where), where).toContain(quote);
  }
});

test('they would have been found, wherever they were', () => {
  expect(told.size).toBeGreaterThan(30);
  for (const [where, bytes] of told) {
    const planted = Buffer.concat([bytes, Buffer.from(KEY, 'hex'), Buffer.from(btoa(`x:${TOKEN}`))]);
    const names = ['bytes of the key as it is', 'TOKEN in Base64'];
    expect(search(planted), where).toEqual(expect.arrayContaining(names));
  }
});

test('the memo and the signed bytes stay in the store', () => {
  const isInside = (where: string) => /^(treasury\.db|show )/.test(where);
  expect(textOf('treasury.db at the end')).toContain(MEMO);
  for (const [where, bytes] of told) {
    if (isInside(where)) continue;
    expect(bytes.toString('latin1'), where).not.toContain(MEMO);
    expect(bytes.toString('latin1'), where).not.toMatch(/0x0[0-9a-f]{150}/);
  }
});
