import type { ExecutorProcess, Mischief } from './executor-process.ts';
import { CRASH_POINTS, type FaultCounter } from './fault-counts.ts';
import { FATES, type Fate } from './network.ts';
import type { Random } from './random.ts';
import type { Simulation } from './simulation.ts';
import type { InjectedFault } from './store-tap.ts';

interface PlannedCrash {
  /** `undefined`: whoever comes there. */
  readonly process: string | undefined;
  readonly point: string;
  occurrence: number;
}

interface PlannedStoreFault {
  readonly process: string;
  readonly fault: InjectedFault;
  /** The n-th call from the start of the run. */
  call: number;
}

const WRITES: ReadonlySet<string> = new Set([
  'acquireLease',
  'releaseLease',
  'raiseEpoch',
  'stage',
  'replace',
  'change',
  'saveBreaker',
  'applyControl',
  'importDisbursements',
  'requeue',
  'requestControl',
]);
/** Points that every tick comes by: to die at the first of them each time would be the same as never to have begun. */
const FREQUENT = /acquireLease|pendingControl|raiseEpoch|inFlight|due|blockNumber|Receipt|TransactionCount/;
/** Points that few runs come by. */
const RARE = /releaseLease|replace|applyControl|areSettled|bindChain|boundChain|eth_get\w+ByHash/;
const PAUSE_POINTS = CRASH_POINTS.filter((point) => point.startsWith('after:eth_'));
const STORE_FAULTS: readonly InjectedFault[] = ['FULL before', 'FULL after', 'IOERR before', 'IOERR after'];
const OUTAGES: readonly Fate[] = [
  'refused',
  'lost',
  'timedOutAfter',
  '503',
  '503After',
  'replyDropped',
  'html',
];

/** What a seed does to a run. */
export class SeededMischief implements Mischief {
  readonly telemetry: Mischief['telemetry'];
  readonly #faults: FaultCounter;
  readonly #simulation: Simulation;
  readonly #fates: Random;
  readonly #noise: number;
  /** Of a node that does not know of money that came, or says so. */
  readonly #poverty: number;
  readonly #crashes: readonly PlannedCrash[];
  readonly #storeFaults: readonly PlannedStoreFault[];
  #outage: Fate | undefined;
  #isPowerAtRisk = false;
  #pausePoint: string | undefined;
  #isCalm = false;

  /** @param ordinal of the run: crash points take turns, so that each is tried equally often */
  constructor(simulation: Simulation, random: Random, ordinal: number) {
    this.#simulation = simulation;
    this.#faults = simulation.faults;
    this.#fates = random.fork('fates');
    this.#noise = random.pick([0, 0.02, 0.08, 0.2]);
    this.#poverty = random.pick([0, 0, 0.2]);
    this.telemetry = random.pick(['none', 'quiet', 'throws', 'never settles']);
    const { executors } = simulation.scenario.settings;
    const anyProcess = () => `p${random.int(1, executors)}`;
    const crash = (point: string): PlannedCrash => ({
      process: random.chance(0.5) ? anyProcess() : undefined,
      point,
      occurrence: FREQUENT.test(point) ? random.int(1, 15) : RARE.test(point) ? 1 : random.int(1, 3),
    });
    const inTurn = CRASH_POINTS[ordinal % CRASH_POINTS.length] as string;
    this.#crashes = [
      { ...crash(inTurn), process: undefined },
      ...Array.from({ length: random.int(0, 2) }, () => crash(random.pick(CRASH_POINTS))),
    ];
    this.#storeFaults = Array.from({ length: random.pick([0, 0, 1, 2]) }, () => ({
      process: anyProcess(),
      fault: random.pick(STORE_FAULTS),
      call: random.int(1, 150),
    }));
  }

  crashesAt(process: ExecutorProcess, point: string): boolean {
    if (this.#isCalm) return false;
    if (point === this.#pausePoint && process.leads) this.#pause(process);
    return this.#crashes
      .filter((crash) => crash.point === point && (crash.process ?? process.name) === process.name)
      .some((crash) => {
        crash.occurrence -= 1;
        return crash.occurrence === 0;
      });
  }

  storeFaultOf(process: string): InjectedFault | undefined {
    if (this.#isCalm) return undefined;
    for (const planned of this.#storeFaults) {
      if (planned.process !== process) continue;
      planned.call -= 1;
      if (planned.call !== 0) continue;
      this.#faults.fired(
        planned.fault.endsWith('after')
          ? (`store: ${planned.fault.split(' ')[0] as 'FULL' | 'IOERR'} after the commit` as const)
          : (`store: ${planned.fault as 'FULL before' | 'IOERR before'}` as const),
      );
      return planned.fault;
    }
    return undefined;
  }

  fateOf(_: string, method: string): Fate {
    if (this.#isCalm) return 'answered';
    if (method === 'eth_sendRawTransaction' && this.#fates.chance(this.#poverty)) return 'poor';
    if (this.#outage !== undefined) return this.#outage;
    return this.#fates.chance(this.#noise) ? this.#fates.pick(FATES) : 'answered';
  }

  beforeWrite(method: string): void {
    if (!this.#isPowerAtRisk || this.#isCalm || !WRITES.has(method)) return;
    this.#isPowerAtRisk = false;
    this.#simulation.disasters.cutPower();
  }

  /** The power is cut at the next write. */
  endangerPower(): void {
    this.#isPowerAtRisk = true;
  }

  /** Whoever leads is paused, within a tick, for so long that another takes over. */
  planPause(random: Random): void {
    this.#pausePoint = random.pick(PAUSE_POINTS);
  }

  startOutage(random: Random): void {
    this.#faults.fired('rpc: outage');
    this.#outage = random.pick(OUTAGES);
    this.#simulation.trace.add('network', `outage: ${this.#outage}`);
  }

  endOutage(): void {
    if (this.#outage !== undefined) this.#simulation.trace.add('network', 'outage ends');
    this.#outage = undefined;
  }

  #pause(process: ExecutorProcess): void {
    const { faults, trace, time, scenario } = this.#simulation;
    const { leaseTtlMs, pollIntervalMs } = scenario.settings.executor;
    faults.fired('process: pause beyond the lease');
    trace.add(process.name, `is paused ${this.#pausePoint}`);
    this.#pausePoint = undefined;
    process.pausedUntil = time.now + leaseTtlMs + pollIntervalMs + this.#fates.int(100, 4_000);
  }

  calmDown(): void {
    this.#isCalm = true;
    this.endOutage();
  }
}
