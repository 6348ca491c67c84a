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

/** Counts new rows in. */
export async function countIn(db: StoreWriter, status: DisbursementStatus, added: Tally): Promise<void> {
  await write(db, status, sum(await read(db, status), added));
}

/** Counts one row from one status over to another. */
export async function countOver(
  db: StoreWriter,
  from: DisbursementStatus,
  to: DisbursementStatus,
  amount: bigint,
): Promise<void> {
  if (from === to) return;
  await write(db, from, sum(await read(db, from), { rows: -1, amount: -amount }));
  await write(db, to, sum(await read(db, to), { rows: 1, amount }));
}

/** Added here and not in SQL, whose integers end at 64 bits. */
const sum = (a: Tally, b: Tally): Tally => ({ rows: a.rows + b.rows, amount: a.amount + b.amount });

async function read(db: StoreWriter, status: DisbursementStatus): Promise<Tally> {
  const { rows: found } = await tallyOf(db, { status });
  const [tally] = found;
  if (tally === undefined) throw new StorageError(`the tally of ${status} is missing`);
  return { rows: tally.rows, amount: BigInt(tally.amount) };
}

const write = (db: StoreWriter, status: DisbursementStatus, { rows, amount }: Tally): Promise<unknown> =>
  setTally(db, { status, rows, amount: String(amount) });

const tallyOf = prepared((db, { status }: Pick<StoredTally, 'status'>) =>
  db.selectFrom('tally').select(['rows', 'amount']).where('status', '=', status),
);

const setTally = prepared((db, { status, rows, amount }: StoredTally) =>
  db.updateTable('tally').set({ rows, amount }).where('status', '=', status),
);
