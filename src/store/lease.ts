import { sql } from 'kysely';
import { LeaseLostError } from '../errors.ts';
import { prepared } from './prepared.ts';
import type { StoreReader, StoreWriter } from './schema.ts';
import type { Lease } from './store.ts';

/** Who wants the lease, and from when it lasts how long (milliseconds). */
export interface LeaseRequest {
  readonly owner: string;
  readonly ttlMs: number;
  readonly now: number;
}

/**
 * One conditional UPDATE decides, so that of any number of contenders one wins.
 * The same owner renews, expired or not, as long as nobody took it over; any other acquisition raises the fence.
 */
export async function acquireLease(
  db: StoreWriter,
  { owner, ttlMs, now }: LeaseRequest,
): Promise<Lease | undefined> {
  const taken = await db
    .updateTable('lease')
    .set({
      fence: sql<number>`case when owner = ${owner} then fence else fence + 1 end`,
      owner,
      expires_at: now + ttlMs,
    })
    .where((row) =>
      row.or([row('owner', '=', owner), row('owner', 'is', null), row('expires_at', '<=', now)]),
    )
    .returning('fence')
    .executeTakeFirst();
  return taken && { owner, fence: taken.fence };
}

/** Forgets the owner and keeps the number: whoever comes next, the same owner too, gets a higher fence. */
export async function releaseLease(db: StoreWriter, { owner, fence }: Lease): Promise<void> {
  await db
    .updateTable('lease')
    .set({ owner: null, expires_at: 0 })
    .where('owner', '=', owner)
    .where('fence', '=', fence)
    .execute();
}

/** Rule M8: to be called first in every leased transaction. Throws `LeaseLostError`. */
export async function requireLease(db: StoreReader, { owner, fence }: Lease): Promise<void> {
  const { rows } = await heldLease(db, { owner, fence });
  const [held] = rows;
  if (held === undefined) throw new LeaseLostError();
}

const heldLease = prepared((db, { owner, fence }: Lease) =>
  db.selectFrom('lease').select('fence').where('owner', '=', owner).where('fence', '=', fence),
);
