import type { Insertable } from 'kysely';
import type { Disbursement } from '../../machines/index.ts';
import { StorageError } from '../errors.ts';
import { appendAudit } from './audit.ts';
import { highestEpoch } from './epoch.ts';
import { chunksOf } from './rows.ts';
import type { StoreSchema, StoreWriter } from './schema.ts';
import { ImportConflictError, type ImportResult } from './store.ts';
import { countIn } from './tally.ts';

type NewRow = Pick<
  Insertable<StoreSchema['disbursement']>,
  'id' | 'destination' | 'amount' | 'memo' | 'scheduled_epoch' | 'depends_on'
>;

const ROWS_PER_STATEMENT = 200;

/** What makes two rows of one id the same payment, and what a conflict calls it. */
const PAYLOAD = {
  destination: 'destination',
  amount: 'amount',
  memo: 'memo',
  scheduled_epoch: 'scheduledEpoch',
  depends_on: 'dependsOn',
} as const satisfies Partial<Record<keyof NewRow, keyof Disbursement>>;

/** What is to be written, each id once, and how often one was repeated within it. */
export interface PreparedImport {
  readonly rows: readonly NewRow[];
  readonly repeated: number;
}

/**
 * Everything that needs no database, done before the transaction begins: that one keeps every other writer waiting.
 * Throws {@link ImportConflictError} when the rows contradict each other.
 */
export function prepareImport(disbursements: readonly Disbursement[]): PreparedImport {
  const rows = new Map<string, NewRow>();
  for (const disbursement of disbursements) {
    const row = toNewRow(disbursement);
    const earlier = rows.get(row.id);
    if (earlier) requireSamePayload(earlier, row);
    else rows.set(row.id, row);
  }
  return { rows: [...rows.values()], repeated: disbursements.length - rows.size };
}

/** Adds what is new, compares what is there, in the caller's transaction: all or none. */
export async function importRows(
  db: StoreWriter,
  { rows, repeated }: PreparedImport,
  { now }: { readonly now: number },
): Promise<ImportResult> {
  const epoch = await highestEpoch(db);
  let imported = 0;
  let amount = 0n;
  for (const chunk of chunksOf(rows, ROWS_PER_STATEMENT)) {
    const added = await insertNew(db, chunk, { epoch, now });
    await appendAudit(
      db,
      added.map((row) => auditEntry(row, now)),
    );
    imported += added.length;
    for (const row of added) amount += BigInt(row.amount);
  }
  countIn(db, 'queued', { rows: imported, amount });
  return { imported, repeated: repeated + rows.length - imported };
}

/** Gives those rows that were not there before; the others are what they were. */
async function insertNew(
  db: StoreWriter,
  rows: readonly NewRow[],
  { epoch, now }: { readonly epoch: number; readonly now: number },
): Promise<readonly NewRow[]> {
  const inserted = await db
    .insertInto('disbursement')
    .values(
      rows.map((row) => ({
        ...row,
        ...(row.scheduled_epoch <= epoch ? { due: 1, due_since: now } : { due: 0, due_since: null }),
        created_at: now,
        updated_at: now,
      })),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .execute();
  if (inserted.length === rows.length) return rows;
  const ids = new Set(inserted.map((row) => row.id));
  await requireStored(
    db,
    rows.filter((row) => !ids.has(row.id)),
  );
  return rows.filter((row) => ids.has(row.id));
}

async function requireStored(db: StoreWriter, rows: readonly NewRow[]): Promise<void> {
  const stored = await db
    .selectFrom('disbursement')
    .select(['id', 'destination', 'amount', 'memo', 'scheduled_epoch', 'depends_on'])
    .where(
      'id',
      'in',
      rows.map((row) => row.id),
    )
    .execute();
  const byId = new Map(stored.map((row) => [row.id, row]));
  for (const row of rows) {
    const there = byId.get(row.id);
    if (there === undefined) throw new StorageError(`disbursement ${JSON.stringify(row.id)} came and went`);
    requireSamePayload(there, row);
  }
}

function requireSamePayload(stored: NewRow, row: NewRow): void {
  const columns = Object.keys(PAYLOAD) as (keyof typeof PAYLOAD)[];
  const differing = columns.filter((column) => stored[column] !== row[column]);
  if (differing.length > 0) {
    throw new ImportConflictError(
      row.id,
      differing.map((column) => PAYLOAD[column]),
    );
  }
}

function toNewRow(disbursement: Disbursement): NewRow {
  return {
    id: disbursement.id,
    destination: disbursement.destination,
    amount: String(disbursement.amount),
    memo: disbursement.memo,
    scheduled_epoch: disbursement.scheduledEpoch,
    depends_on: JSON.stringify(disbursement.dependsOn.toSorted()),
  };
}

function auditEntry(row: NewRow, now: number): Insertable<StoreSchema['audit']> {
  const { id, ...payload } = row;
  return {
    at: now,
    owner: null,
    fence: null,
    disbursement_id: id,
    from_status: null,
    to_status: 'queued',
    nonce: null,
    tx_hash: null,
    attempts: 0,
    reason: null,
    not_before: null,
    payload: JSON.stringify(payload),
  };
}
