import type { DisbursementStatus } from '../../machines/index.ts';
import { StorageError } from '../errors.ts';
import type { StoreReader, StoreWriter } from './schema.ts';
import type { Tally } from './store.ts';

/** Every status is in it. */
export async function readTallies(db: StoreReader): Promise<Record<DisbursementStatus, Tally>> {
  const rows = await db.selectFrom('tally').selectAll().execute();
  const tallies = rows.map(({ status, rows, amount }) => [status, { rows, amount: BigInt(amount) }]);
  return Object.fromEntries(tallies);
}

/** How many rows stand in each status. */
export async function countByStatus(db: StoreReader): Promise<Record<DisbursementStatus, number>> {
  const tallies = Object.entries(await readTallies(db));
  return Object.fromEntries(tallies.map(([status, { rows }]) => [status, rows])) as Record<
    DisbursementStatus,
    number
  >;
}

/** Counts new rows in. */
export async function countIn(db: StoreWriter, status: DisbursementStatus, added: Tally): Promise<void> {
  await adjust(db, status, added);
}

/** Counts one row from one status over to another. */
export async function countOver(
  db: StoreWriter,
  from: DisbursementStatus,
  to: DisbursementStatus,
  amount: bigint,
): Promise<void> {
  if (from === to) return;
  await adjust(db, from, { rows: -1, amount: -amount });
  await adjust(db, to, { rows: 1, amount });
}

/** The sum is added here and not in SQL, whose integers end at 64 bits. */
async function adjust(db: StoreWriter, status: DisbursementStatus, by: Tally): Promise<void> {
  const before = await db
    .selectFrom('tally')
    .select(['rows', 'amount'])
    .where('status', '=', status)
    .executeTakeFirst();
  if (before === undefined) throw new StorageError(`the tally of ${status} is missing`);
  await db
    .updateTable('tally')
    .set({ rows: before.rows + by.rows, amount: String(BigInt(before.amount) + by.amount) })
    .where('status', '=', status)
    .execute();
}
