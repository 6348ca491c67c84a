import type { DatabaseSync } from 'node:sqlite';
import type { Disbursement } from '../../machines/index.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { Chain, type ChainTemper } from './chain.ts';
import { Checker, type Violation } from './checker.ts';
import { afterPowerCut, type Disk, type DiskImage } from './disk.ts';
import type { Mischief } from './executor-process.ts';
import { FaultCounter, type FaultCounts } from './fault-counts.ts';
import { Host } from './host.ts';
import { Operator } from './operator.ts';
import type { Random } from './random.ts';
import type { Settings } from './settings.ts';
import { Trace } from './trace.ts';
import { VirtualTime } from './virtual-time.ts';

/** How one run came out. */
export interface Outcome {
  readonly violations: readonly Violation[];
  readonly hash: string;
  readonly trace: readonly string[];
  readonly faults: FaultCounts;
  /** Virtual milliseconds. */
  readonly lastedMs: number;
}

/** What is to happen in one run. */
export interface Scenario {
  readonly settings: Settings;
  readonly temper: ChainTemper;
  readonly refusing: ReadonlySet<string>;
  /** Faults stop here. Virtual milliseconds. */
  readonly calmAtMs: number;
  readonly random: Random;
  /** Makes what goes wrong, and plans what happens when. */
  readonly begin: (simulation: Simulation) => Mischief & { calmDown(): void };
  /** Imported once faults have stopped, so that an open breaker has something to be tried with. */
  readonly closingRow: (ordinal: number) => Disbursement;
}

/** After the calm has come, everything has to be settled within this. Virtual milliseconds. */
const SETTLED_WITHIN_MS = 400_000;
const RICH = 10n ** 20n;
const LOCK_MEMORY_MS = 100;

/** One run: executors, chain, disk and operator on one virtual clock. */
export class Simulation {
  readonly time = new VirtualTime();
  readonly trace = new Trace(this.time);
  readonly faults = new FaultCounter();
  readonly chain: Chain;
  readonly checker: Checker;
  readonly operator: Operator;
  readonly hosts: readonly Host[];
  readonly disk: Disk;
  readonly scenario: Scenario;
  readonly #mischief: Mischief & { calmDown(): void };
  readonly #random: Random;
  #isOff = false;
  #isCalm = false;
  #isOver = false;
  #closingRows = 0;
  #lock: { readonly connection: DatabaseSync } | undefined;
  #lockEndedAt = Number.NEGATIVE_INFINITY;

  private constructor(disk: Disk, scenario: Scenario) {
    const { time, trace, faults } = this;
    const { settings, temper, random, refusing } = scenario;
    this.disk = disk;
    this.scenario = scenario;
    this.#random = random.fork('simulation');
    this.checker = new Checker({ time, trace, disk, settings });
    const { checker } = this;
    this.chain = new Chain({
      time,
      trace,
      faults,
      temper,
      refusing,
      random: random.fork('chain'),
      onChange: (blocks) => checker.chainChanged(blocks),
    });
    const { chain } = this;
    checker.allowsRefusal = () => chain.foreignNonces.size > 0;
    checker.isLocked = () => this.#lock !== undefined || time.now - this.#lockEndedAt <= LOCK_MEMORY_MS;
    this.#mischief = scenario.begin(this);
    const mischief = this.#mischief;
    this.operator = new Operator({
      time,
      trace,
      faults,
      disk,
      checker,
      isBarred: () => this.#isOff,
      beforeWrite: (method) => mischief.beforeWrite(method),
    });
    const parts = { time, trace, faults, disk, chain, checker, settings, mischief };
    this.hosts = Array.from({ length: settings.executors }, (_, index) => {
      const name = `p${index + 1}`;
      return new Host(name, parts, random.fork(name), {
        isOff: () => this.#isOff || this.#isOver,
        onAdopted: () => faults.fired('operator: nonce adopted'),
      });
    });
  }

