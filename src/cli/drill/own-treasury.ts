import { existsSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CircuitBreakerPolicy } from '../../../machines/index.ts';
import type { StateChange } from '../../breaker/types.ts';
import { type Anvil, DEV_PRIVATE_KEY, startAnvil } from '../../dev/anvil.ts';
import { type RpcProxy, startRpcProxy } from '../../dev/rpc-proxy.ts';
import { ConfigurationError } from '../../errors.ts';
import type { openTreasury, Treasury, TreasuryOptions } from '../../treasury.ts';
import { openStore } from '../open-store.ts';
import { printable } from '../printable.ts';
import { SendLog } from './send-log.ts';
import { type Limits, Wakeups, type Watch } from './until.ts';

/** Short, so that a drill takes seconds; an operator's executor ticks every second. Milliseconds. */
const POLL_MS = 100;
/** A block for each transaction would leave some in anvil's pool that nothing but another price brings out. Seconds. */
const BLOCK_TIME = 0.1;
/** That happens with few blocks, too, if rarely. Milliseconds. */
const BUMP_AFTER_MS = 3_000;

export interface OwnTreasuryOptions extends Pick<TreasuryOptions, 'version' | 'onServerError'> {
  readonly policy: CircuitBreakerPolicy;
  /** Limit of each request to the chain. Milliseconds. */
  readonly rpcTimeoutMs: number;
  /** All that may be under way at once: no limit of the executor's ends the failures before the breaker opens. */
  readonly payouts: number;
  /** Where the store is made, and left. Without it, in a temporary folder. */
  readonly db: string | undefined;
  readonly limits: Limits;
  /** Tests give one that opens a treasury which is broken on purpose. */
  readonly open: typeof openTreasury;
}

/** A change of the breaker's state, and when it was told; `performance.now()`, milliseconds. */
export interface TimedChange extends StateChange {
  readonly at: number;
}

/** A whole treasury with a chain of its own, all of it the drill's and gone after it. */
export interface OwnTreasury {
  readonly treasury: Treasury;
  readonly chain: Anvil;
  /** Between the two. */
  readonly proxy: RpcProxy;
  readonly db: string;
  readonly sends: SendLog;
  /** Oldest first. */
  readonly changes: readonly TimedChange[];
  /** Wakes at the end of each tick, and at each change of the breaker. */
  readonly watch: Watch;
  /** Something happened that the watch does not know of. */
  wake(): void;
  close(): Promise<void>;
}

type Closer = () => Promise<unknown>;

/** The last one that was opened first, each of them whatever the others do. */
async function closeAll(closers: readonly Closer[]): Promise<void> {
  const faults: unknown[] = [];
  for (const close of closers.toReversed()) await close().catch((fault) => faults.push(fault));
  if (faults.length > 0) throw faults[0];
}

/**
 * Starts chain, proxy, store and treasury. Nothing is paid before `treasury.start()`.
 *
 * @throws ConfigurationError when anvil is not installed, or there is something at `db`
 */
export async function openOwnTreasury(options: OwnTreasuryOptions): Promise<OwnTreasury> {
  const closers: Closer[] = [];
  try {
    return await open(options, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

async function open(options: OwnTreasuryOptions, closers: Closer[]): Promise<OwnTreasury> {
  const { limits } = options;
  const db = options.db ?? join(await temporaryFolder(closers), 'treasury.db');
  if (existsSync(db)) {
    throw new ConfigurationError(
      `${printable(db)} is there already, and a drill touches no store: give --db a file that does not exist, or leave it out`,
    );
  }
  const chain = await startAnvil({ blockTime: BLOCK_TIME });
  closers.push(chain.stop);
  const sends = new SendLog();
  const proxy = await startRpcProxy({ target: chain.url, onCall: (method) => sends.note(method) });
  closers.push(proxy.close);
  const treasury = await openOn(proxy, db, options);
  closers.push(treasury.close);

  const wakeups = new Wakeups();
  const changes: TimedChange[] = [];
  let fault: Error | undefined;
  const wake = () => wakeups.wake();
  treasury.onBreakerChange((change) => {
    changes.push({ ...change, at: performance.now() });
    wake();
  });
  treasury.onTick((tick) => {
    fault ??= tick.fault;
    wake();
  });
  limits.signal.addEventListener('abort', wake, { once: true });
  return {
    ...{ treasury, chain, proxy, db, sends, changes, wake },
    watch: {
      next: () => wakeups.next(),
      ending: () => (fault === undefined ? limits.ending() : `the executor ended: ${fault.message}`),
    },
    close: () => closeAll(closers),
  };
}

async function openOn(proxy: RpcProxy, db: string, options: OwnTreasuryOptions): Promise<Treasury> {
  const { version, onServerError, policy, payouts, rpcTimeoutMs } = options;
  const store = await openStore(db, { create: true });
  try {
    return await options.open({
      ...{ version, onServerError, store, policy, rpcTimeoutMs, batchSize: payouts, maxUnmined: payouts },
      rpcUrl: proxy.url,
      privateKey: DEV_PRIVATE_KEY,
      pollIntervalMs: POLL_MS,
      bumpAfterMs: BUMP_AFTER_MS,
      server: { port: 0 },
    });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Goes with the drill, and with the process when that ends in another way. */
async function temporaryFolder(closers: Closer[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'treasury-drill-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  closers.push(async () => {
    process.off('exit', remove);
    remove();
  });
  return folder;
}
