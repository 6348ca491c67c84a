// A program: the shipped treasury with the shipped handling of signals, held in one state of its charts until it has been
// asked to stop there. Every call of the store and of the RPC that is made in that state is held.
// Each line of standard input is an order; it ends with the last one's exit code.
import { createInterface } from 'node:readline';
import { EXIT, type ExitCode } from '../../src/cli/exit-codes.ts';
import { describeFailure } from '../../src/cli/failure.ts';
import { createReport } from '../../src/cli/live/report.ts';
import { commonOptions, runLive } from '../../src/cli/live/run-live.ts';
import { stopOnSignal } from '../../src/cli/signals.ts';
import { DEV_PRIVATE_KEY } from '../../src/dev/anvil.ts';
import { StorageError } from '../../src/errors.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { openTreasury, type Treasury } from '../../src/treasury.ts';
import { startHeldRpc } from './held-rpc.ts';
import { Hold } from './hold.ts';
import type { Situation } from './situations.ts';

/** A situation, and the treasury that is brought into it. */
export interface Order extends Situation {
  readonly db: string;
  readonly rpcUrl: string;
}

/** What a situation does not say. Milliseconds. */
const POLL_MS = 50;
const HOUR_MS = 3_600_000;

const report = createReport({ json: true });

/** The same store, whose calls are held. */
function heldStore(store: Store, hold: Hold, { fault }: Order): Store {
  const methods = Object.entries(store) as [string, (...args: unknown[]) => Promise<unknown>][];
  const held = methods.map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      if (name !== 'close') await hold.pass('other');
      if (name === 'inFlight' && fault === 'storage') throw new StorageError('the disk is gone');
      return method(...args);
    },
  ]);
  return Object.fromEntries(held) as unknown as Store;
}

/** Another executor, whose clock is far ahead, takes the lease while this one works, and keeps it or gives it back. */
async function rob({ db, robbery }: Order): Promise<void> {
  const store = await openSqliteStore(db);
  const lease = await store.acquireLease({ owner: 'robber', ttlMs: 1, now: Date.now() + HOUR_MS });
  if (lease !== undefined && robbery === 'returned') await store.releaseLease(lease);
  await store.close();
}

function holdFor({ wanted, heldFrom }: Order): Hold {
  const hold = new Hold({
    wanted,
    ...(heldFrom !== undefined && { heldFrom }),
    say: (state) => report.say(`in ${state}`),
    giveUp: () => process.exit(EXIT.fault),
  });
  process.on('SIGTERM', () => hold.heard());
  return hold;
}

async function follow(order: Order): Promise<void> {
  const { rpcUrl, leaseTtlMs, pollIntervalMs = POLL_MS, fault, robbery, db } = order;
  // Those of the order before belong to what has ended.
  process.removeAllListeners('SIGTERM');
  const stop = stopOnSignal();
  const hold = holdFor(order);
  const rpc = await startHeldRpc(rpcUrl, {
    // A payment that the chain has taken is the one whose record must not be lost.
    holds: 'answers',
    pass: () => hold.pass('rpc'),
    refusesAccess: () => fault === 'access' && hold.isWatching,
  });
  const treasury = await openTreasury({
    ...commonOptions(report),
    store: heldStore(await openSqliteStore(db), hold, order),
    rpcUrl: rpc.url,
    privateKey: DEV_PRIVATE_KEY,
    server: { port: 0 },
    pollIntervalMs,
    ...(leaseTtlMs !== undefined && { leaseTtlMs }),
  });
  if (robbery !== undefined) hold.whenHeld(() => rob(order));
  const watched: Treasury = Object.create(treasury, {
    close: {
      value: async () => {
        await hold.pass('other');
        await treasury.close();
        await rpc.close();
      },
    },
  });
  hold.watch(treasury.executor);
  // Before it begins, nothing of the treasury's own can be held.
  await hold.pass('other');
  await runLive(watched, report, { once: false, timeoutMs: 0, stop: stop.signal });
}

for await (const line of createInterface({ input: process.stdin })) {
  let code: ExitCode = EXIT.ok;
  await follow(JSON.parse(line) as Order).catch((error) => {
    const failure = describeFailure(error);
    code = failure.exitCode;
    process.stderr.write(`${failure.message}\n`);
  });
  process.exitCode = code;
  report.say(`ended with ${code}`);
}
process.on('exit', () => process.exit());
