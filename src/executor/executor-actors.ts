import { fromPromise } from 'xstate';
import {
  type BreakerView,
  type DisbursementRow,
  disbursementMachine,
  type EpochReading,
  type LeaseToken,
  type ReadyRows,
  treasuryExecutorMachine,
} from '../../machines/index.ts';
import { applyControl } from './apply-control.ts';
import type { BreakerKeeper } from './breaker-keeper.ts';
import type { ExecutorPorts } from './executor-ports.ts';
import { providePayment } from './payment-actors.ts';
import { loadReady } from './ready-rows.ts';
import { asError, fromStore } from './thrown.ts';
import { withDeadline } from './with-deadline.ts';

function isEpoch(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The highest epoch: the source's when it answers, and what the store has seen when it does not. */
async function readEpoch(
  { config, clock, settings, lease, wallNow }: ExecutorPorts,
  outer: AbortSignal,
): Promise<EpochReading> {
  const { store, epochSource } = config;
  let epoch: number;
  try {
    epoch = await withDeadline((signal) => epochSource({ signal }), {
      clock,
      timeoutMs: settings.submitTimeoutMs,
      signal: outer,
      onTimeout: () => new Error('the epoch source did not answer in time'),
    });
    if (!isEpoch(epoch)) throw new Error(`the epoch source gave ${String(epoch)}`);
  } catch (thrown) {
    return { epoch: await store.highestEpoch(), error: asError(thrown) };
  }
  return { epoch: await store.raiseEpoch(lease(), epoch, { now: wallNow() }), error: undefined };
}

/** The charts that decide. */
export interface Charts {
  readonly executor: typeof treasuryExecutorMachine;
  readonly disbursement: typeof disbursementMachine;
}

export const SHIPPED_CHARTS: Charts = {
  executor: treasuryExecutorMachine,
  disbursement: disbursementMachine,
};

/**
 * The executor's chart with its actors.
 *
 * @param onFault the store failed when the chart did not listen any more
 */
export function provideExecutor(
  charts: Charts,
  ports: ExecutorPorts,
  keeper: BreakerKeeper,
  onFault: (error: Error) => void,
): typeof treasuryExecutorMachine {
  const { settings, owner, wallNow } = ports;
  const { store } = ports.config;
  const asStore = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    try {
      return await call();
    } catch (thrown) {
      throw fromStore(thrown);
    }
  };
  const acquire = () =>
    asStore(() => store.acquireLease({ owner, ttlMs: settings.leaseTtlMs, now: wallNow() }));

  /** Another had it meanwhile and gave it back: that one is new, and would be left behind by a stop in this tick. */
  const renew = async (held: LeaseToken | undefined): Promise<LeaseToken | undefined> => {
    const renewed = await acquire();
    if (renewed === undefined || renewed.fence === held?.fence) return renewed;
    await asStore(() => store.releaseLease(renewed));
    return undefined;
  };

  return charts.executor.provide({
    actors: {
      // What every tick begins with.
      acquireLease: fromPromise<LeaseToken | undefined>(() => {
        ports.tickBegan();
        return acquire();
      }),
      // A tick may end before its renewal does. What the store says then is a fault all the same (P9).
      renewLease: fromPromise<LeaseToken | undefined, LeaseToken | undefined>(({ input, signal }) =>
        renew(input).catch((error) => {
          if (signal.aborted) onFault(error);
          throw error;
        }),
      ),
      releaseLease: fromPromise<void, LeaseToken | undefined>(async ({ input: lease }) => {
        await keeper.saved();
        if (lease !== undefined) await store.releaseLease(lease);
      }),
      restoreBreaker: fromPromise<BreakerView>(() => keeper.restore()),
      applyControl: fromPromise<void, LeaseToken | undefined>(({ signal }) =>
        asStore(() => applyControl(ports, signal)),
      ),
      readEpoch: fromPromise<EpochReading, LeaseToken | undefined>(({ signal }) =>
        asStore(() => readEpoch(ports, signal)),
      ),
      loadInFlight: fromPromise<readonly DisbursementRow[]>(() =>
        asStore(async () => {
          const rows = await store.inFlight();
          ports.unknownOutcomes.keep(rows);
          return rows;
        }),
      ),
      loadReady: fromPromise<ReadyRows, number>(({ input: batchSize, signal }) =>
        asStore(() => loadReady(ports, batchSize, signal)),
      ),
      payment: providePayment(charts.disbursement, ports),
    },
  });
}
