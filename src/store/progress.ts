import { sql } from 'kysely';
import type { DisbursementStatus } from '../../machines/index.ts';
import { statusesOf } from './rows.ts';
import type { StoreReader } from './schema.ts';
import type { StoreProgress } from './store.ts';
import { readTallies } from './tally.ts';

/** Due rows that name dependencies, and those. */
type Dependants = ReadonlyMap<string, readonly string[]>;

/** What is left to do; several statements, so call it in a transaction to see one moment. */
export async function progress(db: StoreReader): Promise<StoreProgress> {
  const tallies = await readTallies(db);
  const due = await countDue(db);
  const waiting = await countWaiting(db);
  return {
    outstanding: due - waiting + tallies.staged.rows + tallies.submitted.rows,
    waiting,
    later: tallies.queued.rows - due,
    paid: tallies.executed.rows + tallies.finalized.rows,
    paidAmount: tallies.executed.amount + tallies.finalized.amount,
    cancelled: tallies.cancelled.rows,
    deadLetter: tallies.deadLetter.rows,
  };
}

async function countDue(db: StoreReader): Promise<number> {
  const { count } = await queue(db)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

async function countWaiting(db: StoreReader): Promise<number> {
  const rows = await queue(db).select(['id', 'depends_on']).where('depends_on', '<>', '[]').execute();
  const dependants = new Map(rows.map((row) => [row.id, JSON.parse(row.depends_on) as string[]]));
  const named = new Set([...dependants.values()].flat());
  const coming = new Set<string>();
  for (const [id, { status, due }] of await statusesOf(db, named)) {
    if (canCome(status, due === 1) && !dependants.has(id)) coming.add(id);
  }
  return dependants.size - countReachable(dependants, coming);
}

const queue = (db: StoreReader) =>
  db.selectFrom('disbursement').where('status', '=', sql.lit('queued')).where('due', '=', sql.lit(1));

function canCome(status: DisbursementStatus, due: boolean): boolean {
  switch (status) {
    case 'executed':
    case 'finalized':
    case 'staged':
    case 'submitted':
      return true;
    case 'queued':
      return due;
    case 'cancelled':
    case 'deadLetter':
      return false;
  }
}

/**
 * How many dependants can come, given the ids of others that can: the least fixpoint, found by letting each id that
 * can come release those that name it. What is in a cycle, or behind one, is never released.
 */
function countReachable(dependants: Dependants, coming: ReadonlySet<string>): number {
  const missing = new Map<string, number>();
  const releasedBy = new Map<string, string[]>();
  for (const [id, dependencies] of dependants) {
    const distinct = new Set(dependencies);
    missing.set(id, distinct.size);
    for (const dependency of distinct) {
      const waiting = releasedBy.get(dependency);
      if (waiting) waiting.push(id);
      else releasedBy.set(dependency, [id]);
    }
  }
  const toVisit = [...coming];
  let reached = 0;
  for (let id = toVisit.pop(); id !== undefined; id = toVisit.pop()) {
    for (const dependant of releasedBy.get(id) ?? []) {
      const left = (missing.get(dependant) ?? 0) - 1;
      missing.set(dependant, left);
      if (left > 0) continue;
      reached += 1;
      toVisit.push(dependant);
    }
  }
  return reached;
}
