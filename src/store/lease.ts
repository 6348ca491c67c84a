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
  seenHeld.delete(db);
  const { rows } = await takeLease(db, { owner, now, expiresAt: now + ttlMs });
  const [taken] = rows;
  return taken && { owner, fence: taken.fence };
}

interface Taking {
  readonly owner: string;
  readonly now: number;
  readonly expiresAt: number;
}

const takeLease = prepared((db, { owner, now, expiresAt }: Taking) =>
  db
    .updateTable('lease')
    .set({
      fence: sql<number>`case when owner = ${owner} then fence else fence + 1 end`,
      owner,
      expires_at: expiresAt,
    })
    .where((row) =>
      row.or([row('owner', '=', owner), row('owner', 'is', null), row('expires_at', '<=', now)]),
    )
    .returning('fence'),
);

/** Forgets the owner and keeps the number: whoever comes next, the same owner too, gets a higher fence. */
export async function releaseLease(db: StoreWriter, { owner, fence }: Lease): Promise<void> {
  seenHeld.delete(db);
  await db
    .updateTable('lease')
    .set({ owner: null, expires_at: 0 })
    .where('owner', '=', owner)
    .where('fence', '=', fence)
    .execute();
}

/** The lease that a transaction has seen to be held: while it lasts nobody else can write. */
const seenHeld = new WeakMap<StoreReader, Lease>();

/** Rule M8: to be called first in every leased transaction. Throws `LeaseLostError`. */
export async function requireLease(db: StoreWriter, lease: Lease): Promise<void> {
  const seen = seenHeld.get(db);
  if (seen?.owner === lease.owner && seen.fence === lease.fence) return;
  const { rows } = await heldLease(db, lease);
  const [held] = rows;
  if (held === undefined) throw new LeaseLostError();
  seenHeld.set(db, lease);
}

const heldLease = prepared((db, { owner, fence }: Lease) =>
  db.selectFrom('lease').select('fence').where('owner', '=', owner).where('fence', '=', fence),
);
