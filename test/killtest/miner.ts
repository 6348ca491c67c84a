import { setTimeout as pause } from 'node:timers/promises';
import { devRpc } from '../../src/dev/dev-rpc.ts';

/** Makes a block from time to time, until told to stand still: what was sent meanwhile waits in the pool. */
export class Miner {
  isStanding = false;
  readonly #url: string;
  readonly #everyMs: number;
  readonly #onFault: (error: unknown) => void;
  readonly #stop = new AbortController();
  #work: Promise<void> = Promise.resolve();

  private constructor(url: string, everyMs: number, onFault: (error: unknown) => void) {
    this.#url = url;
    this.#everyMs = everyMs;
    this.#onFault = onFault;
  }

  /** @param onFault hears of a block that could not be made; the next one is tried all the same */
  static async start(url: string, everyMs: number, onFault: (error: unknown) => void): Promise<Miner> {
    await devRpc(url, 'evm_setAutomine', [false]);
    const miner = new Miner(url, everyMs, onFault);
    miner.#work = miner.#mine();
    return miner;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  async #mine(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (!this.isStanding) await devRpc(this.#url, 'evm_mine', []).catch(this.#onFault);
      await pause(this.#everyMs);
    }
  }
}
