import type {
  CircuitState,
  Disbursement,
  DisbursementRow,
  DisbursementStatus,
  SignedIntent,
} from '../../machines/index.ts';
import type { AppliedControl, ControlOrder, ControlRequest } from '../breaker-control.ts';

/** The right to write, and the number that proves it: every acquisition by a new owner raises the fence. */
export interface Lease {
  readonly owner: string;
  readonly fence: number;
}

/** The chain and key that a store belongs to (rule M7). */
export interface ChainBinding {
  readonly chainId: number;
  readonly genesisHash: string;
  /** Address of the signing account, lower case. */
  readonly signer: string;
}

/** What an import did: `repeated` rows were there already with the same payload. */
export interface ImportResult {
  readonly imported: number;
  readonly repeated: number;
}

/** How a disbursement changes; what is not named stays as it is. */
export interface DisbursementChange {
  /** The statuses that it may come from. Any other is a `StorageError`: two truths about one payment. */
  readonly from: readonly DisbursementStatus[];
  readonly to: DisbursementStatus;
  readonly attempts?: number;
  /** `null` clears it. */
  readonly reason?: string | null;
  /** Epoch milliseconds; `null` clears it. */
  readonly notBefore?: number | null;
  /**
   * Of a cancelled row: the chain has shown for good what took its nonce. Until then one that was cancelled with a nonce
   * is a gap, unless it becomes something else.
   */
  readonly closesGap?: boolean;
}

/** What an order did to the breaker. */
export interface ControlEffect {
  readonly now: number;
  readonly from: CircuitState;
  readonly to: CircuitState;
  /** The breaker as it is afterwards. */
  readonly snapshot: unknown;
}

export interface DueQuery {
  /** Epoch milliseconds: rows whose `notBefore` lies beyond are left out. */
  readonly now: number;
  /** At most this many rows. */
  readonly limit: number;
  /** Only ids behind this one, for the next page. */
  readonly after?: string;
}

/** A row that was put back, and what it was given up for. */
export interface Requeued {
  readonly id: string;
  readonly from: DisbursementStatus;
  readonly reason: string | undefined;
}

/** One change of a disbursement, as the trail tells it: all that can change is as it was afterwards. */
export interface AuditRecord {
  /** Counts up with every change. */
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Who wrote it, `undefined` for an import; and under which fence, `undefined` for a command's. */
  readonly owner: string | undefined;
  readonly fence: number | undefined;
  readonly id: string;
  /** `undefined`: it was imported. */
  readonly from: DisbursementStatus | undefined;
  readonly to: DisbursementStatus;
  readonly nonce: number | undefined;
  /** Of the transaction that was signed with this change. */
  readonly txHash: string | undefined;
  readonly attempts: number;
  readonly reason: string | undefined;
  readonly notBefore: number | undefined;
}

export interface AuditQuery {
  /** Changes of this disbursement only. */
  readonly id?: string;
  /** Only those behind this number, for the next page. */
  readonly after?: number;
  readonly limit: number;
}

/** Whether the trail and what it tells of agree. */
export interface AuditCheck {
  /** Disbursements that were looked at, and entries of the trail. */
  readonly rows: number;
  readonly changes: number;
  /** What does not agree, at most 1000 of it; `id` is `undefined` for what concerns no single disbursement. */
  readonly faults: readonly { readonly id: string | undefined; readonly fault: string }[];
  readonly faultCount: number;
}

export interface StageOptions {
  readonly now: number;
  /** The nonce before it was given to another row. */
  readonly follows?: boolean;
}

export interface ListQuery {
  readonly status?: DisbursementStatus;
  readonly after?: string;
  readonly limit?: number;
}

/**
 * What the executor and the commands ask of a durable store.
 *
 * **Durability.** A promise of a writing method resolves only when its transaction survives a power cut.
 * Writes that are asked for together may share one transaction; each still succeeds or fails on its own,
 * unless the transaction itself fails, which fails all of them.
 *
 * **Who may write.** Every method that takes a {@link Lease} changes nothing and throws `LeaseLostError` when that
 * owner and fence do not hold the lease any more (whether it has expired is not asked: an expired lease that nobody
 * took over is still the newest). Methods without a lease write only new rows, rows that were given up, and orders.
 *
 * **Errors.** Anything that casts doubt on what is stored is a `StorageError`. A busy database is waited for,
 * without blocking the event loop, before it becomes one.
 *
 * Instants are epoch milliseconds and come from the caller, so that a test can decide what time it is.
 */
