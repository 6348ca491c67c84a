import type { Command } from 'commander';
import type { Store } from '../../store/store.ts';
import type { Report } from '../live/report.ts';
import { openStore } from '../open-store.ts';
import { policyFrom } from '../policy-options.ts';
import { stopOnSignal } from '../signals.ts';
import { controlFrom } from './live-options.ts';
import { addRunOptions, DEFAULT_LEASE_MS, DEFAULT_POLL_MS, type RunOptions } from './run-options.ts';

/** `treasury run`: pays what the store holds on the chain behind an RPC endpoint. */
export function registerRun(program: Command): void {
  const command = program
    .command('run')
    .description('pay the due disbursements of the store on the chain behind an RPC endpoint')
    .action(run);
  addRunOptions(command, { isRequired: true });
}

async function run(options: RunOptions): Promise<void> {
  const [{ openTreasury }, { commonOptions, runLive }, { createReport }, { readKeyFile }] = await Promise.all(
    [
      import('../../treasury.ts'),
      import('../live/run-live.ts'),
      import('../live/report.ts'),
      import('../key-file.ts'),
    ],
  );
  const privateKey = await readKeyFile(options.keyFile);
  const control = await controlFrom(options);
  const stop = stopOnSignal();
  const report = createReport({ json: options.json ?? false });
  const { lease = DEFAULT_LEASE_MS, pollInterval = DEFAULT_POLL_MS } = options;
  if (lease <= pollInterval) {
    report.warn(
      '--lease is not longer than --poll-interval: of two executors each begins anew at every tick',
    );
  }
  const store = await openStore(options.db, { create: true });
  if (options.adoptNonce) await nameDoubtfulRows(store, report);
  const treasury = await openTreasury({
    ...commonOptions(report),
    store,
    signal: stop.signal,
    adoptNonce: options.adoptNonce ?? false,
    rpcUrl: options.rpcUrl,
    privateKey,
    ...control,
    epochBlocks: options.epochBlocks,
    confirmations: options.confirmations,
    policy: policyFrom(options),
    onInsufficientFunds: options.onInsufficientFunds,
    ...(options.pollInterval !== undefined && { pollIntervalMs: options.pollInterval }),
    ...(options.batchSize !== undefined && { batchSize: options.batchSize }),
    ...(options.lease !== undefined && { leaseTtlMs: options.lease }),
    ...(options.maxInFlight !== undefined && { maxInFlight: options.maxInFlight }),
    ...(options.maxUnmined !== undefined && { maxUnmined: options.maxUnmined }),
    ...(options.bumpAfter !== undefined && { bumpAfterMs: options.bumpAfter }),
    ...(options.maxFee !== undefined && { maxFeePerGas: options.maxFee }),
    server: {
      port: options.port,
      ...(options.host !== undefined && { host: options.host }),
      ...(options.allowHost !== undefined && { allowHosts: options.allowHost }),
    },
  }).catch(async (error) => {
    await store.close();
    // Stopped before it was open: that has ended as it was asked to.
    if (stop.signal.aborted) return undefined;
    throw error;
  });
  if (treasury === undefined) return;
  await runLive(treasury, report, {
    once: options.once ?? false,
    timeoutMs: options.timeout,
    stop: stop.signal,
  });
}

/** How many rows are named one by one. */
const NAMED_ROWS = 20;

/** Whoever adopts a nonce has to know which payments the unknown transactions may have been. */
async function nameDoubtfulRows(store: Store, report: Report): Promise<void> {
  const { queued } = await store.countByStatus();
  const rows = await store.list({ status: 'queued', limit: NAMED_ROWS });
  const more =
    queued > rows.length ? ` and ${queued - rows.length} more (treasury list --status queued)` : '';
  report.warn(
    `--adopt-nonce: ${queued} queued rows may have been paid already and would be paid a second time: ` +
      `${rows.map(({ id }) => id).join(', ')}${more}`,
  );
}
