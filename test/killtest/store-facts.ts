import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Long enough for whoever recovers the file after a kill. */
const BUSY_MS = 2_000;
/** SQLITE_BUSY */
const BUSY = 5;

/** What stood in the store when somebody was killed. */
export interface Standing {
  /** Rows that are due and not settled. */
  readonly work: number;
  /** Transactions that are durable, and of which nothing is stored that was answered. */
  readonly stagedHashes: readonly string[];
}

/**
 * Looks into the store's file by a connection of its own, at once. It is not kept: while somebody holds the file open,
 * SQLite has nothing to recover when all others were killed.
 */
export class StoreFacts {
  readonly path: string;
  #connection: DatabaseSync | undefined;

  constructor(path: string) {
    this.path = path;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  standing(): Standing {
    const staged = this.#all(
      "select tx_hash from intent i join disbursement d on d.id = i.disbursement_id where d.status = 'staged'",
    ) as { tx_hash: string }[];
    return { work: this.due() + this.#count(OUT), stagedHashes: staged.map(({ tx_hash }) => tx_hash) };
  }

  /** Rows in the queue whose epoch has come. */
  due(): number {
    return this.#count("status = 'queued' and due = 1");
  }

  /** Ids of rows that have not come to an end. */
  unfinished(): readonly string[] {
    const open = "status not in ('finalized', 'cancelled', 'deadLetter')";
    return (this.#all(`select id from disbursement where ${open}`) as { id: string }[]).map(({ id }) => id);
  }

  count(ids: readonly string[]): number {
    return this.#count(`id in (${ids.map(() => '?').join()})`, ...ids);
  }

  hasIntent(hash: string): boolean {
    return this.#all('select 1 from intent where tx_hash = ?', hash).length > 0;
  }

  /** Transactions that outbid another. */
  outbids(): number {
    return this.#all("select 1 from intent where ordinal > 1 and purpose = 'pay'").length;
  }

  highestEpoch(): number {
    const [row] = this.#all("select value from meta where key = 'epoch'") as { value: string }[];
    return Number(row?.value ?? 0);
  }

  lease(): { readonly owner: string | null; readonly fence: number } {
    const [row] = this.#all('select owner, fence from lease') as { owner: string | null; fence: number }[];
    return row ?? { owner: null, fence: 0 };
  }

  /** Nothing in a sound file. */
  damage(): readonly string[] {
    const found = this.#all('pragma integrity_check') as { integrity_check: string }[];
    return found.map(({ integrity_check }) => integrity_check).filter((line) => line !== 'ok');
  }

  /** Whether somebody is within a write. */
  isLocked(): boolean {
    const writer = new DatabaseSync(this.path, { timeout: 0 });
    try {
      writer.exec('begin immediate; rollback');
      return false;
    } catch (error) {
      if ((error as { errcode?: number }).errcode === BUSY) return true;
      throw error;
    } finally {
      writer.close();
    }
  }

  get isThere(): boolean {
    return existsSync(this.path);
  }

  #count(where: string, ...values: readonly string[]): number {
    const [row] = this.#all(`select count(*) as count from disbursement where ${where}`, ...values);
    return (row as { count: number }).count;
  }

  #all(sql: string, ...values: readonly string[]): unknown[] {
    this.#connection ??= new DatabaseSync(this.path, { readOnly: true, timeout: BUSY_MS });
    return this.#connection.prepare(sql).all(...values);
  }
}

const OUT = "status in ('staged', 'submitted')";
