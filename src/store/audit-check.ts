import type { DisbursementStatus } from '../../machines/index.ts';
import { type AuditedRow, auditFaults } from './audit-faults.ts';
import { highestEpoch } from './epoch.ts';
import type { StoreReader } from './schema.ts';
import type { AuditCheck, Tally } from './store.ts';
import { readTallies } from './tally.ts';

/** Disbursements of one page. */
const PAGE = 500;
/** Faults that are told; the others are counted. */
const MOST_FAULTS = 1_000;

/**
 * Rebuilds every disbursement from the trail and compares; see `Store.checkAudit`. Page by page, in the order of the ids:
 * a store of any size takes the same memory. Several statements, so call it in a transaction.
 */
export async function checkAudit(db: StoreReader): Promise<AuditCheck> {
  const epoch = await highestEpoch(db);
  const found = new Findings();
  let [rows, changes] = [0, 0];
  for await (const page of pages(db)) {
    for (const audited of page) {
      const { id, row, trail } = audited;
      rows += 1;
      changes += trail.length;
      for (const fault of auditFaults(audited)) found.add(id, fault);
      if (row === undefined) continue;
      found.count(row.status, BigInt(row.amount));
      if (row.scheduled_epoch <= epoch !== (row.due === 1)) {
        found.add(id, `its epoch ${row.scheduled_epoch} and its being due do not fit epoch ${epoch}`);
      }
      if ((row.due === 1) !== (row.due_since !== null)) {
        found.add(id, `its being due does not fit that it is due since ${row.due_since}`);
      }
    }
  }
  for (const fault of await nonceFaults(db)) found.add(undefined, fault);
  for (const fault of found.tallyFaults(await readTallies(db))) found.add(undefined, fault);
  return { rows, changes, faults: found.faults, faultCount: found.total };
}

class Findings {
  readonly faults: { readonly id: string | undefined; readonly fault: string }[] = [];
  total = 0;
  readonly #counted = new Map<string, { rows: number; amount: bigint }>();

  add(id: string | undefined, fault: string): void {
    this.total += 1;
    if (this.faults.length < MOST_FAULTS) this.faults.push({ id, fault });
  }

  count(status: DisbursementStatus, amount: bigint): void {
    const before = this.#counted.get(status) ?? { rows: 0, amount: 0n };
    this.#counted.set(status, { rows: before.rows + 1, amount: before.amount + amount });
  }

  tallyFaults(tallies: Readonly<Record<string, Tally>>): readonly string[] {
    return Object.entries(tallies).flatMap(([status, { rows, amount }]) => {
      const counted = this.#counted.get(status) ?? { rows: 0, amount: 0n };
      return counted.rows === rows && counted.amount === amount
        ? []
        : [
            `the tally of ${status} says ${rows} rows of ${amount}, and there are ${counted.rows} of ${counted.amount}`,
          ];
    });
  }
}

/** Ids of the table and of the trail alike, by the order of their bytes. */
async function* pages(db: StoreReader): AsyncGenerator<readonly AuditedRow[]> {
  for (let after = ''; ; ) {
    const ids = await idsBehind(db, after);
    const last = ids.at(-1);
    if (last === undefined) return;
    yield await auditedRows(db, ids);
    after = last;
  }
}

async function idsBehind(db: StoreReader, after: string): Promise<readonly string[]> {
  const stored = db.selectFrom('disbursement').select('id').where('id', '>', after);
  const told = db.selectFrom('audit').select('disbursement_id as id').where('disbursement_id', '>', after);
  const page = await stored.union(told).orderBy('id').limit(PAGE).execute();
  return page.map(({ id }) => id);
}

async function auditedRows(db: StoreReader, ids: readonly string[]): Promise<readonly AuditedRow[]> {
  const rows = await db.selectFrom('disbursement').selectAll().where('id', 'in', ids).execute();
  const trail = await db
    .selectFrom('audit')
    .selectAll()
    .where('disbursement_id', 'in', ids)
    .orderBy('disbursement_id')
    .orderBy('seq')
    .execute();
  const intents = await db
    .selectFrom('intent')
    .select(['tx_hash', 'disbursement_id', 'ordinal', 'nonce', 'fence'])
    .where('disbursement_id', 'in', ids)
    .orderBy('disbursement_id')
    .orderBy('ordinal')
    .execute();
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const trailOf = Map.groupBy(trail, (entry) => entry.disbursement_id);
  const intentsOf = Map.groupBy(intents, (intent) => intent.disbursement_id);
  return ids.map((id) => ({
    id,
    row: rowOf.get(id),
    trail: trailOf.get(id) ?? [],
    intents: intentsOf.get(id) ?? [],
  }));
}

/** Rule M1: a nonce belongs to one disbursement. */
async function nonceFaults(db: StoreReader): Promise<readonly string[]> {
  const shared = await db
    .selectFrom('intent')
    .select('nonce')
    .groupBy('nonce')
    .having((eb) => eb.fn.count('disbursement_id').distinct(), '>', 1)
    .orderBy('nonce')
    .execute();
  return shared.map(({ nonce }) => `nonce ${nonce} was signed for more than one disbursement`);
}
