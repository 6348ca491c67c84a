import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DisbursementStatus } from '../../machines/index.ts';
import type { Disk } from './disk.ts';

export interface StoredRow {
  readonly id: string;
  readonly status: DisbursementStatus;
  readonly nonce: number | null;
  readonly reason: string | null;
  /** Its nonce is not known to be used. */
  readonly gap: number;
}

const ROWS = 'select id, status, nonce, reason, gap from disbursement';

/** Reads the store's file by a connection of its own, which sees what is committed and nothing else. */
export class StoreReader {
  readonly #disk: Disk;
  readonly #statements = new Map<string, StatementSync>();
  #connection: DatabaseSync | undefined;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  get isOpen(): boolean {
    return this.#connection !== undefined;
  }

  open(): DatabaseSync {
    this.#connection ??= this.#disk.connect({ readOnly: true });
    return this.#connection;
  }

  /** Before the files are taken away. */
  close(): void {
    this.#statements.clear();
    this.#connection?.close();
    this.#connection = undefined;
  }

  rows(): readonly StoredRow[] {
    return this.#all(`${ROWS} order by id`) as StoredRow[];
  }

  row(id: string): StoredRow | undefined {
    return this.#all(`${ROWS} where id = ?`, id)[0] as StoredRow | undefined;
  }

  /** Whether a payment that is on its way has this nonce. */
  isUnderWay(nonce: number): boolean {
    const sql = "select 1 from disbursement where nonce = ? and status in ('staged', 'submitted')";
    return this.#all(sql, nonce).length > 0;
  }

  finalIds(): readonly string[] {
    return (this.#all("select id from disbursement where status = 'finalized'") as StoredRow[]).map(
      ({ id }) => id,
    );
  }

  hasBytes(rawTx: string, hash: string): boolean {
    return this.#all('select 1 from intent where raw_tx = ? and tx_hash = ?', rawTx, hash).length > 0;
  }

  /** How many nonces the store knows to be used. */
  knownNonces(): number {
    const [row] = this.#all('select max(nonce) as nonce from intent') as { nonce: number | null }[];
    return (row?.nonce ?? -1) + 1;
  }

  highestEpoch(): number {
    const [row] = this.#all("select value from meta where key = 'epoch'") as { value: string }[];
    return Number(row?.value ?? 0);
  }

  /** Under which fence each change was written, in the order of writing. */
  fences(): readonly number[] {
    const rows = this.#all('select fence from audit where fence is not null order by seq');
    return (rows as { fence: number }[]).map(({ fence }) => fence);
  }

  /** All that tells one state of the rows from another, as text. */
  fingerprint(): string {
    const intents = '(select count(*) from intent where disbursement_id = id) as intents';
    return JSON.stringify(
      this.#all(`select id, status, nonce, attempts, gap, ${intents} from disbursement order by id`),
    );
  }

  #all(sql: string, ...values: (string | number)[]): unknown[] {
    const connection = this.open();
    const statement = this.#statements.get(sql) ?? connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement.all(...values);
  }
}
