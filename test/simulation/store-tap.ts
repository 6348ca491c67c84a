import { StorageError } from '../../src/errors.ts';
import type { Lease, Store } from '../../src/store/store.ts';
import type { Caller } from './network.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A storage fault that is put in the way of one call: it is not made, or it is, and nobody is told. */
export type InjectedFault = 'FULL before' | 'FULL after' | 'IOERR before' | 'IOERR after';

/** A call that ended well. */
export interface StoreCall {
  readonly method: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
  /** Its fence was not the newest when it began. */
  readonly isStale: boolean;
}

/** What is watched at the store's door. */
export interface StoreWatch {
  /** Before a call is made. The result says whether its fence is stale already. */
  readonly onCall: (method: string, lease: Lease | undefined) => boolean;
  /** What is to go wrong with this call. */
  readonly faultOf: (method: string) => InjectedFault | undefined;
  /** The call ended well, and its caller lives to hear it. */
  readonly onResult: (call: StoreCall) => void;
  /** The caller is about to be told of this error. */
  readonly onError: (method: string, error: unknown) => void;
}

const LEASED: ReadonlySet<string> = new Set([
  'raiseEpoch',
  'stage',
  'replace',
  'change',
  'saveBreaker',
  'applyControl',
]);
/** Made anew each time: one for all would keep whoever ever waited for it. */
const never = (): Promise<never> => new Promise(() => {});

type Method = (...args: unknown[]) => Promise<unknown>;

/** The same store with somebody at its door: who may die there, is told lies by the disk, and is watched. */
export function tapStore(store: Store, caller: Caller, time: VirtualTime, watch: StoreWatch): Store {
  const tapped = (name: string, method: Method): Method => {
    return async (...args) => {
      if (!caller.isAlive) return never();
      caller.reach(`before:${name}`);
      if (!caller.isAlive) return never();
      const lease = LEASED.has(name) ? (args[0] as Lease) : undefined;
      const isStale = watch.onCall(name, lease);
      const fault = watch.faultOf(name);
      try {
        if (fault?.endsWith('before')) throw failure(fault);
        const result = await time.call(() => method(...args));
        if (!caller.isAlive) return never();
        caller.reach(`after:${name}`);
        if (!caller.isAlive) return never();
        if (fault !== undefined) throw failure(fault);
        watch.onResult({ method: name, args, result, isStale });
        return result;
      } catch (error) {
        if (!caller.isAlive) return never();
        watch.onError(name, error);
        throw error;
      }
    };
  };
  return Object.fromEntries(
    Object.entries(store).map(([name, method]) => [
      name,
      name === 'close' ? method : tapped(name, method as Method),
    ]),
  ) as unknown as Store;
}

/** As the adapter tells it. */
const failure = (fault: InjectedFault): StorageError => new StorageError(`simulated: ${fault}`);
