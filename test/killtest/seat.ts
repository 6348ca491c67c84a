import { appendFileSync } from 'node:fs';
import { type Line, type LiveTreasury, startLive } from '../system/cli/live-treasury.ts';
import type { Counts } from './counts.ts';
import type { Wire } from './wire.ts';

/** The RPC did not answer at the start: the one end of its own that an executor may come to here. */
const UNREACHABLE = 69;
const FENCED = 'the executor lease is held by another';
const LEASE_GONE = 'lease_lost';
const REFUSED = /ECONNREFUSED/;
/** Submissions that are out may take so long to end. */
const STOP_WITHIN_MS = 60_000;

interface SeatOptions {
  readonly name: string;
  readonly wire: Wire;
  readonly counts: Counts;
  readonly folder: string;
  readonly program: string;
  readonly args: readonly string[];
  /** What each process said, one after the other. */
  readonly logFile: string;
  readonly onBroken: (what: string) => void;
}

/** One process, from its start to its end. */
class Life {
  readonly live: LiveTreasury;
  readonly startedAt = performance.now();
  /** Lines of progress, at least one a tick. */
  ticks = 0;
  holdsLease = false;
  isKilled = false;
  isStopped = false;

  constructor(start: (onLine: (line: Line) => void) => LiveTreasury) {
    this.live = start(({ progress }) => {
      if (progress === undefined) return;
      this.ticks += 1;
      this.holdsLease = progress.leaseHeld;
    });
  }
}

/** A place for one executor: whenever its process ends, the next one is started at once. */
export class Seat {
  readonly name: string;
  readonly wire: Wire;
  readonly #options: SeatOptions;
  #life: Life | undefined;
  #isKept = false;

  constructor(options: SeatOptions) {
    this.#options = options;
    this.name = options.name;
    this.wire = options.wire;
  }

  /** It has begun to tick. */
  get isReady(): boolean {
    return (this.#life?.ticks ?? 0) > 0;
  }

  get isThere(): boolean {
    return this.#life !== undefined;
  }

  get isAwake(): boolean {
    return this.#life !== undefined && !this.#life.isStopped;
  }

  get holdsLease(): boolean {
    return this.isAwake && this.#life?.holdsLease === true;
  }

  /** Whether an owner of the lease is its process: owners are named by host and pid. */
  isOwner(owner: string | null): boolean {
    return this.#life !== undefined && owner?.includes(`:${this.#life.live.process.pid}#`) === true;
  }

  get ticks(): number {
    return this.#life?.ticks ?? 0;
  }

  /** Of the process; `performance.now()` */
  get startedAt(): number {
    return this.#life?.startedAt ?? Number.NEGATIVE_INFINITY;
  }

  /** @param isKept start another when this one ends */
  start({ isKept }: { readonly isKept: boolean }): void {
    this.#isKept = isKept;
    const { counts, folder, program, args, logFile } = this.#options;
    counts.add('processes started');
    const life = new Life((note) =>
      startLive(folder, args, {
        program,
        onLine: (line) => {
          appendFileSync(logFile, `${JSON.stringify(line)}\n`);
          this.#heard(line);
          note(line);
        },
      }),
    );
    this.#life = life;
    void life.live.ended.then((code) => this.#ended(life, code));
  }

  /** `kill -9`. The result is done when the process is gone; `undefined` where there was none to kill. */
  kill(): Promise<unknown> | undefined {
    const life = this.#life;
    if (life === undefined || !life.live.process.kill('SIGKILL')) return undefined;
    life.isKilled = true;
    return life.live.ended;
  }

  sleep(): void {
    const life = this.#life;
    if (life?.live.process.kill('SIGSTOP')) life.isStopped = true;
  }

  wake(): void {
    const life = this.#life;
    if (life === undefined || !life.isStopped) return;
    life.isStopped = false;
    life.holdsLease = false;
    life.live.process.kill('SIGCONT');
  }

  /** As an operator stops it: 0 when all is well, `undefined` where there was none. */
  async stop(): Promise<number | null | undefined> {
    this.#isKept = false;
    this.wake();
    const live = this.#life?.live;
    if (live === undefined) return undefined;
    live.process.kill('SIGTERM');
    const impatience = setTimeout(() => live.process.kill('SIGKILL'), STOP_WITHIN_MS);
    return live.ended.finally(() => clearTimeout(impatience));
  }

  /** At once, whatever it does; done when the process is gone. */
  end(): Promise<unknown> | undefined {
    this.#isKept = false;
    return this.kill();
  }

  #heard({ msg = '' }: Line): void {
    const { counts } = this.#options;
    if (msg.startsWith(FENCED)) counts.add('  writes under a stale fence that were refused');
    if (msg.startsWith(LEASE_GONE)) counts.add('  woken to find the lease gone');
    if (REFUSED.test(msg)) counts.add('RPC refused connections: told by an executor');
  }

  #ended(life: Life, code: number | null): void {
    const { counts, logFile, onBroken } = this.#options;
    const stderr = life.live.stderr();
    if (stderr !== '') appendFileSync(logFile, `${JSON.stringify({ code, stderr })}\n`);
    if (this.#life === life) this.#life = undefined;
    if (REFUSED.test(stderr)) counts.add('RPC refused connections: told by an executor');
    if (code === UNREACHABLE && this.wire.hasLiedSince(life.startedAt)) {
      counts.add('  ended by themselves, the RPC being down');
    } else if (!life.isKilled && (this.#isKept || code !== 0)) {
      this.#isKept = false;
      onBroken(`executor ${this.name} ended with ${code}: ${stderr.trim()}`);
    }
    if (this.#isKept) this.start({ isKept: true });
  }
}
