import type { Generated, Kysely, Transaction } from 'kysely';
import type { CircuitState, DisbursementStatus, IntentPurpose } from '../../machines/index.ts';
import type { ControlAction } from '../breaker-control.ts';

/**
 * The tables as the statements see them, the same in every SQL dialect.
 *
 * Amounts are decimal TEXT, because wei exceeds 64 bits. Instants are epoch milliseconds.
 */
export interface StoreSchema {
  disbursement: DisbursementTable;
  intent: IntentTable;
  lease: LeaseTable;
  audit: AuditTable;
  tally: TallyTable;
  meta: MetaTable;
  control: ControlTable;
  control_audit: ControlAuditTable;
}

/** For reading, inside a transaction or not. */
export type StoreReader = Kysely<StoreSchema>;
/** For writing: no statement of ours writes outside a transaction. */
export type StoreWriter = Transaction<StoreSchema>;

interface DisbursementTable {
  id: string;
  destination: string;
  amount: string;
  memo: string;
  scheduled_epoch: number;
  /** JSON array of ids, sorted. */
  depends_on: string;
  status: Generated<DisbursementStatus>;
  /** 1 once the stored epoch has reached `scheduled_epoch`; it never goes back. */
  due: number;
  /** When it became due, or was put back since; null before. */
  due_since: Generated<number | null>;
  nonce: Generated<number | null>;
  attempts: Generated<number>;
  reason: Generated<string | null>;
  not_before: Generated<number | null>;
  /** 1: cancelled with a nonce, and what took that is not known for good. */
  gap: Generated<number>;
  created_at: number;
  updated_at: number;
}

/** Every transaction that was ever signed. Append-only. */
interface IntentTable {
  tx_hash: string;
  disbursement_id: string;
  /** 1 is the row's first. */
  ordinal: number;
  nonce: number;
  purpose: IntentPurpose;
  raw_tx: string;
  max_cost: string | null;
  max_fee_per_gas: string | null;
  max_priority_fee_per_gas: string | null;
  /** The fence under which it was stored. */
  fence: number;
  created_at: number;
}

/** One row. `owner` is null before the first acquisition and after a release. */
interface LeaseTable {
  id: number;
  owner: string | null;
  fence: number;
  expires_at: number;
}

/**
 * What happened to each disbursement, in order. Append-only, and complete: the first row of an id carries what was
 * imported, and every row the whole of what can change, as it is afterwards, so that the newest row of an id (with
 * `intent` for the bytes) is its present state.
 */
interface AuditTable {
  seq: Generated<number>;
  at: number;
  /** Who wrote it; null for an import. The fence is null for every write without a lease. */
  owner: string | null;
  fence: number | null;
  disbursement_id: string;
  /** Null for an import. */
  from_status: DisbursementStatus | null;
  to_status: DisbursementStatus;
  nonce: number | null;
  /** The intent that this change added. */
  tx_hash: string | null;
  attempts: number;
  reason: string | null;
  not_before: number | null;
  gap: Generated<number>;
  /** JSON of what was imported; null for every later change. */
  payload: string | null;
}

/** Rows and sum of amounts of each status, kept up with every change: a report never scans finished rows. */
interface TallyTable {
  status: DisbursementStatus;
  rows: number;
  amount: string;
}

interface MetaTable {
  key: string;
  value: string;
}

/** Orders to the breaker. One whose `applied_...` are null waits for the lease-holder's next tick. */
interface ControlTable {
  id: Generated<number>;
  action: ControlAction;
  reason: string | null;
  requested_by: string;
  requested_at: number;
  applied_at: Generated<number | null>;
  applied_owner: Generated<string | null>;
  applied_fence: Generated<number | null>;
}

/**
 * What was done to the breaker by order, in order. Append-only, and apart from `audit`, whose newest row of an id is
 * the state of a disbursement.
 */
interface ControlAuditTable {
  seq: Generated<number>;
  at: number;
  owner: string;
  fence: number;
  control_id: number;
  action: ControlAction;
  reason: string | null;
  requested_by: string;
  requested_at: number;
  from_state: CircuitState;
  to_state: CircuitState;
}
