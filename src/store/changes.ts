import type { Selectable } from 'kysely';
import type { DisbursementStatus, IntentPurpose, SignedIntent } from '../../machines/index.ts';
import { StorageError } from '../errors.ts';
import { appendChange } from './audit.ts';
import { requireLease } from './lease.ts';
import { prepared } from './prepared.ts';
import type { StoreSchema, StoreWriter } from './schema.ts';
import {
  type DisbursementChange,
  type Lease,
  MAY_BE_MINED,
  NotRequeueableError,
  type Requeued,
  type StageOptions,
} from './store.ts';
import { countOver } from './tally.ts';

type StoredRow = Selectable<StoreSchema['disbursement']>;
/** What is to change of a row. */
type RowUpdate = Partial<StoredRow> & Pick<StoredRow, 'status' | 'updated_at'>;

/** Changes one row; see `Store.change`. */
export async function change(
  db: StoreWriter,
  lease: Lease,
  id: string,
  { from, to, attempts, reason, notBefore, closesGap = false }: DisbursementChange,
  { now }: { readonly now: number },
): Promise<void> {
  await requireLease(db, lease);
  const row = await rowIn(db, id, from);
  const gap = isGapAfter(row, to, closesGap) ? 1 : 0;
  const update = {
    ...(attempts !== undefined && { attempts }),
    ...(reason !== undefined && { reason }),
    ...(notBefore !== undefined && { not_before: notBefore }),
  };
  await apply(db, lease, row, { status: to, updated_at: now, gap, ...update }, null);
}

/** Rule M5: whoever cancels a row that has a nonce leaves a gap, said or not. */
function isGapAfter({ status, nonce, gap }: StoredRow, to: DisbursementStatus, closesGap: boolean): boolean {
  if (to !== 'cancelled') return false;
  return status === 'cancelled' ? gap === 1 && !closesGap : nonce !== null;
}

/** Writes the bytes of a queued row and makes it `staged`; see `Store.stage`. */
export async function stage(
  db: StoreWriter,
  lease: Lease,
  intent: SignedIntent,
  { now, follows = false }: StageOptions,
): Promise<void> {
  await requireLease(db, lease);
  const row = await rowIn(db, intent.disbursementId, ['queued']);
  if (row.nonce !== null)
    throw new StorageError(`disbursement ${quoted(row.id)} has nonce ${row.nonce} already`);
  await requireFreeNonce(db, intent.nonce, follows);
  await addIntent(db, lease, intent, { now });
  await apply(db, lease, row, { status: 'staged', nonce: intent.nonce, updated_at: now }, intent.txHash);
}

/** Writes further bytes of a row that has a nonce; see `Store.replace`. */
export async function replace(
  db: StoreWriter,
  lease: Lease,
  intent: SignedIntent,
  { now }: { readonly now: number },
): Promise<void> {
  await requireLease(db, lease);
  const row = await rowIn(db, intent.disbursementId, REPLACED[intent.purpose ?? 'pay']);
  if (row.nonce !== intent.nonce)
    throw new StorageError(`disbursement ${quoted(row.id)} has nonce ${row.nonce}, not ${intent.nonce}`);
  await addIntent(db, lease, intent, { now });
  await apply(db, lease, row, { status: row.status, updated_at: now }, intent.txHash);
}

async function addIntent(
  db: StoreWriter,
  lease: Lease,
  intent: SignedIntent,
  { now }: { readonly now: number },
): Promise<void> {
  await insertIntent(db, {
    tx_hash: intent.txHash,
    disbursement_id: intent.disbursementId,
    nonce: intent.nonce,
    purpose: intent.purpose ?? 'pay',
    raw_tx: intent.rawTx,
    max_cost: textOf(intent.maxCost),
    max_fee_per_gas: textOf(intent.fee?.maxFeePerGas),
    max_priority_fee_per_gas: textOf(intent.fee?.maxPriorityFeePerGas),
    fence: lease.fence,
    created_at: now,
  });
}

/** What may be replaced by what: a payment that is given up, cancelled or not, by the fill of its nonce. */
const REPLACED: Readonly<Record<IntentPurpose, readonly DisbursementStatus[]>> = {
  pay: ['staged', 'submitted'],
  fill: ['staged', 'submitted', 'cancelled'],
};

const textOf = (value: bigint | undefined): string | null => (value === undefined ? null : String(value));

/** Puts rows back that were given up; see `Store.requeue`. */
export async function requeue(
  db: StoreWriter,
  ids: readonly string[],
  { now, by }: { readonly now: number; readonly by: string },
): Promise<readonly Requeued[]> {
  const requeued: Requeued[] = [];
  for (const id of new Set(ids)) {
    const row = await rowOf(db, id);
    const why = row === undefined ? 'it is not in the store' : whyNotRequeued(row);
    if (row === undefined || why !== undefined) throw new NotRequeueableError(id, why ?? '');
    const anew = {
      status: 'queued' as const,
      nonce: null,
      attempts: 0,
      reason: null,
      not_before: null,
      gap: 0,
      due_since: now,
    };
    await apply(db, { owner: by, fence: null }, row, { ...anew, updated_at: now }, null);
    requeued.push({ id, from: row.status, reason: row.reason ?? undefined });
  }
  return requeued;
}

