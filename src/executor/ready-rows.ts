import type { DisbursementRow, ReadyRows } from '../../machines/index.ts';
import { StorageError } from '../errors.ts';
import type { ExecutorPorts } from './executor-ports.ts';
import { asError, fromStore } from './thrown.ts';
import { withDeadline } from './with-deadline.ts';

/**
 * The next rows that can be paid: due, not in backoff, and with everything they depend on. Rows that wait do not
 * count against the batch: the search goes on behind them.
 */
export async function loadReady(
  ports: ExecutorPorts,
  batchSize: number,
  signal: AbortSignal,
): Promise<ReadyRows> {
  const { store } = ports.config;
  const now = ports.wallNow();
  const rows: DisbursementRow[] = [];
  let error: Error | undefined;
  let after: string | undefined;
  while (rows.length < batchSize) {
    const page = await store.due({ now, limit: batchSize, ...(after === undefined ? {} : { after }) });
    for (const row of page) {
      if (rows.length === batchSize) break;
      try {
        if (await hasWhatItNeeds(ports, row, signal)) rows.push(row);
      } catch (thrown) {
        if (thrown instanceof StorageError) throw thrown;
        error = asError(thrown);
      }
    }
    after = page.at(-1)?.id;
    if (page.length < batchSize) break;
  }
  if (rows.length === 0) return { rows, nextNonce: 0, error };
  const [numberedRows] = await Promise.all([
    numbered(ports, rows, signal, error),
    prepareSigner(ports, rows, signal),
  ]);
  return numberedRows;
}

/**
 * Tells it of the rows that may be signed in this tick, of none while the breaker refuses: it asks the chain about each.
 * What it cannot learn beforehand it asks for at each row.
 */
async function prepareSigner(
  { config, clock, settings, breaker, unmined }: ExecutorPorts,
  rows: readonly DisbursementRow[],
  outer: AbortSignal,
): Promise<void> {
  const toSign = breaker().admits ? rows.slice(0, Math.max(0, settings.maxUnmined - unmined())) : [];
  if (toSign.length === 0) return;
  await withDeadline(async (signal) => config.signer.prepare?.(toSign, { signal }), {
    clock,
    timeoutMs: settings.submitTimeoutMs,
    signal: outer,
    onTimeout: () => new Error('the signer could not prepare itself in time'),
  }).catch(() => {});
}

async function hasWhatItNeeds(
  { config, clock, settings }: ExecutorPorts,
  row: DisbursementRow,
  outer: AbortSignal,
): Promise<boolean> {
  const { dependencyCheck, store } = config;
  if (dependencyCheck === undefined) {
    if (row.dependsOn.length === 0) return true;
    return store.areSettled(row.dependsOn).catch((thrown) => {
      throw fromStore(thrown);
    });
  }
  return withDeadline((signal) => dependencyCheck(row, store, { signal }), {
    clock,
    timeoutMs: settings.submitTimeoutMs,
    signal: outer,
    onTimeout: () => new Error(`the dependency check of ${row.id} did not answer in time`),
  });
}

/**
 * The first nonce that is free: behind the store's highest and not below the chain's, which is read first. Without
 * the chain's word an empty store cannot know, and nothing new is staged.
 */
async function numbered(
  { config, clock, settings }: ExecutorPorts,
  rows: readonly DisbursementRow[],
  outer: AbortSignal,
  error: Error | undefined,
): Promise<ReadyRows> {
  const { nextNonce, store } = config;
  let chain: number | undefined = nextNonce === undefined ? 0 : undefined;
  let fault = error;
  if (nextNonce !== undefined) {
    try {
      chain = await withDeadline((signal) => nextNonce({ signal }), {
        clock,
        timeoutMs: settings.submitTimeoutMs,
        signal: outer,
        onTimeout: () => new Error('the chain did not tell the next nonce in time'),
      });
    } catch (thrown) {
      fault = asError(thrown);
    }
  }
  const floor = await store.nonceFloor();
  if (floor === undefined && chain === undefined) return { rows: [], nextNonce: 0, error: fault };
  return { rows, nextNonce: Math.max(floor === undefined ? 0 : floor + 1, chain ?? 0), error: fault };
}
