import type { Disbursement } from '../../machines/index.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { Chain, type ChainTemper } from './chain.ts';
import { Checker, type Violation } from './checker.ts';
import { Disasters } from './disasters.ts';
import type { Disk } from './disk.ts';
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
/** Looks, a second apart, before which the money that was granted may not be in a block. */
const MONEY_COMES_WITHIN = 3;
const RICH = 10n ** 20n;

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
  readonly disasters: Disasters;
  readonly scenario: Scenario;
  readonly #mischief: Mischief & { calmDown(): void };
  readonly #random: Random;
  #isCalm = false;
  #isOver = false;
  #closingRows = 0;

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
    this.disasters = new Disasters({
      time,
      trace,
      faults,
      disk,
      chain,
      checker,
      random: this.#random,
      endAll: () => this.#endAll(),
      startAll: (how) => this.#startAll(how),
      later: (afterMs, event) => this.at(afterMs, event),
    });
    checker.isLocked = () => this.disasters.isLocked;
    this.#mischief = scenario.begin(this);
    const mischief = this.#mischief;
    this.operator = new Operator({
      time,
      trace,
      faults,
      disk,
      checker,
      isBarred: () => this.disasters.isOff,
      beforeWrite: (method) => mischief.beforeWrite(method),
    });
    const parts = { time, trace, faults, disk, chain, checker, settings, mischief };
    this.hosts = Array.from({ length: settings.executors }, (_, index) => {
      const name = `p${index + 1}`;
      return new Host(name, parts, random.fork(name), {
        isOff: () => this.disasters.isOff || this.#isOver,
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
    if (this.disasters.isOff) {
      this.time.schedule(500, () => this.#calmDown());
      return;
    }
    this.trace.add('world', 'faults stop');
    this.#isCalm = true;
    this.disasters.unlock();
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
      if (unfinished.length === 0 && state === 'CLOSED' && lookedAt >= MONEY_COMES_WITHIN) {
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
    this.disasters.unlock();
    this.#endAll();
    let hasRested = false;
    this.time.schedule(0, () => {
      hasRested = true;
    });
    await this.time.run(() => hasRested).catch(() => {});
    this.checker.closeReader();
  }

  #endAll(): void {
    for (const { process } of this.hosts) process?.kill();
    this.operator.leave();
  }

  #startAll(how: 'at once' | 'by and by'): void {
    for (const host of this.hosts) {
      if (how === 'at once') host.start();
      else host.startLater(this.#random.int(200, 3_000));
    }
  }
}
