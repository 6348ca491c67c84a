import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Random } from './random.ts';

/** The bytes of a store at one moment. */
export interface DiskImage {
  readonly database: Buffer;
  readonly log: Buffer;
}

/** What a power cut leaves of the write in whose middle it came. */
export type Remains = 'survived' | 'lost' | 'torn';

const SHARED_MEMORY = '/dev/shm';
const PREFIX = 'treasury-simulation-';

/** Where a sync costs nothing, if there is such a place. */
const parent = (): string => (existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir());

/** Removes the folders of those whose name begins so. */
export function removeDisks(name: string): void {
  for (const folder of readdirSync(parent())) {
    if (folder.startsWith(`${PREFIX}${name}`))
      rmSync(join(parent(), folder), { recursive: true, force: true });
  }
}

/** A folder of its own for the files of one treasury. */
export class Disk {
  readonly path: string;
  readonly #folder: string;
  readonly #template: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'treasury.db');
    this.#template = join(folder, 'template.db');
  }

  /** @param name unique among those that are open at the same time */
  static async open(name: string): Promise<Disk> {
    const folder = join(parent(), `${PREFIX}${name}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const disk = new Disk(folder);
    // Migrated once: to make a schema takes longer than many a run.
    const store = await openSqliteStore(disk.#template);
    await store.close();
    return disk;
  }

  /** A store as new. No connection is open. */
  format(): void {
    this.#clear();
    copyFileSync(this.#template, this.path);
  }

  copy(): DiskImage {
    const log = `${this.path}-wal`;
    return {
      database: readFileSync(this.path),
      log: existsSync(log) ? readFileSync(log) : Buffer.alloc(0),
    };
  }

  /** Puts an image in place of what is there. No connection is open. */
  put({ database, log }: DiskImage): void {
    this.#clear();
    writeFileSync(this.path, database);
    if (log.length > 0) writeFileSync(`${this.path}-wal`, log);
  }

  /** A connection beside all others. */
  connect(options: { readonly readOnly: boolean }): DatabaseSync {
    return new DatabaseSync(this.path, { ...options, timeout: 0 });
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #clear(): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${this.path}${suffix}`, { force: true });
  }
}

/**
 * What is on the disk after a power cut in the middle of a write: all of it, nothing of it, or a log whose tail is torn
 * at some byte. A write that went beyond the log (a checkpoint) is either there or not.
 */
export function afterPowerCut(
  before: DiskImage,
  after: DiskImage,
  random: Random,
): { readonly image: DiskImage; readonly remains: Remains } {
  const chance = random.next();
  if (chance < 0.3) return { image: after, remains: 'survived' };
  const isInLog = before.database.equals(after.database) && after.log.length > before.log.length;
  if (chance < 0.5 || !isInLog) return { image: before, remains: 'lost' };
  const end = random.int(before.log.length, after.log.length - 1);
  return { image: { database: after.database, log: after.log.subarray(0, end) }, remains: 'torn' };
}
