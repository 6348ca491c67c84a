import type { CircuitBreaker } from '../../src/index.ts';

/** The test of each row of a table, by the row's first cell. */
export type RowTests = Readonly<Record<string, () => void | Promise<void>>>;

export const down = new Error('down');

export const failing = (): Promise<never> => Promise.reject(down);

/** What a call is rejected with. */
export const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => {
      throw new Error('the call did not fail');
    },
    (error: unknown) => error,
  );

/** Makes calls that fail, one after the other. */
export async function callAndFail(breaker: CircuitBreaker, times = 1): Promise<void> {
  for (let i = 0; i < times; i += 1) await rejection(breaker.execute(failing));
}

/** Work that is under way until it is told to end; it ends with its signal, as `fetch` does. */
export function pendingWork() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = ({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<string> => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    return promise;
  };
  return { work, succeed: () => resolve('done'), fail: () => reject(down) };
}
