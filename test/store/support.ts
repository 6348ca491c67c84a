import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import type { Disbursement, DisbursementStatus, SignedIntent } from '../../machines/index.ts';
import type { ControlOrder, ControlRequest } from '../../src/breaker-control.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite.ts';
import type { ControlEffect, DisbursementChange, Lease, Store } from '../../src/store/store.ts';

/** The instant at which most tests happen. */
export const NOW = 1_800_000_000_000;
export const TTL = 60_000;
export const PAYEE = `0x${'ab'.repeat(20)}`;

/** A directory of its own for this test. */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'treasury-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const newPath = (): string => join(newDirectory(), 'treasury.db');

/** Opens a store that is closed when the test ends. */
export async function open(path: string, options?: SqliteStoreOptions): Promise<Store> {
  const store = await openSqliteStore(path, options);
  onTestFinished(() => store.close());
  return store;
}

/** A new store, and where it is. */
export async function openNew(options?: SqliteStoreOptions): Promise<{ store: Store; path: string }> {
  const path = newPath();
  return { store: await open(path, options), path };
}

/** A new store whose lease `owner` holds. */
export async function openLeased(options?: SqliteStoreOptions) {
  const { store, path } = await openNew(options);
  return { store, path, lease: await take(store, 'owner') };
}

/** Takes the lease, or fails the test. */
export async function take(store: Store, owner: string, now = NOW): Promise<Lease> {
  const lease = await store.acquireLease({ owner, ttlMs: TTL, now });
  if (!lease) throw new Error(`${owner} did not get the lease`);
  return lease;
}

export function payment(id: string, details: Partial<Disbursement> = {}): Disbursement {
  return { id, destination: PAYEE, amount: 1n, memo: '', scheduledEpoch: 0, dependsOn: [], ...details };
}

export function enqueue(store: Store, ...payments: (Disbursement | string)[]) {
  const rows = payments.map((given) => (typeof given === 'string' ? payment(given) : given));
  return store.importDisbursements(rows, { now: NOW });
}

export function intent(id: string, nonce: number, details: Partial<SignedIntent> = {}): SignedIntent {
  return { disbursementId: id, nonce, txHash: `0x${id}${nonce}`, rawTx: `0x02${id}${nonce}`, ...details };
}

/** An intent as the store gives it back. */
export const stored = (id: string, nonce: number, details: Partial<SignedIntent> = {}): SignedIntent => ({
  ...intent(id, nonce, details),
  storedAt: NOW,
});

export function stage(
  store: Store,
  lease: Lease,
  id: string,
  nonce: number,
  details?: Partial<SignedIntent>,
) {
  return store.stage(lease, intent(id, nonce, details), { now: NOW });
}

export function move(store: Store, lease: Lease, id: string, ...path: DisbursementStatus[]) {
  return path
    .slice(1)
    .reduce<Promise<void>>(
      (before, to, at) =>
        before.then(() => alter(store, lease, id, { from: [path[at] as DisbursementStatus], to })),
      Promise.resolve(),
    );
}

export function alter(store: Store, lease: Lease, id: string, change: DisbursementChange, now = NOW) {
  return store.change(lease, id, change, { now });
}

/** An operator's order to the breaker. */
export function order(store: Store, details: Partial<ControlOrder> = {}): Promise<ControlRequest> {
  return store.requestControl({ action: 'isolate', reason: undefined, by: 'test', ...details }, { now: NOW });
}

export const EFFECT: ControlEffect = {
  now: NOW + 1,
  from: 'CLOSED',
  to: 'ISOLATED',
  snapshot: { state: 'ISOLATED' },
};

/** Ids of what is due. */
export async function dueIds(store: Store, limit = 100, now = NOW): Promise<string[]> {
  return (await store.due({ now, limit })).map((row) => row.id);
}

/** Another program's connection to the file: sees what is committed, and can be in the way. */
export function outsider(path: string): DatabaseSync {
  const connection = new DatabaseSync(path);
  onTestFinished(() => {
    if (connection.isOpen) connection.close();
  });
  return connection;
}

/** Everything that the file holds, read by another connection. */
export function contentOf(path: string): Record<string, unknown[]> {
  const connection = new DatabaseSync(path);
  try {
    const tables = connection
      .prepare("select name from sqlite_master where type = 'table' order by name")
      .all();
    return Object.fromEntries(
      tables.map(({ name }) => [name, connection.prepare(`select * from ${name} order by 1`).all()]),
    );
  } finally {
    connection.close();
  }
}

/**
 * How many transactions the write-ahead log holds, by its own format (https://sqlite.org/fileformat2.html#walformat):
 * a frame that ends one carries the size of the database.
 */
export function commitsIn(path: string): number {
  const log = readFileSync(`${path}-wal`);
  const [headerLength, frameHeaderLength] = [32, 24];
  const pageSize = log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let at = headerLength; at < log.length; at += frameHeaderLength + pageSize) {
    // Frames of an earlier round of the log have another salt.
    if (!log.subarray(at + 8, at + 16).equals(salt)) break;
    if (log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}
