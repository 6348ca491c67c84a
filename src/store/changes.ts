import type { Selectable, Updateable } from 'kysely';
import type { DisbursementStatus, IntentPurpose, SignedIntent } from '../../machines/index.ts';
import { StorageError } from '../errors.ts';
import { appendAudit } from './audit.ts';
import { requireLease } from './lease.ts';
import type { StoreSchema, StoreWriter } from './schema.ts';
import {
  type DisbursementChange,
  type Lease,
  MAY_BE_MINED,
  NotRequeueableError,
  type Requeued,
} from './store.ts';
import { countOver } from './tally.ts';

type StoredRow = Selectable<StoreSchema['disbursement']>;
type RowUpdate = Updateable<StoreSchema['disbursement']> & {
  status: DisbursementStatus;
  updated_at: number;
};

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
  const update: RowUpdate = { status: to, updated_at: now, gap };
  if (attempts !== undefined) update.attempts = attempts;
  if (reason !== undefined) update.reason = reason;
  if (notBefore !== undefined) update.not_before = notBefore;
  await apply(db, lease, row, update, null);
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
  { now }: { readonly now: number },
): Promise<void> {
  await requireLease(db, lease);
  const row = await rowIn(db, intent.disbursementId, ['queued']);
  if (row.nonce !== null)
    throw new StorageError(`disbursement ${quoted(row.id)} has nonce ${row.nonce} already`);
  await requireFreeNonce(db, intent.nonce);
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
  const { count } = await db
    .selectFrom('intent')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('disbursement_id', '=', intent.disbursementId)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('intent')
    .values({
      tx_hash: intent.txHash,
      disbursement_id: intent.disbursementId,
      ordinal: count + 1,
      nonce: intent.nonce,
      purpose: intent.purpose ?? 'pay',
      raw_tx: intent.rawTx,
      max_cost: textOf(intent.maxCost),
      max_fee_per_gas: textOf(intent.fee?.maxFeePerGas),
      max_priority_fee_per_gas: textOf(intent.fee?.maxPriorityFeePerGas),
      fence: lease.fence,
      created_at: now,
    })
    .execute();
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
    const row = await db.selectFrom('disbursement').selectAll().where('id', '=', id).executeTakeFirst();
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
  const row = await db.selectFrom('disbursement').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new StorageError(`disbursement ${quoted(id)} is not in the store`);
  if (!expected.includes(row.status)) {
    throw new StorageError(
      `disbursement ${quoted(id)} is ${row.status} in the store and was taken for ${expected.join(' or ')}`,
    );
  }
  return row;
}

/** Rule M1: a nonce that was ever signed for a row belongs to that row. */
async function requireFreeNonce(db: StoreWriter, nonce: number): Promise<void> {
  const taken = await db
    .selectFrom('intent')
    .select('disbursement_id')
    .where('nonce', '=', nonce)
    .executeTakeFirst();
  if (taken)
    throw new StorageError(`nonce ${nonce} belongs to disbursement ${quoted(taken.disbursement_id)}`);
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
  const after = await db
    .updateTable('disbursement')
    .set(update)
    .where('id', '=', before.id)
    .where('status', '=', before.status)
    .returning(['status', 'nonce', 'attempts', 'reason', 'not_before', 'gap'])
    .executeTakeFirst();
  if (after === undefined)
    throw new StorageError(`disbursement ${quoted(before.id)} changed while it was written`);
  await countOver(db, before.status, after.status, BigInt(before.amount));
  await appendAudit(db, [
    {
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
    },
  ]);
}

const quoted = (id: string): string => JSON.stringify(id);