export interface Store {
  /**
   * Takes the lease, or renews it for the owner that has it (the fence then stays).
   * `undefined` while another holds it. Expiry is `now + ttlMs`.
   */
  acquireLease(request: {
    readonly owner: string;
    readonly ttlMs: number;
    readonly now: number;
  }): Promise<Lease | undefined>;

  /** Gives the lease up at once, if this owner and fence still hold it. */
  releaseLease(lease: Lease): Promise<void>;

  /**
   * Binds a new store to its chain and key; on a bound one checks that they are the same.
   * Throws `ConfigurationError` naming both sides when they are not.
   */
  bindChain(binding: ChainBinding): Promise<void>;

  /** What the store is bound to; `undefined` for a new one. */
  boundChain(): Promise<ChainBinding | undefined>;

  /** The highest epoch ever stored, 0 at first. */
  highestEpoch(): Promise<number>;

  /** Stores the epoch if it is higher, marks the rows that have become due, and gives the highest. */
  raiseEpoch(lease: Lease, epoch: number, options: { readonly now: number }): Promise<number>;

  /** The highest nonce that any row holds; `undefined` when none does. */
  nonceFloor(): Promise<number | undefined>;

  /**
   * Adds new rows as `queued`: all or none. A row whose id exists with the same payload counts as repeated; one
   * with another payload throws {@link ImportConflictError}. Destinations are expected in lower case.
   */
  importDisbursements(
    rows: readonly Disbursement[],
    options: { readonly now: number },
  ): Promise<ImportResult>;

  /**
   * Rows whose fate the chain decides, by nonce, with their intents: `staged`, `submitted`, `executed`, and `cancelled`
   * ones that are a gap.
   */
  inFlight(): Promise<readonly DisbursementRow[]>;

  /** Queued rows whose epoch has come, by id, found by an index. Dependencies are not looked at. */
  due(query: DueQuery): Promise<readonly DisbursementRow[]>;

  /** Whether every one of these ids is `executed` or `finalized`. True for none. */
  areSettled(ids: readonly string[]): Promise<boolean>;

  /**
   * Writes nonce, bytes and hash of a queued row and makes it `staged` (rule M1).
   *
   * Calls that are made one after the other, without waiting, are carried out in that order. With `follows` it is refused,
   * a `StorageError`, unless the nonce before it is in the store: where one of them fails, none behind it leaves a gap.
   */
  stage(lease: Lease, intent: SignedIntent, options: StageOptions): Promise<void>;

  /**
   * Writes the bytes of a further transaction of a staged or submitted row, which has the row's nonce and offers more; or
   * those of a fill, for a cancelled row too (rule M6). What was signed before stays: any of them may be mined, and all
   * are looked up (rule M2).
   */
  replace(lease: Lease, intent: SignedIntent, options: { readonly now: number }): Promise<void>;

  /** Changes one row, with its audit row in the same transaction. */
  change(
    lease: Lease,
    id: string,
    change: DisbursementChange,
    options: { readonly now: number },
  ): Promise<void>;

  /**
   * Puts rows back into the queue that were cancelled or given up, as if they were new: all or none. What was signed for
   * them stays; the next signature takes a nonce of its own. Ids that are named twice count once.
   *
   * Rule M5: a row that has bytes only when its nonce is used for good by what did not pay it; not while it is a gap.
   *
   * @param by who asks for it, for the audit
   * @throws NotRequeueableError for the first that may not, and nothing is changed
   */
  requeue(
    ids: readonly string[],
    options: { readonly now: number; readonly by: string },
  ): Promise<readonly Requeued[]>;

  /** The breaker's snapshot that the last lease-holder left; `undefined` when none did. */
  loadBreaker(): Promise<unknown>;
  saveBreaker(lease: Lease, snapshot: unknown): Promise<void>;

