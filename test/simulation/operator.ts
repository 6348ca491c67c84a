import type { Disbursement } from '../../machines/index.ts';
import type { ControlAction } from '../../src/breaker-control.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { NotRequeueableError, type Store } from '../../src/store/store.ts';
import { BUSY_LIMIT_MS, CallerProcess } from './caller-process.ts';
import type { Checker } from './checker.ts';
import type { Disk } from './disk.ts';
import type { FaultCounter } from './fault-counts.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

interface OperatorParts {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly faults: FaultCounter;
  readonly disk: Disk;
  readonly checker: Checker;
  /** The store may not be touched now. */
  readonly isBarred: () => boolean;
  readonly beforeWrite: (method: string) => void;
}

const RETRY_MS = 1_000;

/** Whether a command that failed is given again, and how. */
interface Command {
  readonly method: string;
  readonly what: string;
  readonly isRepeated: boolean;
  readonly work: (store: Store, now: number) => Promise<unknown>;
}

/** Whoever imports rows and gives orders, with commands that use a connection of their own. */
export class Operator {
  readonly #parts: OperatorParts;
  #session: Session | undefined;
  /** The breaker was isolated, and not reset since. */
  hasIsolated = false;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  /** Again and again until it is done: a repeated import changes nothing. */
  import(rows: readonly Disbursement[]): void {
    this.#parts.checker.imported(rows);
    this.#run({
      method: 'importDisbursements',
      what: `imports ${rows.map(({ id }) => id).join(' ')}`,
      isRepeated: true,
      work: (store, now) => store.importDisbursements(rows, { now }),
    });
  }

  requeue(id: string): void {
    const { faults, trace } = this.#parts;
    const work = async (store: Store, now: number) => {
      try {
        await store.requeue([id], { now, by: 'operator' });
        faults.fired('operator: requeue');
      } catch (error) {
        if (!(error instanceof NotRequeueableError)) throw error;
        faults.fired('operator: requeue refused');
        trace.add('operator', `may not requeue ${id}: ${error.why}`);
      }
    };
    this.#run({ method: 'requeue', what: `requeues ${id}`, isRepeated: false, work });
  }

  order(action: ControlAction): void {
    if (action === 'isolate') this.#parts.faults.fired('operator: breaker isolated');
    this.hasIsolated = action === 'isolate';
    this.#run({
      method: 'requestControl',
      what: `orders ${action}`,
      // To isolate is for now; a breaker that stays isolated pays nothing.
      isRepeated: action === 'reset',
      work: (store, now) => store.requestControl({ action, reason: undefined, by: 'operator' }, { now }),
    });
  }

  /** Its connection is gone, as after a power cut; the next command opens another. */
  leave(): void {
    this.#session?.end();
    this.#session = undefined;
  }

  #run(command: Command): void {
    const { time, trace, isBarred, beforeWrite } = this.#parts;
    const { method, what, isRepeated, work } = command;
    const again = () => {
      if (isRepeated) time.schedule(RETRY_MS, () => this.#run(command));
    };
    if (isBarred()) {
      again();
      return;
    }
    this.#session ??= new Session(time, this.#parts.disk);
    const session = this.#session;
    session.use(async (store) => {
      trace.add('operator', what);
      beforeWrite(method);
      try {
        await time.call(() => work(store, session.wallNow));
        if (!session.isAlive) again();
      } catch {
        trace.add('operator', `fails: ${what}`);
        again();
      }
    });
  }
}

class Session extends CallerProcess {
  readonly #disk: Disk;
  #store: Store | undefined;

  constructor(time: VirtualTime, disk: Disk) {
    super('operator', time);
    this.#disk = disk;
  }

  override reach(): void {}

  use(work: (store: Store) => Promise<void>): void {
    const store = this.#store;
    if (store !== undefined) {
      void work(store);
      return;
    }
    const open = async () => {
      // Of two commands at one moment the second finds it open.
      this.#store ??= await openSqliteStore(this.#disk.path, {
        create: false,
        sleep: this.sleep,
        busyLimitMs: BUSY_LIMIT_MS,
        pragmas: { busy_timeout: 0 },
      });
      return this.#store;
    };
    this.time.task(open, (opened) => void work(opened));
  }

  end(): void {
    this.die();
    const store = this.#store;
    if (store !== undefined) this.time.task(() => store.close());
  }
}
