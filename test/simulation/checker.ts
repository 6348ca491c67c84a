import type { Disbursement, DisbursementRow, DisbursementStatus, TickEnded } from '../../machines/index.ts';
import type { Lease } from '../../src/store/store.ts';
import type { Disk } from './disk.ts';
import type { ExecutorProcess } from './executor-process.ts';
import type { SendVerdict } from './network.ts';
import type { Settings } from './settings.ts';
import { type StoredRow, StoreReader } from './store-reader.ts';
import type { Trace } from './trace.ts';
import { ACCOUNT, type Block, decode, type Transaction } from './transactions.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What a broken promise means for the money; `simulation`: the fault is the simulation's own. */
export type Harm = 'double' | 'lost' | 'invariant' | 'simulation';

export interface Violation {
  readonly harm: Harm;
  readonly what: string;
}

interface CheckerParts {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly disk: Disk;
  readonly settings: Settings;
}

/** What one process has out, and has asked for in this tick. */
class Watched {
  readonly asked = new Set<string>();
  loaded: readonly string[] = [];
  sendsOut = 0;
  /** Sends of this tick of which the node said that it has the bytes. */
  taken = 0;
  /** Sends that began in this generation of the breaker, and are out. */
  probes = { generation: -1, out: 0 };
}

/**
 * Watches the invariants from outside: it reads the chain's blocks, has a list of its own of what was imported, sees what
 * passes between an executor and its ports, and reads the store's file by a connection of its own. What the executor
 * believes is no evidence.
 */
export class Checker {
  readonly violations: Violation[] = [];
  /** An old backup was put back: whoever starts has to refuse. */
  expectsRefusal = false;
  /** Somebody else used the key: whoever starts may refuse. */
  allowsRefusal: () => boolean = () => false;
  /** Another program has locked the store, now or a moment ago. */
  isLocked: () => boolean = () => false;
  /** Is told where rows, leader and chain stand, after each tick and block. */
  onState: ((state: string) => void) | undefined;
  readonly #parts: CheckerParts;
  readonly #imported = new Map<string, Disbursement>();
  readonly #payees = new Map<string, string>();
  readonly #ownerOfNonce = new Map<number, string>();
  /** Sends of each nonce that were not refused: a node may have the bytes. */
  readonly #maybeTaken = new Map<number, number>();
  readonly #cancelled = new Set<string>();
  readonly #watched = new WeakMap<ExecutorProcess, Watched>();
  #newestFence = 0;
  #blocks: readonly Block[] = [];
  readonly #reader: StoreReader;

  constructor(parts: CheckerParts) {
    this.#parts = parts;
    this.#reader = new StoreReader(parts.disk);
  }

