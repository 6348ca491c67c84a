import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Disbursement } from '../../machines/index.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Random } from '../simulation/random.ts';
import { objectsOf, startTreasury } from '../system/cli/treasury.ts';
import type { Counts } from './counts.ts';
import type { Payouts } from './payouts.ts';
import { runProgram } from './program.ts';
import type { StoreFacts } from './store-facts.ts';

const LOOK_MS = 50;
/** Of one import. */
const ROWS = 10;
/** One of so many imports, the first too, is by the command, which takes half a second to start. */
const OWN_IMPORTS = 8;

interface FeederOptions {
  readonly program: string;
  readonly folder: string;
  readonly facts: StoreFacts;
  readonly payouts: Payouts;
  readonly counts: Counts;
  readonly random: Random;
  /** Payments that are always due. */
  readonly level: number;
  /** Somebody is there who pays. */
  readonly isWanted: () => boolean;
  readonly onBroken: (what: string) => void;
}

/** Imports payments so that there is always something to be paid, beside the executors and whoever kills them. */
export class Feeder {
  readonly #options: FeederOptions;
  readonly #stop = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #imports = 0;
  #lastFile: string | undefined;

  constructor(options: FeederOptions) {
    this.#options = options;
  }

  start(): void {
    this.#work = this.#feed();
    // Whoever stops it is told.
    this.#work.catch(() => {});
  }

  /** Rejects with what has ended it. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  async #feed(): Promise<void> {
    const { facts, payouts, level, isWanted } = this.#options;
    while (!this.#stop.signal.aborted) {
      if (isWanted() && facts.due() < level) {
        const rows = payouts.next(ROWS, facts.highestEpoch());
        this.#options.counts.add('payments asked for', rows.length);
        this.#imports += 1;
        if (this.#imports % OWN_IMPORTS === 1) await this.#importByCommand(rows);
        else await this.#import(rows);
      }
      await pause(LOOK_MS);
    }
  }

  async #import(rows: readonly Disbursement[]): Promise<void> {
    const store = await openSqliteStore(this.#options.facts.path, { create: false });
    try {
      await store.importDisbursements(rows, { now: Date.now() });
    } finally {
      await store.close();
    }
  }

  /** Sometimes killed, then given again; and the file before it once more: all of it or nothing, and once. */
  async #importByCommand(rows: readonly Disbursement[]): Promise<void> {
    const { folder, counts, random, facts, onBroken } = this.#options;
    const file = `import-${this.#imports}.json`;
    await writeFile(join(folder, file), JSON.stringify(rows.map(asInput)));
    if (random.chance(0.5)) {
      await this.#killedImport(file, random.int(50, 500));
      const there = facts.count(rows.map(({ id }) => id));
      if (there !== 0 && there !== rows.length) {
        onBroken(`an import that was killed has left ${there} of ${rows.length} rows`);
      }
    }
    for (const each of [file, this.#lastFile ?? file]) {
      const { code, stdout, stderr } = await runProgram(this.#options.program, folder, this.#args(each));
      counts.add('imports by the command');
      const [told] = code === 0 ? objectsOf(stdout) : [];
      const isWhole = told !== undefined && [told['imported'], told['repeated']].includes(rows.length);
      if (!isWhole || (each !== file && told['imported'] !== 0)) {
        onBroken(`the import of ${each} ended with ${code}: ${stdout}${stderr}`);
      }
    }
    this.#lastFile = file;
  }

  async #killedImport(file: string, afterMs: number): Promise<void> {
    const child = startTreasury(this.#options.folder, this.#args(file), {}, this.#options.program);
    const ended = once(child, 'exit');
    child.stdin.end();
    await Promise.race([pause(afterMs), ended]);
    if (child.kill('SIGKILL')) this.#options.counts.add('  killed');
    await ended;
  }

  #args(file: string): readonly string[] {
    return ['import', file, '--db', this.#options.facts.path, '--json'];
  }
}

const asInput = (row: Disbursement) => ({ ...row, amount: row.amount.toString() });
