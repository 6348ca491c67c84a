import type { Rpc } from './rpc.ts';
import { RpcFault } from './rpc-fault.ts';

/** A read that is under way. */
interface Flight {
  readonly answer: Promise<unknown>;
  readonly stop: AbortController;
  waiting: number;
}

/**
 * An endpoint of which the very same is not asked twice at once: whoever asks for what is under way gets that answer.
 * Who gives up does so for himself; the request ends when nobody waits for it any more, and a failure is kept for nobody.
 *
 * An answer may so be a little older than its question. That suits what only rises, and what never changes.
 */
export const shareReads = (rpc: Rpc): Rpc => {
  const underWay = new Map<string, Flight>();

  const begin = (key: string, method: string, params: readonly unknown[]): Flight => {
    const stop = new AbortController();
    const answer = rpc.request(method, params, stop.signal).finally(() => {
      if (underWay.get(key) === flight) underWay.delete(key);
    });
    const flight: Flight = { answer, stop, waiting: 0 };
    underWay.set(key, flight);
    return flight;
  };

  const join = (flight: Flight, key: string, method: string, signal: AbortSignal | undefined) =>
    new Promise<unknown>((resolve, reject) => {
      const abort = () => {
        reject(new RpcFault('unanswered', `${method}: aborted while in flight`));
        flight.waiting -= 1;
        if (flight.waiting > 0) return;
        if (underWay.get(key) === flight) underWay.delete(key);
        flight.stop.abort();
      };
      const settled = () => signal?.removeEventListener('abort', abort);
      flight.waiting += 1;
      signal?.addEventListener('abort', abort, { once: true });
      flight.answer.finally(settled).then(resolve, reject);
    });

  return {
    async request(method, params, signal) {
      if (signal?.aborted) throw new RpcFault('unsent', `${method}: aborted before it was sent`);
      const key = JSON.stringify([method, params]);
      return join(underWay.get(key) ?? begin(key, method, params), key, method, signal);
    },
    close: () => rpc.close(),
  };
};
