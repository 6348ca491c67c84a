import { type CircuitBreakerPolicy, DEFAULT_POLICY } from '../../../machines/index.ts';
import type { OutageMode } from '../../dev/rpc-proxy.ts';
import { openTreasury, type TreasuryOptions } from '../../treasury.ts';
import { createExecutorClient } from './executor-client.ts';
import { ownSteps } from './own-steps.ts';
import { type OwnTreasury, openOwnTreasury } from './own-treasury.ts';
import { planPayouts } from './payouts.ts';
import { seen } from './reading.ts';
import type { DrillReport } from './report.ts';
import { assertPassed, runSteps } from './steps.ts';
import { Limits } from './until.ts';

export interface OwnDrillOptions extends Pick<TreasuryOptions, 'version' | 'onServerError'> {
  readonly report: DrillReport;
  /** A signal from outside. */
  readonly stop: AbortSignal;
  readonly policy: CircuitBreakerPolicy;
  readonly mode: OutageMode;
  /** How many payments. At least {@link leastPayouts}. */
  readonly payouts: number;
  /** How long all of it may take. Milliseconds. */
  readonly timeoutMs: number;
  /** Where the store is made, and left; without it, it goes with the drill. */
  readonly db?: string | undefined;
  /** @defaultValue `openTreasury`; tests give one that opens a treasury which is broken on purpose */
  readonly open?: typeof openTreasury;
}

/** Where requests hang, a tick lasts as long as these do, and some have to end while it is OPEN. Milliseconds. */
const HANGING_TIMEOUT_MS = 1_000;
/** Milliseconds. */
const RPC_TIMEOUT_MS = 5_000;

/**
 * Breaks the RPC of a treasury that is all the drill's own, watches what it does, mends it, and looks that all is paid
 * once. Nothing of it is left, except the store where one was asked for.
 *
 * @throws DrillFailedError when a step shows what it should not, NotFinishedError when it was stopped
 */
export async function runOwnDrill(options: OwnDrillOptions): Promise<void> {
  const { report, stop, policy, mode, version, onServerError, db } = options;
  const plan = planPayouts(options.payouts, policy);
  const limits = new Limits(stop, options.timeoutMs);
  const own = await openOwnTreasury({
    ...{ version, onServerError, policy, limits, db, payouts: options.payouts },
    rpcTimeoutMs: mode === 'hang' ? HANGING_TIMEOUT_MS : RPC_TIMEOUT_MS,
    open: options.open ?? openTreasury,
  });
  try {
    await tellOpening(options, own);
    const client = createExecutorClient(own.treasury.url);
    const read = async () => seen(await client.read(limits.signal));
    const results = await runSteps(ownSteps({ own, plan, policy, mode, read }), report, stop);
    await report.close(results);
    assertPassed(results);
  } finally {
    await own.close();
  }
}

const seconds = (ms: number): string => `${ms / 1000} s`;

function tellOpening({ report, policy, mode, payouts, db }: OwnDrillOptions, own: OwnTreasury) {
  const { failureThreshold, successThreshold, openTimeoutMs } = policy;
  const { chain, treasury } = own;
  const kept = db === undefined ? ', both temporary' : ` in ${db}, which stays`;
  const isShort = openTimeoutMs < DEFAULT_POLICY.openTimeoutMs;
  return report.open(
    [
      `own chain at ${chain.url} (process ${chain.pid}), own store${kept}`,
      `${payouts} payments; ${failureThreshold} failures open the breaker, ${successThreshold} successes close it; outage: ${mode}`,
      `OPEN lasts ${seconds(openTimeoutMs)}${isShort ? `, in production ${seconds(DEFAULT_POLICY.openTimeoutMs)}: --open-timeout` : ''}`,
      `charts at ${treasury.url}/inspect while it runs`,
    ],
    {
      ...{ kind: 'own', mode, payouts, policy, db: own.db, isStoreKept: db !== undefined },
      ...{ chain: chain.url, chainPid: chain.pid, url: treasury.url },
    },
  );
}
