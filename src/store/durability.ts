import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { openNodeSqlite, type SqliteConnection } from './node-sqlite.ts';
import type { StoreSchema } from './schema.ts';
import { pragma, prepareConnection } from './sqlite-connection.ts';
import { storeDialect } from './sqlite-dialect.ts';
import { toStorageError } from './sqlite-errors.ts';

/** Commits of one kind. */
export interface CommitTimes {
  /** Milliseconds of the middle one. */
  readonly medianMs: number;
  /**
   * In how many of them the kernel took the processor away because the thread waited, as it does for a disk.
   * `undefined` where the system does not tell.
   */
  readonly waited: number | undefined;
}

/** What was seen of the commits of a database beside the store, set up as the store is. */
export interface DurabilityProbe {
  readonly journalMode: string;
  /** SQLite's number: 2 is FULL, with an fsync at each commit. */
  readonly synchronous: number;
  /** Of each kind, taken in turn so that the same load meets both. */
  readonly commits: number;
  readonly durable: CommitTimes;
  /** The same commits without fsync. */
  readonly lazy: CommitTimes;
}

const COMMITS = 20;
/** A slow disk is known after fewer. */
const ENOUGH_MS = 2_000;
const BUSY_TIMEOUT_MS = 5;

/**
 * Makes commits in a scratch database in this folder, set up by the store's own code, and removes it.
 *
 * What it cannot see: a drive, or a hypervisor, that takes a flush and keeps the data in a volatile cache all the same.
 *
 * @throws StorageError when one of them fails, as it does when its fsync fails
 */
export async function probeDurability(folder: string): Promise<DurabilityProbe> {
  let scratch: string | undefined;
  try {
    scratch = await mkdtemp(join(folder, '.doctor-'));
    return await probe(join(scratch, 'probe.db'));
  } catch (error) {
    throw toStorageError(error, folder);
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

async function probe(file: string): Promise<DurabilityProbe> {
  const connection = openNodeSqlite(file, BUSY_TIMEOUT_MS);
  const db = new Kysely<StoreSchema>({ dialect: storeDialect(connection) });
  try {
    await prepareConnection(db, file);
    const [journal] = await pragma<{ journal_mode: string }>(db, 'journal_mode');
    const [setting] = await pragma<{ synchronous: number }>(db, 'synchronous');
    const synchronous = setting?.synchronous ?? 0;
    const measured = measure(connection, synchronous);
    return { journalMode: journal?.journal_mode ?? 'none', synchronous, ...measured };
  } finally {
    await db.destroy();
  }
}

interface Sample {
  readonly ms: number;
  readonly waited: boolean | undefined;
}

/** Without a pause: what the thread waits for meanwhile is the commit. */
function measure(
  connection: SqliteConnection,
  synchronous: number,
): Pick<DurabilityProbe, 'commits' | 'durable' | 'lazy'> {
  const run = (text: string) => connection.prepare(text).run([]);
  run('create table probe (at integer) strict');
  const commit = (setting: string | number): Sample => {
    run(`pragma synchronous = ${setting}`);
    const [waits, began] = [readWaits(), performance.now()];
    run('insert into probe values (1)');
    const ms = performance.now() - began;
    return { ms, waited: waits === undefined ? undefined : readWaits() !== waits };
  };
  const durable: Sample[] = [];
  const lazy: Sample[] = [];
  const end = performance.now() + ENOUGH_MS;
  do {
    durable.push(commit(synchronous));
    lazy.push(commit('off'));
  } while (durable.length < COMMITS && performance.now() < end);
  return { commits: durable.length, durable: summarise(durable), lazy: summarise(lazy) };
}

function summarise(samples: readonly Sample[]): CommitTimes {
  const times = samples.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const isTold = samples.every(({ waited }) => waited !== undefined);
  return {
    medianMs: times[Math.floor(times.length / 2)] ?? 0,
    waited: isTold ? samples.filter(({ waited }) => waited).length : undefined,
  };
}

/** How often this thread has waited so far. Linux tells. */
function readWaits(): number | undefined {
  try {
    const status = readFileSync('/proc/thread-self/status', 'latin1');
    const [, count] = /^voluntary_ctxt_switches:\s*(\d+)$/m.exec(status) ?? [];
    return count === undefined ? undefined : Number(count);
  } catch {
    return undefined;
  }
}
