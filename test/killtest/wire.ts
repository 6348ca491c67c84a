import { keccak256 } from 'viem';
import { type OutageMode, type RpcProxy, startRpcProxy } from '../../src/dev/rpc-proxy.ts';
import type { Random } from '../simulation/random.ts';
import type { Counts, Event } from './counts.ts';

/** Of all submissions, in fair weather too. */
const LOST_REPLIES = 0.03;

/** `refuse` is not among them: who is refused never arrives. */
const EVENT_OF: Readonly<Partial<Record<OutageMode, Event>>> = {
  hang: 'RPC hung: calls',
  unavailable: 'RPC answered 503: calls',
  dropReply: 'RPC dropped the reply: calls',
};

interface Trap {
  readonly at: 'submission' | 'question';
  skip: number;
  readonly spring: () => boolean;
}

interface WireOptions {
  readonly target: string;
  readonly random: Random;
  readonly counts: Counts;
  /** Hears of each transaction as it arrives, before the chain has it. */
  readonly onSubmission: (hash: string) => void;
}

/** The proxy between one executor and the chain: it lies, watches what passes, and springs traps. */
export class Wire {
  readonly #options: WireOptions;
  readonly #traps = new Set<Trap>();
  readonly sent: string[] = [];
  /** The chain got these, and nobody its answer. */
  readonly unanswered: string[] = [];
  #proxy: RpcProxy | undefined;
  /** `performance.now()` */
  #liedUntil = Number.NEGATIVE_INFINITY;

  private constructor(options: WireOptions) {
    this.#options = options;
  }

  static async open(options: WireOptions): Promise<Wire> {
    const wire = new Wire(options);
    const onCall = (method: string, params: unknown) => ({
      losesReply: wire.#arrived(method, params),
      ended: () => {},
    });
    wire.#proxy = await startRpcProxy({ target: options.target, onCall });
    return wire;
  }

  get url(): string {
    return this.#proxy?.url ?? '';
  }

  get lie(): OutageMode | undefined {
    return this.#proxy?.outage;
  }

  /** Whether whoever lives since then may have met a lie. */
  hasLiedSince(at: number): boolean {
    return this.lie !== undefined || this.#liedUntil >= at;
  }

  /**
   * Calls `spring` as a call arrives, before the chain has it; that it returns `true` loses the reply. What is returned
   * takes the trap away.
   *
   * @param skip so many calls pass before
   */
  trap(at: Trap['at'], skip: number, spring: () => boolean): () => void {
    const trap: Trap = { at, skip, spring };
    this.#traps.add(trap);
    return () => this.#traps.delete(trap);
  }

  begin(lie: OutageMode): Promise<void> {
    return this.#proxy?.setOutage(lie) ?? Promise.resolve();
  }

  async end(): Promise<void> {
    // What hangs would hang on until its own limit: it is cut.
    if (this.lie === 'hang') await this.#proxy?.setOutage('refuse');
    await this.#proxy?.setOutage(undefined);
    this.#liedUntil = performance.now();
  }

  async close(): Promise<void> {
    await this.#proxy?.close();
  }

  #arrived(method: string, params: unknown): boolean {
    const { counts, random, onSubmission } = this.#options;
    const isSubmission = method === 'eth_sendRawTransaction';
    const { lie } = this;
    const event = lie === undefined ? undefined : EVENT_OF[lie];
    if (event !== undefined) counts.add(event);
    if (!isSubmission) return this.#sprung('question');
    const hash = hashOf(params);
    onSubmission(hash);
    this.sent.push(hash);
    // Both are asked: whether a trap springs is no matter of chance.
    const [isTrapped, isUnlucky] = [this.#sprung('submission'), random.chance(LOST_REPLIES)];
    const losesReply = isTrapped || isUnlucky;
    if (lie === 'dropReply' || (lie === undefined && losesReply)) this.unanswered.push(hash);
    if (lie === undefined && losesReply) counts.add('RPC dropped the reply: calls');
    return losesReply;
  }

  #sprung(at: Trap['at']): boolean {
    let losesReply = false;
    for (const trap of [...this.#traps]) {
      if (trap.at === 'submission' && at === 'question') continue;
      trap.skip -= 1;
      if (trap.skip >= 0) continue;
      this.#traps.delete(trap);
      losesReply = trap.spring() || losesReply;
    }
    return losesReply;
  }
}

/** Its one parameter is the signed transaction. */
const hashOf = (params: unknown): string => keccak256((params as readonly [`0x${string}`])[0]);
