import { rmSync } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { lookAtSqliteStore } from '../../src/store/sqlite-look.ts';
import { chainOf, type LiveTreasury, startLive } from '../system/cli/live-treasury.ts';
import { CHECKOUT } from '../system/cli/treasury.ts';
import { processesWith } from './processes.ts';

const MARK = 'TREASURY_PRESSURE_SITE';

/** What Node is given where the command is started from a checkout. */
const NODE_OPTIONS = packageJson.scripts.treasury.split(' ').filter((word) => word.startsWith('--'));

/** Where one treasury lies between its restarts; every process of it is known by its environment. */
export interface Site {
  readonly folder: string;
  readonly db: string;
  /** For temporary files of its processes. */
  readonly env: NodeJS.ProcessEnv;
  /** @param isInstalled as from an installed package, where Node is given nothing */
  start(args: readonly string[], options?: { readonly isInstalled?: boolean }): LiveTreasury;
  remove(): Promise<void>;
}

export async function openSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'treasury-pressure-'));
  const temporary = await mkdtemp(join(tmpdir(), 'treasury-pressure-tmp-'));
  const env = { ...process.env, [MARK]: folder, TMPDIR: temporary };
  const remove = () => {
    for (const pid of processesWith(MARK, folder)) process.kill(pid, 'SIGKILL');
    for (const each of [folder, temporary]) rmSync(each, { recursive: true, force: true });
  };
  // Whoever interrupts it leaves nothing behind either.
  process.once('exit', remove);
  return {
    folder,
    env,
    db: join(folder, '.treasury', 'treasury.db'),
    start: (args, { isInstalled = false } = {}) =>
      startLive(folder, args, { program: CHECKOUT, nodeOptions: isInstalled ? [] : NODE_OPTIONS, env }),
    remove: async () => {
      process.off('exit', remove);
      remove();
    },
  };
}

/** What a store may consist of while nobody has it open, and what a local chain keeps beside it. */
const STORE_FILES = ['treasury.db'];
const CHAIN_FILES = ['chain.json', 'chain.log'];

interface LeftoverOptions {
  /** When the next executor asks for the lease. Epoch milliseconds. @defaultValue now */
  readonly now?: number;
  /** Its process goes on. */
  readonly isRunning?: boolean;
}

/**
 * What the processes of a site have left behind that they should not have, in words; none at a clean end. A local chain
 * is meant to stay: one, and the one that the record names.
 */
export async function leftoversAt(
  site: Site,
  { now = Date.now(), isRunning = false }: LeftoverOptions = {},
): Promise<readonly string[]> {
  const chain = await chainOf(site.folder).catch(() => undefined);
  const found: string[] = [];
  const running = processesWith(MARK, site.folder).filter((pid) => pid !== chain?.pid);
  if (running.length > 0 && !isRunning) found.push(`processes ${running.join(', ')} are left`);
  if (chain !== undefined && !processesWith(MARK, site.folder).includes(chain.pid))
    found.push(`the chain ${chain.pid} is gone`);

  const kept = [...STORE_FILES, ...(chain === undefined ? [] : CHAIN_FILES)];
  const stored = await readdir(join(site.folder, '.treasury')).catch((): string[] => []);
  const extra = [
    ...stored.filter((name) => !kept.includes(name)),
    ...(await readdir(site.env['TMPDIR'] ?? '')).map((name) => `TMPDIR/${name}`),
  ];
  if (extra.length > 0) found.push(`files ${extra.join(', ')} are left`);
  if (stored.includes('treasury.db')) found.push(...(await faultsOf(site.db, now)));
  return found;
}

/** The store as the next executor finds it: sound, and its lease free. */
async function faultsOf(db: string, now: number): Promise<readonly string[]> {
  const look = await lookAtSqliteStore(db);
  const faults = await look.quickCheck().finally(() => look.close());
  const store = await openSqliteStore(db, { create: false });
  try {
    const lease = await store.acquireLease({ owner: 'next', ttlMs: 1, now });
    if (lease === undefined) return [...faults, 'the lease is held'];
    await store.releaseLease(lease);
    return faults;
  } finally {
    await store.close();
  }
}

/** Whether anybody listens there. */
export function isPortTaken(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
