import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { DEV_PRIVATE_KEY } from '../../../src/dev/anvil.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { BUMPING, startTestChain, type TestChain } from '../../support/chain.ts';
import type { Ending } from '../cli/treasury.ts';
import { CHECKOUT } from '../cli/treasury.ts';
import { payDue } from './pay-due.ts';

const HEADER = 'id,destination,amount,memo,scheduledEpoch,dependsOn';

/** Whoever is paid in these tests. */
export const PAYEE = '0xf7b83d1ea4d2c451ab1becb0e9f50242dda15095';

/** Rows with these ids, of 1 base unit each. */
export const rowsOf = (ids: readonly string[]): string =>
  `${[HEADER, ...ids.map((id) => `${id},${PAYEE},1,,,`)].join('\n')}\n`;

export const idsFrom = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}-${String(at).padStart(3, '0')}`);

/** Whether a tool is here, and may do this. */
export const canRun = (tool: string, ...args: readonly string[]): boolean =>
  process.platform === 'linux' && spawnSync(tool, args, { stdio: 'ignore' }).status === 0;

/** Node, running the command with these arguments; for a program around it. */
export const commandOf = (...args: readonly string[]): readonly string[] => [
  process.execPath,
  CHECKOUT,
  ...args,
];

interface Place {
  readonly cwd: string;
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/** Runs a program to its end. */
export async function runToEnd([tool = '', ...args]: readonly string[], place: Place): Promise<Ending> {
  const { input = '', ...options } = place;
  const child = spawn(tool, args, options);
  child.stdin.on('error', () => {}); // It may end before it reads.
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

/** A storage fault as whoever started the command sees it: exit code 74, and one line that says what to do. */
export function expectStorageFault(ending: Ending, line: RegExp): void {
  expect(ending.stderr).toMatch(/^treasury: store [^\n]*\n$/);
  expect(ending.stderr).toMatch(line);
  expect(ending.code).toBe(74);
}

/** A chain for the file, and for each test a folder with a key whose account has paid nothing yet. */
export function inFolderWithChain() {
  let chain: TestChain;
  let folder = '';
  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(() => chain.stop());
  beforeEach(async () => {
    await chain.ask('anvil_reset');
    folder = await mkdtemp(join(tmpdir(), 'treasury-storage-'));
    await writeFile(join(folder, 'key'), `${DEV_PRIVATE_KEY}\n`, { mode: 0o600 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const at = (name: string): string => join(folder, name);
  /** The command around which nothing is put, in the folder. */
  const treasury = (args: readonly string[], input?: string) =>
    runToEnd(commandOf(...args), { cwd: folder, ...(input !== undefined && { input }) });
  /** Arguments that pay what is due in a store, and end. */
  const payFrom = (db: string): readonly string[] => [
    ...['run', '--once', '--json', '--db', db, '--rpc-url', chain.url, '--key-file', at('key')],
    ...['--port', '0', '--poll-interval', '50ms', '--lease', '1s', '--confirmations', '1', ...BUMPING],
  ];
  return {
    at,
    folder: () => folder,
    chain: () => chain,
    treasury,
    payFrom,
    /**
     * Makes a store with payments of 1 to the payee, and closes it.
     * @param inTurn each waits for the one before, so that no tick pays more than one
     */
    fill: async (name: string, ids: readonly string[], { inTurn = false } = {}): Promise<string> => {
      const path = at(name);
      const store = await openSqliteStore(path);
      const row = { destination: PAYEE, amount: 1n, memo: '', scheduledEpoch: 0 };
      await store.importDisbursements(
        ids.map((id, at) => ({ id, ...row, dependsOn: inTurn ? ids.slice(Math.max(0, at - 1), at) : [] })),
        { now: Date.now() },
      );
      await store.close();
      return path;
    },
    /** What a restart pays, in this process, which is quicker. */
    payRest: async (db: string): Promise<void> => {
      const store = await openSqliteStore(db);
      await payDue(store, { rpcUrl: chain.url, privateKey: DEV_PRIVATE_KEY }).finally(() => store.close());
    },
    /** What the payee has: 1 for each payment that was mined. */
    paid: () => chain.balanceOf(PAYEE),
  };
}
