import type { Store } from '../../src/store/store.ts';
import { Tap } from './executor-tap.ts';

export type StoreMethod = keyof Store;

/** A tap on each method of a store. */
export type StoreTaps = {
  readonly [Method in StoreMethod]: Tap<Parameters<Store[Method]>, Awaited<ReturnType<Store[Method]>>>;
};

/** The same store, with a tap on each of its methods. */
export function tapStore(
  store: Store,
  log: (name: string) => 'never' | undefined,
): { store: Store; taps: StoreTaps } {
  const methods = Object.keys(store) as StoreMethod[];
  const taps = Object.fromEntries(
    methods.map((name) => {
      const method = store[name] as (...args: unknown[]) => Promise<unknown>;
      return [name, new Tap(name, method, log)];
    }),
  ) as unknown as StoreTaps;
  const tapped = Object.fromEntries(methods.map((name) => [name, taps[name].call])) as unknown as Store;
  return { store: tapped, taps };
}
