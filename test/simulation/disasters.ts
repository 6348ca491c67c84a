import type { DatabaseSync } from 'node:sqlite';
import { BUSY_LIMIT_MS } from './caller-process.ts';
import type { Chain } from './chain.ts';
import type { Checker } from './checker.ts';
import { afterPowerCut, type Disk, type DiskImage } from './disk.ts';
import type { FaultCounter } from './fault-counts.ts';
import type { Random } from './random.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

interface DisasterParts {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly faults: FaultCounter;
  readonly disk: Disk;
  readonly chain: Chain;
  readonly checker: Checker;
  readonly random: Random;
  /** Ends every process at once, and lets go of the files. */
  readonly endAll: () => void;
  readonly startAll: (how: 'at once' | 'by and by') => void;
  /** For as long as there are faults. */
  readonly later: (afterMs: number, event: () => void) => void;
}

/** How long after a lock has gone a call may still fail by it. */
const LOCK_MEMORY_MS = 100;
/** Within this everybody has seen that the store is not the right one. */
const BACKUP_STAYS_MS = 4_000;

/** What befalls the disk that all executors share. */
export class Disasters {
  readonly #parts: DisasterParts;
  #isOff = false;
  #lock: DatabaseSync | undefined;
  #lockEndedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: DisasterParts) {
    this.#parts = parts;
  }

  /** Nobody may start anything, or touch the files. */
  get isOff(): boolean {
    return this.#isOff;
  }

  /** Another program has locked the store, now or a moment ago. */
  get isLocked(): boolean {
    return this.#lock !== undefined || this.#parts.time.now - this.#lockEndedAt <= LOCK_MEMORY_MS;
  }

  /** Another program writes to the store for a while. */
  lockStore(forMs: number): void {
    const { disk, faults, trace, time } = this.#parts;
    if (this.#isOff || this.#lock !== undefined) return;
    const connection = disk.connect({ readOnly: false });
    try {
      connection.exec('begin immediate');
    } catch {
      // Somebody is writing: then not now.
      connection.close();
      return;
    }
    this.#lock = connection;
    faults.fired(forMs > BUSY_LIMIT_MS ? 'store: BUSY for too long' : 'store: BUSY for a while');
    trace.add('disk', `is locked for ${forMs} ms`);
    time.schedule(forMs, () => {
      if (this.#lock === connection) this.unlock();
    });
  }

  unlock(): void {
    if (this.#lock === undefined) return;
    this.#lock.close();
    this.#lockEndedAt = this.#parts.time.now;
    this.#lock = undefined;
  }

  /** The power is cut in the middle of the write that is about to be asked for. */
  cutPower(): void {
    const { disk, faults, trace, time, checker, random, endAll, startAll } = this.#parts;
    if (this.#isOff) return;
    this.#isOff = true;
    this.unlock();
    const before = disk.copy();
    // Keeps the log: the last connection that is closed would put it into the database.
    checker.openReader();
    // Not before the write was handed over: whoever asked for it hears no more of it.
    queueMicrotask(endAll);
    time.schedule(0, () => {
      const { image, remains } = afterPowerCut(before, disk.copy(), random);
      faults.fired(`power cut: write ${remains}`);
      trace.add('disk', `power cut: the write ${remains}`);
      checker.closeReader();
      disk.put(image);
      this.#isOff = false;
      startAll('by and by');
    });
  }

  /** A copy of the store, which is put back by mistake once it is old: when the chain knows more of the account. */
  takeBackup(): void {
    const { disk, checker, chain, later } = this.#parts;
    if (this.#isOff) return;
    const backup = disk.copy();
    const known = checker.knownNonces();
    const look = () => {
      // By every node: a backup that a lagging one cannot tell from the right store is taken for it.
      if (this.#isOff || !chain.nodes.every(({ head }) => head.nonce > known)) later(500, look);
      else this.#putBack(backup);
    };
    later(500, look);
  }

  /** An old backup in place of the store, until somebody notices that all executors refuse it. */
  #putBack(backup: DiskImage): void {
    const { disk, faults, trace, time, checker, endAll, startAll } = this.#parts;
    this.#isOff = true;
    this.unlock();
    endAll();
    time.schedule(0, () => {
      checker.closeReader();
      const right = disk.copy();
      disk.put(backup);
      faults.fired('backup: old one put back');
      trace.add('disk', 'an old backup is put back');
      checker.expectsRefusal = true;
      startAll('at once');
      time.schedule(BACKUP_STAYS_MS, () => {
        endAll();
        time.schedule(0, () => this.#restore(right));
      });
    });
  }

  #restore(image: DiskImage): void {
    const { disk, trace, checker, startAll } = this.#parts;
    checker.closeReader();
    checker.expectsRefusal = false;
    disk.put(image);
    trace.add('disk', 'the right files are in place');
    this.#isOff = false;
    startAll('by and by');
  }
}
