import type { Rpc } from '../../src/chain/rpc.ts';
import { RpcFault } from '../../src/chain/rpc-fault.ts';
import type { Chain } from './chain.ts';
import type { ChainNode, Treatment } from './chain-node.ts';
import type { Fault, FaultCounter } from './fault-counts.ts';
import type { Random } from './random.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What a script can make a node do with a submission: know it already, take and forget it, see no money for it. */
type ScriptedFate = Treatment | 'known';

/** What becomes of one request, beside what the node says. */
export type Fate =
  | ScriptedFate
  | 'answered'
  | 'refused'
  | 'lost'
  | 'timedOutAfter'
  | 'replyDropped'
  | 'duplicated'
  | '429'
  | '503'
  | '503After'
  | 'html';

type RandomFate = Exclude<Fate, ScriptedFate | 'answered'>;

const FAULT_OF: Readonly<Record<RandomFate, Fault>> = {
  refused: 'rpc: connection refused',
  lost: 'rpc: request lost',
  timedOutAfter: 'rpc: time-out after processing',
  replyDropped: 'rpc: reply dropped after processing',
  duplicated: 'rpc: request duplicated',
  '429': 'rpc: 429',
  '503': 'rpc: 503',
  '503After': 'rpc: 503 after processing',
  html: 'rpc: HTML',
};

/** Every fate that chance deals out. */
export const FATES = Object.keys(FAULT_OF) as readonly RandomFate[];

/** Whose requests these are. */
export interface Caller {
  readonly name: string;
  readonly isAlive: boolean;
  readonly pausedUntil: number;
  /** Dies here if that is planned: then it hears no more. */
  reach(point: string): void;
}

/** What the answer to a send says: the node has the bytes, or will not have them; anything else says nothing. */
export type SendVerdict = 'taken' | 'refused' | 'unknown';

/** Is told of a send when it begins, and by what it gives when the caller has its answer. */
export type SendObserver = (rawTx: string) => (verdict: SendVerdict) => void;

interface NetworkParts {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly random: Random;
  readonly faults: FaultCounter;
  readonly chain: Chain;
  readonly timeoutMs: number;
  readonly fateOf: (method: string) => Fate;
  readonly onSend: SendObserver;
}

const SEND = 'eth_sendRawTransaction';
/** The nodes' words for bytes that they have, or whose nonce is used. */
const TAKEN_BEFORE: readonly string[] = ['already known', 'already imported', 'nonce too low'];
const verdictOn = (error: unknown): SendVerdict => {
  if (!(error instanceof RpcFault) || error.kind !== 'answered') return 'unknown';
  return error.says(TAKEN_BEFORE) ? 'taken' : 'refused';
};
/** Made anew each time: one for all would keep whoever ever waited for it. */
const never = (): Promise<never> => new Promise(() => {});

type Answer = { readonly result: unknown } | { readonly error: unknown };

/** The way of one process to the nodes: a load balancer, and everything that can happen to a request. */
export function connect(caller: Caller, parts: NetworkParts): Rpc {
  const { time, trace, random, faults, chain, timeoutMs, fateOf, onSend } = parts;
  const latency = () => random.int(2, 40);

  const ask = (
    node: ChainNode,
    method: string,
    params: readonly unknown[],
    treatment?: Treatment,
  ): Answer => {
    if (node.head !== chain.head) faults.fired('chain: answer of a node that lags');
    try {
      return { result: node.answer(method, params, treatment) };
    } catch (error) {
      return { error };
    }
  };

  const exchange = (method: string, params: readonly unknown[], signal: AbortSignal | undefined) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const fate = fateOf(method);
    const node = random.chance(0.6) ? chain.nodes[0] : chain.nodes[1];
    if (fate in FAULT_OF) faults.fired(FAULT_OF[fate as RandomFate]);
    let isOver = false;
    const end = (settle: () => void) => {
      if (isOver) return;
      isOver = true;
      time.cancel(timer);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const fail = (kind: RpcFault['kind'], what: string, status?: number) =>
      end(() => reject(new RpcFault(kind, `${method}: ${what}`, { status })));
    const abort = () => fail('unanswered', 'aborted while in flight');
    const timer = time.schedule(timeoutMs, () => fail('unanswered', 'no answer in time'), caller);
    signal?.addEventListener('abort', abort);

    const process = () => {
      if (fate === 'known') ask(node, method, params);
      const answer = ask(node, method, params, fate === 'dropped' || fate === 'poor' ? fate : undefined);
      if (fate === 'duplicated') time.schedule(latency(), () => ask(node, method, params));
      if (method === SEND) {
        const text =
          'result' in answer
            ? 'taken'
            : (answer.error as Error).message.slice(SEND.length + 2, SEND.length + 80);
        trace.add(node.name, `${fate} ${String((params[0] as string).slice(-8))} ${text}`);
      }
      if (caller.isAlive) caller.reach(`after:${method}`);
      return answer;
    };
    const reply = (deliver: () => void) => time.schedule(latency(), deliver, caller);

    time.schedule(latency(), () => {
      if (fate === 'refused') reply(() => fail('unsent', 'no connection (ECONNREFUSED)'));
      else if (fate === '429') reply(() => fail('http', 'HTTP 429', 429));
      else if (fate === '503') reply(() => fail('http', 'HTTP 503', 503));
      else if (fate === 'html') reply(() => fail('malformed', 'HTTP 200 without a JSON-RPC answer', 200));
      else if (fate !== 'lost') {
        const answer = process();
        if (fate === 'replyDropped') reply(() => fail('unanswered', 'the connection broke (ECONNRESET)'));
        else if (fate === '503After') reply(() => fail('http', 'HTTP 503', 503));
        else if (fate !== 'timedOutAfter')
          reply(() => end(() => ('error' in answer ? reject(answer.error) : resolve(answer.result))));
      }
    });
    return promise;
  };

  return {
    async request(method, params, signal) {
      if (!caller.isAlive) return never();
      if (signal?.aborted) throw new RpcFault('unsent', `${method}: aborted before it was sent`);
      caller.reach(`before:${method}`);
      if (!caller.isAlive) return never();
      const answered = method === SEND ? onSend(String(params[0])) : undefined;
      try {
        const result = await exchange(method, params, signal);
        answered?.('taken');
        return result;
      } catch (error) {
        answered?.(verdictOn(error));
        throw error;
      }
    },
    close: () => {},
  };
}
