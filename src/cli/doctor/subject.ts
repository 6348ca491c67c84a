import type { Rpc } from '../../chain/rpc.ts';
import { StoreNotFoundError } from '../../store/sqlite-file.ts';
import type { StoreLook } from '../../store/sqlite-look.ts';
import type { RunOptions } from '../commands/run-options.ts';
import { lookAtStore } from '../open-store.ts';
import { type ReachedChain, reachChain } from './reach-chain.ts';

/** What is going to be run, as its flags say it, and what is asked about it. */
export interface DoctorOptions extends Omit<RunOptions, 'rpcUrl' | 'keyFile'> {
  readonly rpcUrl?: string;
  readonly keyFile?: string;
  readonly chainId?: number;
  /** Where the executor serves, if not where `--host` and `--port` say. */
  readonly url?: string;
  readonly prometheusUrl?: string;
  /** Limit of each request. Milliseconds. */
  readonly checkTimeout: number;
}

const once = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read();
    return reading;
  };
};

/**
 * What the checks look at. Key, store and chain are read once, when a check first asks; a reading that fails does so for
 * each check that asks.
 */
export class Subject {
  readonly options: DoctorOptions;
  readonly #startedAt = performance.now();
  readonly #wallStartedAt = Date.now();
  #opened: (() => void | Promise<void>)[] = [];

  constructor(options: DoctorOptions) {
    this.options = options;
  }

  /** Address of the key, lower case; `undefined` without `--key-file`. */
  readonly keyAddress = once(async (): Promise<string | undefined> => {
    const { keyFile } = this.options;
    if (keyFile === undefined) return undefined;
    const [{ readKeyFile }, { openAccount }] = await Promise.all([
      import('../key-file.ts'),
      import('../../chain/account.ts'),
    ]);
    return openAccount(await readKeyFile(keyFile)).address.toLowerCase();
  });

  /** `undefined`: there is none. */
  readonly store = once(async (): Promise<StoreLook | undefined> => {
    try {
      const look = await lookAtStore(this.options.db);
      this.#opened.push(() => look.close());
      return look;
    } catch (error) {
      if (error instanceof StoreNotFoundError) return undefined;
      throw error;
    }
  });

  /** `undefined` without `--rpc-url`. */
  readonly chain = once(async (): Promise<ReachedChain | undefined> => {
    const { rpcUrl, checkTimeout } = this.options;
    if (rpcUrl === undefined) return undefined;
    const { createRpc } = await import('../../chain/rpc.ts');
    const rpc: Rpc = createRpc({ rpcUrl, timeoutMs: checkTimeout });
    this.#opened.push(() => rpc.close());
    return reachChain(rpc, rpcUrl);
  });

  /** The account that pays: the key's, without one that of the store; `undefined` when neither is there. */
  async account(): Promise<string | undefined> {
    const address = await this.keyAddress();
    if (address !== undefined) return address;
    const store = await this.store();
    return (await store?.store.boundChain())?.signer;
  }

  /** By how much the wall clock has been set since the start. Milliseconds, more than 0 when it was set forward. */
  get clockSetByMs(): number {
    return Date.now() - this.#wallStartedAt - (performance.now() - this.#startedAt);
  }

  async close(): Promise<void> {
    for (const close of this.#opened.splice(0)) await close();
  }
}
