import type { Call, Exchange } from './exchange.ts';
import { RpcFault } from './rpc-fault.ts';

// Only what changes nothing wherever it is asked, and how often. Everything else goes alone: above all a transaction,
// which must not be asked for anew when it is the batch that went wrong.
const READS: ReadonlySet<string> = new Set([
  'eth_blockNumber',
  'eth_chainId',
  'eth_estimateGas',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getCode',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'eth_syncing',
]);

/** Providers limit it; the lowest limits that we know of are about this. */
const MOST_IN_A_BATCH = 100;

interface Waiting extends Call {
  readonly signal: AbortSignal | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const isWanted = ({ signal }: Waiting): boolean => !signal?.aborted;

const giveUp = ({ method, reject }: Waiting, kind: 'unsent' | 'unanswered', how: string): void =>
  reject(new RpcFault(kind, `${method}: aborted ${how}`));

/** Lets each caller give up for himself, and the request end when all of them have. */
const abortTogether = (calls: readonly Waiting[]) => {
  const stop = new AbortController();
  let left = calls.length;
  const listeners = calls.map((call) => () => {
    giveUp(call, 'unanswered', 'while in flight');
    left -= 1;
    if (left === 0) stop.abort();
  });
  for (const [index, { signal }] of calls.entries())
    signal?.addEventListener('abort', listeners[index] as () => void, { once: true });
  const release = () => {
    for (const [index, { signal }] of calls.entries())
      signal?.removeEventListener('abort', listeners[index] as () => void);
  };
  return { signal: stop.signal, release };
};

/**
 * Reads that are asked for in the same turn of the event loop go out as one request: for sixteen look-ups one, and not
 * sixteen. Each keeps its own answer, fault and signal.
 *
 * Not every endpoint takes a batch. What it leaves unanswered is asked for one by one; if that is answered, no batch is
 * tried there any more. Where a batch fails as a single call would in an outage, its calls fail; as it might still be the
 * batch that is too much for the endpoint, those of the next turn go one by one, so that none waits for ever.
 */
export const withBatches = ({ alone, together }: Omit<Exchange, 'close'>) => {
  let waiting: Waiting[] = [];
  let areRefused = false;
  let isPaused = false;

  const askAlone = async (call: Waiting): Promise<boolean> => {
    try {
      call.resolve(await alone(call, call.signal));
      return true;
    } catch (error) {
      call.reject(error);
      return false;
    }
  };

  const askTogether = async (calls: readonly Waiting[]): Promise<void> => {
    const { signal, release } = abortTogether(calls);
    try {
      const outcomes = await together(calls, signal).finally(release);
      const unanswered: Waiting[] = [];
      for (const [index, call] of calls.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) unanswered.push(call);
        else if ('fault' in outcome) call.reject(outcome.fault);
        else call.resolve(outcome.result);
      }
      // An endpoint that answers none of them one by one is out, and says nothing about batches.
      if ((await Promise.all(unanswered.map(askAlone))).includes(true)) areRefused = true;
    } catch (error) {
      if (!signal.aborted) isPaused = true;
      for (const { method, reject } of calls) reject(error instanceof RpcFault ? error.of(method) : error);
    }
  };

  const send = (calls: readonly Waiting[], isOneByOne: boolean): void => {
    const [first] = calls;
    if (first !== undefined && !isOneByOne && calls.length > 1) void askTogether(calls);
    else for (const call of calls) void askAlone(call);
  };

  const flush = (): void => {
    const [calls, late] = [waiting.filter(isWanted), waiting.filter((call) => !isWanted(call))];
    waiting = [];
    for (const call of late) giveUp(call, 'unsent', 'before it was sent');
    const isOneByOne = areRefused || isPaused;
    if (calls.length > 1) isPaused = false;
    for (let from = 0; from < calls.length; from += MOST_IN_A_BATCH)
      send(calls.slice(from, from + MOST_IN_A_BATCH), isOneByOne);
  };

  return (method: string, params: readonly unknown[], signal?: AbortSignal): Promise<unknown> => {
    if (areRefused || !READS.has(method)) return alone({ method, params }, signal);
    if (waiting.length === 0) setImmediate(flush);
    return new Promise((resolve, reject) => waiting.push({ method, params, signal, resolve, reject }));
  };
};