/**
 * Rule M5. A dead letter that has bytes is one because its nonce is used for good by what did not pay it. Of a cancelled
 * one the chain has shown that once its nonce is no gap any more.
 */
function whyNotRequeued({ status, gap }: StoredRow): string | undefined {
  if (gap === 1) return MAY_BE_MINED;
  if (status === 'deadLetter' || status === 'cancelled') return undefined;
  return `it is ${status}, and not given up`;
}

/** The row, if it stands where its writer believes it to be. Anything else is two truths about one payment. */
async function rowIn(
  db: StoreWriter,
  id: string,
  expected: readonly DisbursementStatus[],
): Promise<StoredRow> {
  const row = await rowOf(db, id);
  if (row === undefined) throw new StorageError(`disbursement ${quoted(id)} is not in the store`);
  if (!expected.includes(row.status)) {
    throw new StorageError(
      `disbursement ${quoted(id)} is ${row.status} in the store and was taken for ${expected.join(' or ')}`,
    );
  }
  return row;
}

async function rowOf(db: StoreWriter, id: string): Promise<StoredRow | undefined> {
  const { rows } = await selectRow(db, { id });
  return rows[0];
}

/** Rule M1: a nonce that was ever signed for a row belongs to that row. And one that follows leaves no gap behind it. */
async function requireFreeNonce(db: StoreWriter, nonce: number, follows: boolean): Promise<void> {
  const { rows: taken } = await intentsAround(db, { nonce, before: nonce - 1 });
  const owner = taken.find((other) => other.nonce === nonce);
  if (owner !== undefined)
    throw new StorageError(`nonce ${nonce} belongs to disbursement ${quoted(owner.disbursement_id)}`);
  if (follows && taken.length === 0)
    throw new StorageError(`nonce ${nonce} is not taken: ${nonce - 1}, which goes before it, is not stored`);
}

/** Who writes: the holder of a lease, or by a command somebody without one. */
interface Writer {
  readonly owner: string;
  readonly fence: number | null;
}

/** Row, tally and audit change together: no other function updates a disbursement's state. */
async function apply(
  db: StoreWriter,
  writer: Writer,
  before: StoredRow,
  update: RowUpdate,
  txHash: string | null,
): Promise<void> {
  const after = { ...before, ...update };
  const { numAffectedRows } = await updateRow(db, { ...after, before: before.status });
  if (numAffectedRows !== 1n)
    throw new StorageError(`disbursement ${quoted(before.id)} changed while it was written`);
  countOver(db, before.status, after.status, BigInt(before.amount));
  await appendChange(db, {
    at: update.updated_at,
    owner: writer.owner,
    fence: writer.fence,
    disbursement_id: before.id,
    from_status: before.status,
    to_status: after.status,
    nonce: after.nonce,
    tx_hash: txHash,
    attempts: after.attempts,
    reason: after.reason,
    not_before: after.not_before,
    gap: after.gap,
    payload: null,
  });
}

const selectRow = prepared((db, { id }: Pick<StoredRow, 'id'>) =>
  db.selectFrom('disbursement').selectAll().where('id', '=', id),
);

/** All that can change of a row; where it stood is looked at once more. */
const updateRow = prepared((db, row: StoredRow & { readonly before: DisbursementStatus }) =>
  db
    .updateTable('disbursement')
    .set({
      status: row.status,
      due_since: row.due_since,
      nonce: row.nonce,
      attempts: row.attempts,
      reason: row.reason,
      not_before: row.not_before,
      gap: row.gap,
      updated_at: row.updated_at,
    })
    .where('id', '=', row.id)
    .where('status', '=', row.before),
);

const intentsAround = prepared((db, { nonce, before }: { readonly nonce: number; readonly before: number }) =>
  db
    .selectFrom('intent')
    .select(['nonce', 'disbursement_id'])
    .where((eb) => eb.or([eb('nonce', '=', nonce), eb('nonce', '=', before)])),
);

/** Behind those that its row has already. */
const insertIntent = prepared((db, intent: Omit<StoreSchema['intent'], 'ordinal'>) =>
  db.insertInto('intent').values(({ selectFrom }) => ({
    tx_hash: intent.tx_hash,
    disbursement_id: intent.disbursement_id,
    ordinal: selectFrom('intent')
      .select(({ eb, fn }) => eb(fn.countAll<number>(), '+', 1).as('ordinal'))
      .where('disbursement_id', '=', intent.disbursement_id),
    nonce: intent.nonce,
    purpose: intent.purpose,
    raw_tx: intent.raw_tx,
    max_cost: intent.max_cost,
    max_fee_per_gas: intent.max_fee_per_gas,
    max_priority_fee_per_gas: intent.max_priority_fee_per_gas,
    fence: intent.fence,
    created_at: intent.created_at,
  })),
);

const quoted = (id: string): string => JSON.stringify(id);
