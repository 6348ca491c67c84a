import type { Command } from 'commander';
import { addStoreOptions } from '../options.ts';
import { policyFrom } from '../policy-options.ts';
import { stopOnSignal } from '../signals.ts';
import { addLiveOptions, controlFrom, type LiveOptions } from './live-options.ts';

interface DevOptions extends LiveOptions {
  readonly disbursements?: string;
  readonly reset?: boolean;
  readonly xstateInspect?: boolean;
}

/** Another `treasury dev` that was killed is taken over soon. */
const LEASE_MS = 5_000;
/** Fewer than an operator would want, so that a person can watch, and break the RPC while payments go out. */
const BATCH_SIZE = 20;
/** The chain is on this machine: an answer that takes longer will not come. */
const RPC_TIMEOUT_MS = 2_000;
/** It makes a block a second: what is in none by then stays in anvil's pool until another price brings it out. */
const BUMP_AFTER_MS = 15_000;

/** `treasury dev`: everything on this machine, with a switch that breaks the RPC. */
export function registerDev(program: Command): void {
  const command = program
    .command('dev')
    .description(
      'a local chain, an embedded store and sample payouts, with an RPC outage that can be switched on',
    )
    .option('--disbursements <file>', 'CSV or JSON file to import at the start (default: the samples)')
    .option('--reset', 'end the old chain and forget its store first')
    .option('--xstate-inspect', 'offer the live actors to the tools of @xstate/inspect, at /xstate-inspect')
    .action(dev);
  addLiveOptions(addStoreOptions(command));
}

async function dev(options: DevOptions): Promise<void> {
  const { openDevTreasury } = await import('../live/dev-treasury.ts');
  const { commonOptions, runLive } = await import('../live/run-live.ts');
  const { createReport } = await import('../live/report.ts');
  const control = await controlFrom(options);
  const bridge = options.xstateInspect ? await import('../live/xstate-inspect.ts') : undefined;
  const stop = stopOnSignal();
  const report = createReport({ json: options.json ?? false });
  const opened = await openDevTreasury({
    report,
    db: options.db,
    reset: options.reset ?? false,
    disbursements: options.disbursements,
    interrupt: () => stop.abort(),
    hasKeys: !options.once,
    treasury: {
      ...commonOptions(report),
      ...control,
      signal: stop.signal,
      ...(bridge !== undefined && { xstateInspect: bridge.xstateInspect(report) }),
      epochBlocks: options.epochBlocks,
      policy: policyFrom(options),
      onInsufficientFunds: options.onInsufficientFunds,
      leaseTtlMs: Math.max(LEASE_MS, 3 * (options.pollInterval ?? 0)),
      rpcTimeoutMs: RPC_TIMEOUT_MS,
      bumpAfterMs: BUMP_AFTER_MS,
      batchSize: options.batchSize ?? BATCH_SIZE,
      ...(options.pollInterval !== undefined && { pollIntervalMs: options.pollInterval }),
      server: { port: options.port },
    },
  }).catch((error) => {
    // Stopped before it was open: that has ended as it was asked to.
    if (stop.signal.aborted) return undefined;
    throw error;
  });
  if (opened === undefined) return;
  if (bridge !== undefined) report.say(`@xstate/inspect at ${opened.treasury.url}/xstate-inspect`);
  try {
    await runLive(opened.treasury, report, {
      once: options.once ?? false,
      timeoutMs: options.timeout,
      stop: stop.signal,
    });
  } finally {
    await opened.close();
  }
}
