import type { DisbursementStatus } from '../../machines/index.ts';
import { StorageError } from '../errors.ts';
import { prepared } from './prepared.ts';
import type { StoreReader, StoreSchema, StoreWriter } from './schema.ts';
import type { Tally } from './store.ts';

type StoredTally = StoreSchema['tally'];

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

/** What the writes of a transaction have to add to the tallies, which is written once before its commit. */
const pending = new WeakMap<StoreWriter, Map<DisbursementStatus, Tally>>();

/** Counts new rows in. */
export function countIn(db: StoreWriter, status: DisbursementStatus, added: Tally): void {
  const sums = pending.get(db) ?? new Map<DisbursementStatus, Tally>();
  pending.set(db, sums.set(status, sum(sums.get(status) ?? { rows: 0, amount: 0n }, added)));
}

/** Counts one row from one status over to another. */
export function countOver(
  db: StoreWriter,
  from: DisbursementStatus,
  to: DisbursementStatus,
  amount: bigint,
): void {
  if (from === to) return;
  countIn(db, from, { rows: -1, amount: -amount });
  countIn(db, to, { rows: 1, amount });
}

/** Writes what was counted; to be called before what it counts is committed. */
export async function settleTallies(db: StoreWriter): Promise<void> {
  for (const [status, added] of pending.get(db) ?? []) {
    const { rows: found } = await tallyOf(db, { status });
    const [before] = found;
    if (before === undefined) throw new StorageError(`the tally of ${status} is missing`);
    const { rows, amount } = sum({ rows: before.rows, amount: BigInt(before.amount) }, added);
    await setTally(db, { status, rows, amount: String(amount) });
  }
  forgetTallies(db);
}

/** What was counted is undone. */
export function forgetTallies(db: StoreWriter): void {
  pending.delete(db);
}

/** Added here and not in SQL, whose integers end at 64 bits. */
const sum = (a: Tally, b: Tally): Tally => ({ rows: a.rows + b.rows, amount: a.amount + b.amount });

const tallyOf = prepared((db, { status }: Pick<StoredTally, 'status'>) =>
  db.selectFrom('tally').select(['rows', 'amount']).where('status', '=', status),
);

const setTally = prepared((db, { status, rows, amount }: StoredTally) =>
  db.updateTable('tally').set({ rows, amount }).where('status', '=', status),
);
