import { type Compilable, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type {
  DisbursementRow,
  DisbursementStatus,
  IntentPurpose,
  SignedIntent,
} from '../../machines/index.ts';
import { prepared } from './prepared.ts';
import type { StoreReader, StoreSchema } from './schema.ts';
import type { DueQuery, ListQuery } from './store.ts';

type Page = SelectQueryBuilder<StoreSchema, 'disbursement', Selectable<StoreSchema['disbursement']>>;

/** A row with one of its intents, or with nulls when it has none. */
interface JoinedRow extends Selectable<StoreSchema['disbursement']> {
  tx_hash: string | null;
  intent_nonce: number | null;
  purpose: IntentPurpose | null;
  raw_tx: string | null;
  max_cost: string | null;
  max_fee_per_gas: string | null;
  max_priority_fee_per_gas: string | null;
  stored_at: number | null;
}

interface RowsStatement extends Compilable<JoinedRow> {
  execute(): Promise<JoinedRow[]>;
}

/** How many ids one statement names: SQLite takes 32,766 parameters, PostgreSQL 65,535. */
const IDS_PER_STATEMENT = 500;

export async function find(db: StoreReader, id: string): Promise<DisbursementRow | undefined> {
  const page = db.selectFrom('disbursement').selectAll().where('id', '=', id);
  return toRows(await withIntents(db, page, 'id').execute())[0];
}

export async function list(db: StoreReader, query: ListQuery = {}): Promise<readonly DisbursementRow[]> {
  return toRows(await listStatement(db, query).execute());
}

export async function due(
  db: StoreReader,
  { after, ...first }: DueQuery,
): Promise<readonly DisbursementRow[]> {
  const { rows } = await (after === undefined ? firstDue(db, first) : nextDue(db, { ...first, after }));
  return toRows(rows);
}

export async function inFlight(db: StoreReader): Promise<readonly DisbursementRow[]> {
  return toRows((await allInFlight(db, {})).rows);
}

/** The statement of {@link list}, apart so that its plan can be looked at. */
export function listStatement(db: StoreReader, { status, after, limit }: ListQuery): RowsStatement {
  let page: Page = db.selectFrom('disbursement').selectAll().orderBy('id');
  if (status !== undefined) page = page.where('status', '=', status);
  if (after !== undefined) page = page.where('id', '>', after);
  if (limit !== undefined) page = page.limit(limit);
  return withIntents(db, page, 'id');
}

/** The statement of {@link due}. The two constants are literals, so that its plan is the partial index whatever is bound. */
export function dueStatement(db: StoreReader, { now, limit, after }: DueQuery): RowsStatement {
  let page: Page = db
    .selectFrom('disbursement')
    .selectAll()
    .where('status', '=', sql.lit('queued' satisfies DisbursementStatus))
    .where('due', '=', sql.lit(1))
    .where((row) => row.or([row('not_before', 'is', null), row('not_before', '<=', now)]))
    .orderBy('id')
    .limit(limit);
  if (after !== undefined) page = page.where('id', '>', after);
  return withIntents(db, page, 'id');
}

/** The statement of {@link inFlight}. */
export function inFlightStatement(db: StoreReader): RowsStatement {
  const page = db
    .selectFrom('disbursement')
    .selectAll()
    .where('status', 'in', ['staged', 'submitted', 'executed']);
  // Apart, so that each half is a range of an index of its own: nobody walks over what was cancelled.
  const gaps = db.selectFrom('disbursement').selectAll().where('gap', '=', sql.lit(1));
  return withIntents(db, page.unionAll(gaps), 'nonce');
}

const firstDue = prepared((db, { now, limit }: Omit<DueQuery, 'after'>) => dueStatement(db, { now, limit }));

const nextDue = prepared((db, { now, limit, after }: Required<DueQuery>) =>
  dueStatement(db, { now, limit, after }),
);

const allInFlight = prepared(inFlightStatement);

export async function areSettled(db: StoreReader, ids: readonly string[]): Promise<boolean> {
  const statuses = await statusesOf(db, new Set(ids));
  return ids.every((id) => {
    const status = statuses.get(id)?.status;
    return status === 'executed' || status === 'finalized';
  });
}

/** Status and due flag of those of the ids that exist. */
export async function statusesOf(
  db: StoreReader,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, { readonly status: DisbursementStatus; readonly due: number }>> {
  const found = new Map<string, { status: DisbursementStatus; due: number }>();
  for (const chunk of chunksOf([...ids], IDS_PER_STATEMENT)) {
    const rows = await db
      .selectFrom('disbursement')
      .select(['id', 'status', 'due'])
      .where('id', 'in', chunk)
      .execute();
    for (const { id, status, due } of rows) found.set(id, { status, due });
  }
  return found;
}

/**
 * Taken from the intents, not from the rows: they are never deleted, so that the floor does not fall when an operator
 * gives a row another nonce, and a nonce that was ever signed is not given to a second row.
 */
export async function nonceFloor(db: StoreReader): Promise<number | undefined> {
  const { rows } = await highestNonce(db, {});
  return rows[0]?.floor ?? undefined;
}

const highestNonce = prepared((db) =>
  db.selectFrom('intent').select((eb) => eb.fn.max<number | null>('nonce').as('floor')),
);

/** In pieces of at most `size`. */
export function* chunksOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** Rows and intents in one statement, so that they belong to one moment without a transaction. */
function withIntents(db: StoreReader, page: Page, order: 'id' | 'nonce'): RowsStatement {
  return db
    .selectFrom(page.as('d'))
    .leftJoin('intent as i', 'i.disbursement_id', 'd.id')
    .selectAll('d')
    .select(['i.tx_hash', 'i.nonce as intent_nonce', 'i.purpose', 'i.raw_tx', 'i.max_cost'])
    .select(['i.max_fee_per_gas', 'i.max_priority_fee_per_gas', 'i.created_at as stored_at'])
    .orderBy(`d.${order}`)
    .orderBy('i.ordinal');
}

function toRows(joined: readonly JoinedRow[]): readonly DisbursementRow[] {
  const rows = new Map<string, DisbursementRow & { readonly intents: SignedIntent[] }>();
  for (const line of joined) {
    let row = rows.get(line.id);
    if (row === undefined) {
      row = toRow(line);
      rows.set(line.id, row);
    }
    const intent = toIntent(line);
    if (intent) row.intents.push(intent);
  }
  return [...rows.values()];
}

function toRow(line: JoinedRow): DisbursementRow & { readonly intents: SignedIntent[] } {
  return {
    id: line.id,
    destination: line.destination,
    amount: BigInt(line.amount),
    memo: line.memo,
    scheduledEpoch: line.scheduled_epoch,
    dependsOn: JSON.parse(line.depends_on) as readonly string[],
    status: line.status,
    nonce: line.nonce ?? undefined,
    intents: [],
    attempts: line.attempts,
    reason: line.reason ?? undefined,
    notBefore: line.not_before ?? undefined,
    isGap: line.gap === 1,
  };
}

function toIntent(line: JoinedRow): SignedIntent | undefined {
  const { id, intent_nonce, tx_hash, purpose, raw_tx, max_cost, stored_at } = line;
  const { max_fee_per_gas: highest, max_priority_fee_per_gas: tip } = line;
  // A left join: all of an intent's columns are there, or none.
  if (tx_hash === null || raw_tx === null || intent_nonce === null || stored_at === null) return undefined;
  return {
    ...{ disbursementId: id, nonce: intent_nonce, txHash: tx_hash, rawTx: raw_tx, storedAt: stored_at },
    ...(purpose === 'fill' && { purpose }),
    ...(max_cost !== null && { maxCost: BigInt(max_cost) }),
    ...(highest !== null &&
      tip !== null && { fee: { maxFeePerGas: BigInt(highest), maxPriorityFeePerGas: BigInt(tip) } }),
  };
}
