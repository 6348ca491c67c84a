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
  /** Writes what operations have left to be written once for all of them. */
  readonly settle: WriteWork<void>;
  /** An operation is undone: what it has left to be written is, too. */
  readonly forget: (db: StoreWriter) => void;
  /**
   * The most operations in one transaction, which keeps it short for other connections.
   * @defaultValue 128
   */
  readonly maxGroup?: number;
}

interface Operation {
  /** Gives the function that tells the caller, to be called once what it did is durable. */
  run(db: StoreWriter): Promise<() => void>;
  reject(error: unknown): void;
}

/** One of several that shared a transaction has thrown, and spoilt it for the others. */
class SpoiltGroup extends Error {
  override readonly name = 'SpoiltGroup';
}

/**
 * Lets writes that are asked for together share one commit, which costs an `fsync` however much it carries.
 *
 * Idle: nothing waits. The first {@link run} begins a flush. Flushing: a transaction begins, takes what has been
 * waiting by then in the order of asking, and commits; only then are the callers told. What was asked for meanwhile is
 * the next flush; when nothing was, idle again.
 *
 * One that throws is rolled back and rejected alone: the others run once more, each in its own savepoint. That it is done
 * twice is rare, and a savepoint for each would cost two statements every time. If the transaction itself fails, all of
 * it are rejected.
 */
export class GroupCommit {
  readonly #transact: GroupCommitOptions['transact'];
  readonly #isContained: GroupCommitOptions['isContained'];
  readonly #settle: GroupCommitOptions['settle'];
  readonly #forget: GroupCommitOptions['forget'];
  readonly #maxGroup: number;
  #waiting: Operation[] = [];
  #flushing: Promise<void> | undefined;

  constructor({ transact, isContained, settle, forget, maxGroup = 128 }: GroupCommitOptions) {
    this.#transact = transact;
    this.#isContained = isContained;
    this.#settle = settle;
    this.#forget = forget;
    this.#maxGroup = maxGroup;
  }

  /** Resolves with the work's result once it is committed. */
  run<T>(work: WriteWork<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        run: async (db) => {
          const value = await work(db);
          return () => resolve(value);
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
    const commit = (write: WriteWork<(() => void)[]>): Promise<void> =>
      this.#transact(async (db) => {
        // Taken after `begin`, which may have waited long for another connection; a second attempt keeps the first's.
        group.push(...this.#waiting.splice(0, this.#maxGroup - group.length));
        tell = await write(db);
      });
    try {
      await commit((db) => this.#together(db, group)).catch((error) => {
        if (error instanceof SpoiltGroup) return commit((db) => this.#apart(db, group));
        throw error;
      });
    } catch (error) {
      const failed = group.length > 0 ? group : this.#waiting.splice(0);
      tell = failed.map((operation) => () => operation.reject(error));
    }
    for (const telling of tell) telling();
  }

  async #together(db: StoreWriter, group: readonly Operation[]): Promise<(() => void)[]> {
    const tell: (() => void)[] = [];
    for (const operation of group) {
      try {
        tell.push(await operation.run(db));
      } catch (error) {
        if (group.length === 1 || !this.#isContained(error)) throw error;
        throw new SpoiltGroup('run each of the group apart', { cause: error });
      }
    }
    await this.#settle(db);
    return tell;
  }

  async #apart(db: StoreWriter, group: readonly Operation[]): Promise<(() => void)[]> {
    const tell: (() => void)[] = [];
    for (const operation of group) tell.push(await this.#inSavepoint(db, operation));
    return tell;
  }

  async #inSavepoint(db: StoreWriter, operation: Operation): Promise<() => void> {
    await sql`savepoint operation`.execute(db);
    try {
      const tell = await operation.run(db);
      await this.#settle(db);
      await sql`release savepoint operation`.execute(db);
      return tell;
    } catch (error) {
      if (!this.#isContained(error)) throw error;
      this.#forget(db);
      await sql`rollback to savepoint operation`.execute(db);
      await sql`release savepoint operation`.execute(db);
      return () => operation.reject(error);
    }
  }
}