  /**
   * Stores an order to the breaker, which the lease-holder applies at its next tick. Orders are applied in the order of
   * their ids, each of them: the last one holds.
   *
   * Throws `ControlQueueFullError`, and stores nothing, while 100 of them wait.
   */
  requestControl(order: ControlOrder, options: { readonly now: number }): Promise<ControlRequest>;

  /** Orders that wait to be applied, oldest first, found by an index. */
  pendingControl(): Promise<readonly ControlRequest[]>;

  /**
   * Marks an order as applied and stores the breaker as it is afterwards, with its row in the control audit, in one
   * transaction. A `StorageError` when it does not wait any more: two truths about one order.
   */
  applyControl(lease: Lease, request: ControlRequest, effect: ControlEffect): Promise<void>;

  /** Orders that were applied, newest first. */
  controlAudit(query: { readonly limit: number }): Promise<readonly AppliedControl[]>;

  /** Changes of disbursements, oldest first. Nothing ever changes or deletes one. */
  auditTrail(query: AuditQuery): Promise<readonly AuditRecord[]>;

  /**
   * Rebuilds every disbursement from the trail, and compares it with how it stands; looks at each step, at the
   * transactions that were signed, at the nonces and at the sums. Reads the whole store, in one moment.
   */
  checkAudit(): Promise<AuditCheck>;

  /** One row, or `undefined`. */
  find(id: string): Promise<DisbursementRow | undefined>;

  /** Rows by id. */
  list(query?: ListQuery): Promise<readonly DisbursementRow[]>;

  /** How many rows stand in each status; every status is named. */
  countByStatus(): Promise<Record<DisbursementStatus, number>>;

  /** How much stands in each status, and how long the oldest of what can move has been due. It walks over no row. */
  backlog(): Promise<Backlog>;

  /**
   * What is left to do at the stored epoch, for reports and for `--once`.
   * - `outstanding`: due rows that can still move: staged, submitted, or queued with dependencies that can come.
   * - `waiting`: due and queued, but for an id that cannot come (missing, cancelled, dead, cyclic) or not in this epoch.
   * - `later`: queued for a later epoch.
   * - `paid`: executed or finalized, and `paidAmount` their sum in base units.
   */
  progress(): Promise<StoreProgress>;

  close(): Promise<void>;
}

/** What stands in one status: how many rows, and the sum of their amounts in base units. */
export interface Tally {
  readonly rows: number;
  readonly amount: bigint;
}

/** How the work stands, for who watches it. */
export interface Backlog {
  /** Every status is in it. */
  readonly byStatus: Readonly<Record<DisbursementStatus, Tally>>;
  /**
   * Since when the oldest is due that is queued, staged or submitted; epoch milliseconds. One that waits for another to
   * be paid does not count, nor one of a later epoch. `undefined` when there is none.
   */
  readonly oldestPendingAt: number | undefined;
}

export interface StoreProgress {
  readonly outstanding: number;
  readonly waiting: number;
  readonly later: number;
  readonly paid: number;
  readonly paidAmount: bigint;
  readonly cancelled: number;
  readonly deadLetter: number;
}

/** Why a gap is not put back. */
export const MAY_BE_MINED = 'its transaction may still be mined';

/** The row cannot be put back: it is not given up, or what was signed for it may still be mined. */
export class NotRequeueableError extends Error {
  override readonly name = 'NotRequeueableError';
  readonly id: string;
  readonly why: string;
  constructor(id: string, why: string) {
    super(`disbursement ${JSON.stringify(id)} cannot be requeued: ${why}`);
    this.id = id;
    this.why = why;
  }
}

/** An id that exists with another payload: the id is the idempotency key, so this is never a second payment. */
export class ImportConflictError extends Error {
  override readonly name = 'ImportConflictError';
  readonly id: string;
  /** The fields that differ. */
  readonly fields: readonly string[];
  constructor(id: string, fields: readonly string[]) {
    super(`disbursement ${JSON.stringify(id)} exists with another ${fields.join(', ')}`);
    this.id = id;
    this.fields = fields;
  }
}