  broken(what: string, harm: Harm = 'invariant'): void {
    // A path would differ from run to run.
    const told = what.replaceAll(this.#parts.disk.path, 'the file');
    this.violations.push({ harm, what: told });
    this.#parts.trace.add('CHECKER', `${harm}: ${told}`);
  }

  imported(rows: readonly Disbursement[]): void {
    for (const row of rows) {
      this.#imported.set(row.id, row);
      this.#payees.set(row.destination, row.id);
    }
  }

  get ids(): readonly string[] {
    return [...this.#imported.keys()];
  }

  /** What an operator may think of putting back. */
  givenUp(): readonly string[] {
    return this.#reader
      .rows()
      .filter(({ status }) => status === 'deadLetter' || status === 'cancelled')
      .map(({ id }) => id);
  }

  /** How many nonces the store knows to be used. */
  knownNonces(): number {
    return this.#reader.knownNonces();
  }

  openReader(): void {
    this.#reader.open();
  }

  /** Before the files are taken away. */
  closeReader(): void {
    this.#reader.close();
  }

  // --- What passes at the ports

  /** P4, M2, P9, P10. The result is to be called when the sender has its answer. */
  sends(process: ExecutorProcess, rawTx: string): (verdict: SendVerdict) => void {
    const transaction = decode(rawTx);
    const { hash, nonce } = transaction;
    if (!this.#reader.hasBytes(rawTx, hash))
      this.broken(`P4: ${process.name} sends nonce ${nonce}, which is not in the store`);
    this.#checkNonceOwner(process.name, transaction);
    if (process.faultTurn !== undefined && process.faultTurn < this.#parts.time.turns)
      this.broken(`P9: ${process.name} sends nonce ${nonce} after a storage fault`);
    const endProbe = this.#countProbe(process, nonce);
    this.#count(this.#maybeTaken, nonce, 1);
    return (verdict) => {
      if (verdict === 'refused') this.#count(this.#maybeTaken, nonce, -1);
      endProbe(verdict);
    };
  }

  /** M4: a row is cancelled only where no node can have its bytes. */
  rowChanged(process: ExecutorProcess, id: string, to: DisbursementStatus): void {
    if (to !== 'cancelled') return;
    const { nonce, gap } = this.#reader.row(id) ?? { nonce: null, gap: 0 };
    const isTried = nonce !== null && (this.#maybeTaken.get(nonce) ?? 0) > 0;
    if (gap === 1 && isTried && !this.#cancelled.has(id))
      this.broken(`M4: ${process.name} cancels ${id}, of which a node may have the bytes`);
    this.#cancelled.add(id);
  }

  looksUp(process: ExecutorProcess, id: string): void {
    this.#watch(process).asked.add(id);
  }

  storeAnswered(process: ExecutorProcess, method: string, result: unknown): void {
    if (method === 'acquireLease' && result !== undefined) {
      const { fence } = result as Lease;
      if (fence < this.#newestFence) this.broken(`P8: ${process.name} got fence ${fence}, an older one`);
      this.#newestFence = Math.max(this.#newestFence, fence);
    }
    if (method !== 'inFlight') return;
    const watched = this.#watch(process);
    watched.asked.clear();
    watched.loaded = (result as readonly DisbursementRow[]).map(({ id }) => id);
  }

  isStale({ fence }: Lease): boolean {
    return fence < this.#newestFence;
  }

  isLockKnown(error: Error): boolean {
    return error.message.includes('locked') && this.isLocked();
  }

  /** Look-ups go on while the breaker is OPEN; answers are read by their text; slots are free once nothing is out. */
  tickEnded(process: ExecutorProcess, tick: TickEnded): void {
    const watched = this.#watch(process);
    const { asked, loaded, sendsOut, taken } = watched;
    watched.loaded = [];
    watched.taken = 0;
    this.#tellState(process.breaker?.state);
    if (!tick.holdsLease || tick.fault !== undefined || process.isEnding) return;
    for (const id of loaded) {
      if (!asked.has(id)) this.broken(`M3: ${process.name} did not look ${id} up in tick ${tick.tick}`);
    }
    if (tick.tally.submitted !== taken)
      this.broken(
        `M3: ${process.name} counts ${tick.tally.submitted} as taken, the nodes said so of ${taken}`,
      );
    const { breaker } = process;
    if (breaker?.state !== 'HALF_OPEN' || sendsOut > 0) return;
    const { probesInFlight } = breaker.actor.getSnapshot().context;
    if (probesInFlight > 0)
      this.broken(`P10: ${process.name} keeps ${probesInFlight} slots with nothing out`);
  }

  startRefused(process: string): void {
    if (!this.expectsRefusal && !this.allowsRefusal())
      this.broken(`M7: ${process} refuses the right store of this chain`);
  }

  startAccepted(process: string): void {
    if (this.expectsRefusal) this.broken(`P12: ${process} began on an old backup`);
  }

  // --- What the chain says

  /** P1 and P3, at every change of the canonical chain. */
  chainChanged(blocks: readonly Block[]): void {
    this.#blocks = blocks;
    for (const [id, count] of this.#paid())
      if (count > 1) this.broken(`P1: ${id} is paid ${count} times`, 'double');
    if (!this.#reader.isOpen) return;
    this.#tellState(undefined);
    const paid = this.#paid();
    for (const id of this.#reader.finalIds())
      if (!paid.has(id)) this.broken(`P3: ${id} is final and not on the chain`, 'lost');
  }

  /** What is left to be done, once faults have stopped; nothing when all is as P2 says. */
  unfinished(): readonly string[] {
    const rows = this.#reader.rows();
    const waiting = this.#mayWait(rows);
    return rows
      .filter(({ status, gap }) => gap === 1 || !['finalized', 'cancelled', 'deadLetter'].includes(status))
      .filter(({ id, status }) => status !== 'queued' || !waiting.has(id))
      .map(({ id, status, reason }) => `${id} is ${status}${reason === null ? '' : ` (${reason})`}`);
  }

  /** Store and chain at the end: nothing lost, nothing paid that stands as unpaid, no gap. */
  checkEnd(): void {
    const paid = this.#paid();
    const rows = new Map(this.#reader.rows().map((row) => [row.id, row]));
    for (const id of this.#imported.keys()) {
      const status = rows.get(id)?.status;
      if (status === undefined) this.broken(`P2: ${id} is not in the store any more`, 'lost');
      const isPaid = status === 'finalized' || status === 'executed';
      if (isPaid && !paid.has(id)) this.broken(`P3: ${id} is ${status} and not on the chain`, 'lost');
      // One whose epoch came as all were told to stop may be under way.
      const isUnderWay = status === 'staged' || status === 'submitted';
      if (!isPaid && !isUnderWay && paid.has(id)) this.broken(`P3: ${id} is paid and stands as ${status}`);
    }
    const next = this.#blocks.at(-1)?.nonce ?? 0;
    const known = this.knownNonces();
    if (known > next && !this.#reader.isUnderWay(next))
      this.broken(`P7: nonce ${next} is a gap, ${known - 1} is signed`);
    this.#checkFences();
  }

  #tellState(breaker: string | undefined): void {
    if (this.onState === undefined) return;
    this.onState(`${this.#reader.fingerprint()} ${breaker} ${this.#blocks.at(-1)?.nonce}`);
  }

  /** P8: the trail tells under which fence each change was written, in the order of writing. */
  #checkFences(): void {
    const fences = this.#reader.fences();
    for (const [at, fence] of fences.entries()) {
      if (fence < (fences[at - 1] ?? 0)) this.broken(`P8: fence ${fence} wrote after a newer one`);
    }
  }

  #count(counts: Map<number, number>, nonce: number, change: number): void {
    counts.set(nonce, (counts.get(nonce) ?? 0) + change);
  }

  #checkNonceOwner(process: string, { nonce, to, value }: Transaction): void {
    if (to === ACCOUNT && value === 0n) return;
    const id = this.#payees.get(to);
    if (id === undefined || this.#imported.get(id)?.amount !== value) {
      this.broken(`P3: ${process} sends ${value} to ${to}, which nobody asked for`);
      return;
    }
    const owner = this.#ownerOfNonce.get(nonce) ?? id;
    this.#ownerOfNonce.set(nonce, owner);
    if (owner !== id) this.broken(`M2: nonce ${nonce} was sent for ${owner} and then for ${id}`);
  }

  #countProbe(process: ExecutorProcess, nonce: number): (verdict: SendVerdict) => void {
    const watched = this.#watch(process);
    const { breaker } = process;
    watched.sendsOut += 1;
    const state = breaker?.state;
    if (breaker === undefined || state === 'OPEN' || state === 'ISOLATED') {
      this.broken(`P10: ${process.name} sends nonce ${nonce} while its breaker is ${state}`);
    } else if (state === 'HALF_OPEN') {
      if (watched.probes.generation !== breaker.generation)
        watched.probes = { generation: breaker.generation, out: 0 };
      watched.probes.out += 1;
      if (watched.probes.out > breaker.policy.halfOpenMaxProbes)
        this.broken(`P10: ${process.name} has ${watched.probes.out} probes out`);
    }
    const { probes } = watched;
    return (verdict) => {
      watched.sendsOut -= 1;
      if (verdict === 'taken') watched.taken += 1;
      if (state === 'HALF_OPEN') probes.out -= 1;
    };
  }

  /** How often each disbursement was paid by the canonical chain. */
  #paid(): ReadonlyMap<string, number> {
    const paid = new Map<string, number>();
    for (const { transactions } of this.#blocks) {
      for (const { to, value, reverts } of transactions) {
        const id = this.#payees.get(to);
        if (id === undefined || reverts || this.#imported.get(id)?.amount !== value) continue;
        paid.set(id, (paid.get(id) ?? 0) + 1);
      }
    }
    return paid;
  }

  /** P2: what waits for an id that cannot come, for a later epoch, or for money. */
  #mayWait(rows: readonly StoredRow[]): ReadonlySet<string> {
    const epoch = this.#reader.highestEpoch();
    const status = new Map(rows.map((row) => [row.id, row.status]));
    const holds = this.#parts.settings.executor.onInsufficientFunds === 'hold';
    const waits = (id: string, path: readonly string[]): boolean => {
      const row = this.#imported.get(id);
      const stands = status.get(id);
      if (row === undefined || stands === 'cancelled' || stands === 'deadLetter' || path.includes(id))
        return true;
      if (stands === 'finalized' || stands === 'executed') return false;
      return (
        row.scheduledEpoch > epoch ||
        (holds && row.amount > (this.#blocks.at(-1)?.balance ?? 0n)) ||
        row.dependsOn.some((other) => waits(other, [...path, id]))
      );
    };
    return new Set(rows.filter(({ id }) => waits(id, [])).map(({ id }) => id));
  }

  #watch(process: ExecutorProcess): Watched {
    const watched = this.#watched.get(process) ?? new Watched();
    this.#watched.set(process, watched);
    return watched;
  }
}
