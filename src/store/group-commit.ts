import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import type { StoreWriter } from './schema.ts';

/** A write: statements in a transaction that somebody else commits. It may run again if that transaction fails. */
export type WriteWork<T> = (db: StoreWriter) => Promise<T>;

export interface GroupCommitOptions {
  /** Runs the body between `begin` and `commit`, and may run it again from the start after a rollback. */
  readonly transact: (body: WriteWork<void>) => Promise<void>;
  /** Whether this error leaves the transaction usable, so that its savepoint can be rolled back alone. */
  readonly isContained: (error: unknown) => boolean;
  /**
   * The most operations in one transaction, which keeps it short for other connections.
   * @defaultValue 128
   */
  readonly maxGroup?: number;
}

interface Operation {
  /** Runs in a savepoint; gives the function that tells the caller, to be called once that is durable. */
  run(db: StoreWriter): Promise<() => void>;
  reject(error: unknown): void;
}

/**
 * Lets writes that are asked for together share one commit, which costs an `fsync` however much it carries.
 *
 * Idle: nothing waits. The first {@link run} begins a flush. Flushing: a transaction begins, takes what has been
 * waiting by then in the order of asking, each in its own savepoint, and commits; only then are the callers told.
 * What was asked for meanwhile is the next flush; when nothing was, idle again.
 *
 * One that throws is rolled back and rejected alone. If the transaction itself fails, all of it are rejected.
 */
export class GroupCommit {
  readonly #transact: GroupCommitOptions['transact'];
  readonly #isContained: GroupCommitOptions['isContained'];
  readonly #maxGroup: number;
  #waiting: Operation[] = [];
  #flushing: Promise<void> | undefined;

  constructor({ transact, isContained, maxGroup = 128 }: GroupCommitOptions) {
    this.#transact = transact;
    this.#isContained = isContained;
    this.#maxGroup = maxGroup;
  }

  /** Resolves with the work's result once it is committed. */
  run<T>(work: WriteWork<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        run: async (db) => {
          const outcome = await this.#inSavepoint(db, work);
          return 'error' in outcome ? () => reject(outcome.error) : () => resolve(outcome.value);
        },
        reject,
      });
      this.#flushing ??= this.#flushAll();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#flushing;
  }

  async #flushAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // A driver that never waits for the loop would let one write after another starve every timer of the process;
      // and what other callbacks of this turn ask for joins the transaction.
      await nextTurn();
      await this.#flush();
    }
    this.#flushing = undefined;
  }

  async #flush(): Promise<void> {
    const group: Operation[] = [];
    let tell: (() => void)[] = [];
    try {
      await this.#transact(async (db) => {
        // Taken after `begin`, which may have waited long for another connection; a second attempt keeps the first's.
        group.push(...this.#waiting.splice(0, this.#maxGroup - group.length));
        tell = [];
        for (const operation of group) tell.push(await operation.run(db));
      });
    } catch (error) {
      const failed = group.length > 0 ? group : this.#waiting.splice(0);
      tell = failed.map((operation) => () => operation.reject(error));
    }
    for (const telling of tell) telling();
  }

  async #inSavepoint<T>(db: StoreWriter, work: WriteWork<T>): Promise<{ value: T } | { error: unknown }> {
    await sql`savepoint operation`.execute(db);
    try {
      const value = await work(db);
      await sql`release savepoint operation`.execute(db);
      return { value };
    } catch (error) {
      if (!this.#isContained(error)) throw error;
      await sql`rollback to savepoint operation`.execute(db);
      await sql`release savepoint operation`.execute(db);
      return { error };
    }
  }
}