  /** Plays a scenario on a disk that nobody else uses. */
  static async play(disk: Disk, scenario: Scenario): Promise<Outcome> {
    disk.format();
    const simulation = new Simulation(disk, scenario);
    return simulation.#play();
  }

  // --- What can be done to it

  /** An event of the scenario; those that come when faults have stopped do not happen. */
  at(atMs: number, event: () => void): void {
    this.time.schedule(atMs, () => {
      if (!this.#isCalm) event();
    });
  }

  host(index: number): Host {
    return this.hosts[index % this.hosts.length] as Host;
  }

  /** Another program writes to the store for a while. */
  lockStore(forMs: number): void {
    if (this.#isOff || this.#lock !== undefined) return;
    const connection = this.disk.connect({ readOnly: false });
    try {
      connection.exec('begin immediate');
    } catch {
      // Somebody is writing: then not now.
      connection.close();
      return;
    }
    this.#lock = { connection };
    this.faults.fired(forMs > 2_000 ? 'store: BUSY for too long' : 'store: BUSY for a while');
    this.trace.add('disk', `is locked for ${forMs} ms`);
    const lock = this.#lock;
    this.time.schedule(forMs, () => {
      if (this.#lock === lock) this.#unlock();
    });
  }

  /** The power is cut in the middle of the write that is about to be asked for. */
  cutPower(): void {
    if (this.#isOff) return;
    this.#isOff = true;
    this.#unlock();
    const before = this.disk.copy();
    // Keeps the log: the last connection that is closed would put it into the database.
    this.checker.unfinished();
    // Not before the write was handed over: whoever asked for it hears no more of it.
    queueMicrotask(() => this.#endAll());
    this.time.schedule(0, () => {
      const { image, remains } = afterPowerCut(before, this.disk.copy(), this.#random);
      this.faults.fired(`power cut: write ${remains}`);
      this.trace.add('disk', `power cut: the write ${remains}`);
      this.checker.closeReader();
      this.disk.put(image);
      this.#isOff = false;
      this.#startAll();
    });
  }

  /** A copy of the store, which is put back by mistake once it is old: when the chain knows more of the account. */
  takeBackup(): void {
    if (this.#isOff) return;
    const backup = this.disk.copy();
    const known = this.checker.knownNonces();
    const look = () => {
      // By every node: a backup that a lagging one cannot tell from the right store is taken for it.
      if (this.#isOff || !this.chain.nodes.every(({ head }) => head.nonce > known)) this.at(500, look);
      else this.#putBack(backup);
    };
    this.at(500, look);
  }

  /** An old backup in place of the store, until somebody notices that all executors refuse it. */
  #putBack(backup: DiskImage): void {
    this.#isOff = true;
    this.#unlock();
    this.#endAll();
    this.time.schedule(0, () => {
      this.checker.closeReader();
      const right = this.disk.copy();
      this.disk.put(backup);
      this.faults.fired('backup: old one put back');
      this.trace.add('disk', 'an old backup is put back');
      this.checker.expectsRefusal = true;
      for (const host of this.hosts) host.start();
      this.time.schedule(4_000, () => {
        this.#endAll();
        this.time.schedule(0, () => this.#restore(right));
      });
    });
  }

  // --- Its course

  async #play(): Promise<Outcome> {
    const { time, trace, checker, scenario } = this;
    const unexpected = (error: unknown) => checker.broken(`unhandled rejection: ${String(error)}`);
    process.on('unhandledRejection', unexpected);
    try {
      this.chain.start();
      for (const host of this.hosts) host.startLater(this.#random.int(0, 1_500));
      time.schedule(scenario.calmAtMs, () => this.#calmDown());
      await time.run(() => this.#isOver || checker.violations.length > 0);
      if (checker.violations.length === 0) await this.#end();
    } catch (error) {
      checker.broken(`${error instanceof Error ? error.stack : String(error)}`, 'simulation');
    } finally {
      await this.#dispose();
      process.off('unhandledRejection', unexpected);
    }
    return {
      violations: checker.violations,
      hash: trace.hash(),
      trace: trace.lines,
      faults: this.faults.counts,
      lastedMs: time.now,
    };
  }

  #calmDown(): void {
    if (this.#isOff) {
      this.time.schedule(500, () => this.#calmDown());
      return;
    }
    this.trace.add('world', 'faults stop');
    this.#isCalm = true;
    this.#unlock();
    this.#mischief.calmDown();
    this.chain.calmDown();
    this.chain.grant(RICH);
    for (const { process } of this.hosts) if (process !== undefined) process.wallOffset = 0;
    if (this.operator.hasIsolated) this.operator.order('reset');
    const { successThreshold = 2 } = this.scenario.settings.policy;
    this.#importClosing(successThreshold + 1);
    this.#watch(this.time.now + SETTLED_WITHIN_MS, 0);
  }

  #importClosing(count: number): void {
    const rows = Array.from({ length: count }, () => {
      this.#closingRows += 1;
      return this.scenario.closingRow(this.#closingRows);
    });
    this.operator.import(rows);
  }

  /** Looks every second whether all is as it should be in the end. */
  #watch(deadline: number, lookedAt: number): void {
    this.time.schedule(1_000, () => {
      const unfinished = this.checker.unfinished();
      const leader = this.hosts.find(({ process }) => process?.leads === true)?.process;
      const state = leader?.breaker?.state;
      if (unfinished.length === 0 && state === 'CLOSED') {
        this.#isOver = true;
        return;
      }
      if (this.time.now >= deadline) {
        const missing =
          unfinished.length > 0 ? unfinished.join('; ') : `the breaker is ${state ?? 'nobody’s'}`;
        this.checker.broken(`P2: not settled: ${missing}`, 'lost');
        return;
      }
      // A breaker that is tried with nothing stays as it is.
      if (unfinished.length === 0 && lookedAt % 5 === 4) this.#importClosing(1);
      this.#watch(deadline, lookedAt + 1);
    });
  }

  async #end(): Promise<void> {
    const { time, hosts, checker, disk } = this;
    for (const { process } of hosts) void process?.stop();
    const deadline = time.now + 60_000;
    // Something has to be there for time to pass.
    time.schedule(60_000, () => {});
    await time.run(() => hosts.every(({ isUp }) => !isUp) || time.now >= deadline);
    for (const { name, isUp } of hosts) if (isUp) checker.broken(`${name} does not stop`);
    checker.checkEnd();
    const store = await openSqliteStore(disk.path, { create: false });
    try {
      const { faults } = await store.checkAudit();
      for (const { id, fault } of faults) checker.broken(`P8: the audit of ${id ?? 'the store'}: ${fault}`);
    } finally {
      await store.close();
    }
  }

  async #dispose(): Promise<void> {
    this.#isOver = true;
    this.#unlock();
    this.#endAll();
    let hasRested = false;
    this.time.schedule(0, () => {
      hasRested = true;
    });
    await this.time.run(() => hasRested).catch(() => {});
    this.checker.closeReader();
  }

  #unlock(): void {
    this.#lock?.connection.close();
    if (this.#lock !== undefined) this.#lockEndedAt = this.time.now;
    this.#lock = undefined;
  }

  #endAll(): void {
    for (const { process } of this.hosts) process?.kill();
    this.operator.leave();
  }

  #startAll(): void {
    for (const host of this.hosts) host.startLater(this.#random.int(200, 3_000));
  }

  #restore(image: DiskImage): void {
    this.checker.closeReader();
    this.checker.expectsRefusal = false;
    this.disk.put(image);
    this.trace.add('disk', 'the right files are in place');
    this.#isOff = false;
    this.#startAll();
  }
}
