import { disbursementMachine } from '../../machines/index.ts';
import type { TreasuryExecutor } from '../../src/index.ts';
import { activeLeaves } from '../paths/leaves.ts';

export interface HoldOptions {
  /** The state in which it waits for a signal: a leaf of the executor's chart, or `payment.` and one of a payment's. */
  readonly wanted: string;
  /** An earlier state whose calls of the RPC are held until then, for one that would not be reached otherwise. */
  readonly heldFrom?: string;
  /** Told once of each of the two, as it is reached. */
  readonly say: (state: string) => void;
  /** The wanted state does not come. */
  readonly giveUp: () => void;
}

/** Told only once its call is held: the bytes have left by then. */
const SENDING = 'payment.submitting';

/** So many ticks without the wanted state are enough to see that it will not come. */
const TICKS = 20;

/**
 * Holds every call that is made while an executor is in the wanted state, until a signal has been heard there.
 *
 * A signal that is heard in the earlier state does not end the wait: it is what leads to the wanted one.
 */
export class Hold {
  readonly #options: HoldOptions;
  readonly #told = new Set<string>();
  readonly #opened = Promise.withResolvers<void>();
  #executor: TreasuryExecutor | undefined;
  #isOpen = false;
  #onHeld: () => Promise<void> = async () => {};

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  get isWatching(): boolean {
    return this.#executor !== undefined;
  }

  /** Is called once, before anything is held in the earlier state. */
  whenHeld(work: () => Promise<void>): void {
    this.#onHeld = work;
  }

  watch(executor: TreasuryExecutor): void {
    this.#executor = executor;
    executor.actor.subscribe(() => this.#look());
    executor.on('tickEnded', () => {
      if (executor.snapshot.ticks > TICKS && !this.#told.has(this.#options.wanted)) this.#options.giveUp();
    });
    this.#look();
  }

  /** Resolves at once unless the executor is where calls of this kind are held. */
  async pass(kind: 'rpc' | 'other'): Promise<void> {
    // What a state calls as it is entered is called before anybody can see that it is entered.
    await new Promise(setImmediate);
    this.#look();
    const { wanted, heldFrom } = this.#options;
    const states = this.#states();
    if (kind === 'rpc' && heldFrom !== undefined && states.includes(heldFrom)) {
      const work = this.#onHeld;
      this.#onHeld = async () => {};
      await work();
    } else if (!states.includes(wanted)) return;
    if (kind === 'rpc') this.#tell(SENDING);
    await this.#opened.promise;
  }

  /** A signal was heard. */
  heard(): void {
    if (!this.#states().includes(this.#options.wanted)) return;
    this.#isOpen = true;
    this.#opened.resolve();
  }

  #look(): void {
    if (this.#isOpen) return;
    for (const state of this.#states()) if (state !== SENDING) this.#tell(state);
  }

  #tell(state: string): void {
    const { wanted, heldFrom, say } = this.#options;
    if ((state !== wanted && state !== heldFrom) || this.#told.has(state)) return;
    this.#told.add(state);
    say(state);
  }

  #states(): readonly string[] {
    if (this.#executor === undefined) return [];
    const snapshot = this.#executor.actor.getSnapshot();
    const payments = Object.values(snapshot.children).flatMap((child) => {
      const own = child?.getSnapshot();
      return own !== undefined && 'machine' in own && own.machine.id === disbursementMachine.id
        ? activeLeaves(own).map((leaf) => `payment.${leaf}`)
        : [];
    });
    return [...activeLeaves(snapshot), ...payments];
  }
}
