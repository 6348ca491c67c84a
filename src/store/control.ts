import type { Selectable } from 'kysely';
import {
  type AppliedControl,
  type ControlOrder,
  ControlQueueFullError,
  type ControlRequest,
  MAX_PENDING_CONTROLS,
} from '../breaker-control.ts';
import { StorageError } from '../errors.ts';
import { requireLease } from './lease.ts';
import { writeMeta } from './meta.ts';
import { prepared } from './prepared.ts';
import type { StoreReader, StoreSchema, StoreWriter } from './schema.ts';
import type { ControlEffect, Lease } from './store.ts';

/** Stores an order; see `Store.requestControl`. */
export async function requestControl(
  db: StoreWriter,
  { action, reason, by }: ControlOrder,
  { now }: { readonly now: number },
): Promise<ControlRequest> {
  const { rows: waiting } = await pending(db, {});
  if (waiting.length >= MAX_PENDING_CONTROLS) throw new ControlQueueFullError();
  const row = await db
    .insertInto('control')
    .values({ action, reason: reason ?? null, requested_by: by, requested_at: now })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toRequest(row);
}

/** Orders that wait; see `Store.pendingControl`. */
export async function pendingControl(db: StoreReader): Promise<readonly ControlRequest[]> {
  return (await pending(db, {})).rows.map(toRequest);
}

/** The statement of {@link pendingControl}, apart so that its plan can be looked at: each tick begins with it. */
export const pendingStatement = (db: StoreReader) =>
  db.selectFrom('control').selectAll().where('applied_at', 'is', null).orderBy('id');

const pending = prepared(pendingStatement);

/** Marks an order as applied; see `Store.applyControl`. Mark, audit row and snapshot stand or fall together. */
export async function applyControl(
  db: StoreWriter,
  lease: Lease,
  { id }: ControlRequest,
  { now, from, to, snapshot }: ControlEffect,
): Promise<void> {
  await requireLease(db, lease);
  const { owner, fence } = lease;
  const row = await db
    .updateTable('control')
    .set({ applied_at: now, applied_owner: owner, applied_fence: fence })
    .where('id', '=', id)
    .where('applied_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new StorageError(`order ${id} to the breaker does not wait to be applied`);
  const { action, reason, requested_by, requested_at } = row;
  await db
    .insertInto('control_audit')
    .values({
      at: now,
      ...{ owner, fence, control_id: id, action, reason, requested_by, requested_at },
      from_state: from,
      to_state: to,
    })
    .execute();
  await writeMeta(db, 'breaker', JSON.stringify(snapshot));
}

/** What was applied, newest first; see `Store.controlAudit`. */
export async function controlAudit(
  db: StoreReader,
  { limit }: { readonly limit: number },
): Promise<readonly AppliedControl[]> {
  const rows = await db.selectFrom('control_audit').selectAll().orderBy('seq', 'desc').limit(limit).execute();
  return rows.map((row) => ({
    ...toRequest({ ...row, id: row.control_id }),
    appliedAt: row.at,
    owner: row.owner,
    fence: row.fence,
    from: row.from_state,
    to: row.to_state,
  }));
}

type Asked = Pick<
  Selectable<StoreSchema['control']>,
  'id' | 'action' | 'reason' | 'requested_by' | 'requested_at'
>;

const toRequest = ({ id, action, reason, requested_by, requested_at }: Asked): ControlRequest => ({
  id,
  action,
  reason: reason ?? undefined,
  by: requested_by,
  requestedAt: requested_at,
});
