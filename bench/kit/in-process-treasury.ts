import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type CircuitBreaker,
  createCircuitBreaker,
  createTreasuryExecutor,
  type Disbursement,
  type TreasuryExecutor,
} from '../../src/index.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';

const ROWS_AT_ONCE = 10_000;

/** An executor over a real store; its chain answers in the same moment, so that all that is left is our own work. */
export interface InProcessTreasury {
  readonly executor: TreasuryExecutor;
  readonly breaker: CircuitBreaker;
  /** Imports as many payments as one tick takes, which are due. */
  queue(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param finished payments that were paid long ago
 * @param perTick new payments that a tick takes
 */
export async function openInProcessTreasury(finished: number, perTick: number): Promise<InProcessTreasury> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-telemetry-'));
  const path = join(folder, 'treasury.db');
  const store = await openSqliteStore(path);
  let imported = 0;
  const add = async (count: number) => {
    const rows = Array.from({ length: count }, (_, at): Disbursement => row(`p${imported + at}`));
    imported += count;
    await store.importDisbursements(rows, { now: Date.now() });
  };
  for (let left = finished; left > 0; left -= ROWS_AT_ONCE) await add(Math.min(left, ROWS_AT_ONCE));
  if (finished > 0) finishAll(path);

  const breaker = createCircuitBreaker();
  const executor = createTreasuryExecutor({
    identity: 'bench',
    store,
    circuitBreaker: breaker,
    batchSize: perTick,
    maxUnmined: perTick * 2,
    epochSource: () => 0,
    signer: async ({ id }, { nonce }) => ({ disbursementId: id, nonce, txHash: `0x${nonce}`, rawTx: '0x02' }),
    submitter: async ({ txHash }) => txHash,
    lookup: async () => ({ status: 'executed', confirmations: 1 }),
  });
  return {
    executor,
    breaker,
    queue: () => add(perTick),
    close: async () => {
      await executor.stop();
      breaker.stop();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const row = (id: string): Disbursement => ({
  id,
  destination: `0x${'ab'.repeat(20)}`,
  amount: 10n ** 18n,
  memo: '',
  scheduledEpoch: 0,
  dependsOn: [],
});

/** Years of payments in a moment: by SQL, since to pay them would take hours. */
function finishAll(path: string): void {
  const connection = new DatabaseSync(path);
  connection.exec(`
    begin;
    update disbursement set status = 'finalized', nonce = -rowid;
    update tally set (rows, amount) = (select rows, amount from tally where status = 'queued') where status = 'finalized';
    update tally set rows = 0, amount = '0' where status = 'queued';
    commit;`);
  connection.close();
}
