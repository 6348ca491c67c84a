import { createEndpoint, type EndpointOptions } from './endpoint.ts';
import { RpcFault } from './rpc-fault.ts';

/** One question to a node. */
export interface Call {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What became of one call of a batch; `undefined`: the batch said nothing of it, it is to be asked alone. */
export type Outcome = { readonly result: unknown } | { readonly fault: RpcFault } | undefined;

/** Calls on their way to one node and back. */
export interface Exchange {
  /** Sends one call, in one request, once. */
  alone(call: Call, signal?: AbortSignal): Promise<unknown>;
  /**
   * Sends several in one request.
   * @throws RpcFault that names no method, where all of them failed together as each would have failed alone
   */
  together(calls: readonly Call[], signal: AbortSignal): Promise<readonly Outcome[]>;
  close(): void;
}

interface JsonRpcAnswer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
}

const parse = (body: string | undefined): unknown => {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined; // what is no answer has to be handled anyhow
  }
};

const toAnswer = (parsed: unknown): JsonRpcAnswer =>
  typeof parsed === 'object' && parsed !== null ? parsed : {};

// 500 is not among them: it is also what a server answers that did not expect a list.
const isOutage = (status: number): boolean => status === 408 || status === 429 || status > 501;

/** Speaks JSON-RPC 2.0 with one endpoint. */
export const createExchange = (options: EndpointOptions): Exchange => {
  const { post, redact, close } = createEndpoint(options);
  let lastId = 0;

  const outcomeOf = (answer: JsonRpcAnswer, id: number, status: number): NonNullable<Outcome> => {
    if (typeof answer.error?.message === 'string') {
      const code = typeof answer.error.code === 'number' ? answer.error.code : undefined;
      const remote = answer.error.message;
      const message = `the node answered "${redact(remote)}" (code ${code})`;
      return { fault: new RpcFault('answered', message, { status, code, remote }) };
    }
    if (status < 200 || status > 299) return { fault: new RpcFault('http', `HTTP ${status}`, { status }) };
    if (answer.id === id && answer.result !== undefined) return { result: answer.result };
    const message = `HTTP ${status} without a JSON-RPC answer to this request`;
    return { fault: new RpcFault('malformed', message, { status }) };
  };

  const question = (id: number, { method, params }: Call) => ({ jsonrpc: '2.0', id, method, params });

  return {
    async alone(call, signal) {
      const id = ++lastId;
      try {
        const { status, body } = await post(JSON.stringify(question(id, call)), signal);
        const outcome = outcomeOf(toAnswer(parse(body)), id, status);
        if ('fault' in outcome) throw outcome.fault;
        return outcome.result;
      } catch (error) {
        throw error instanceof RpcFault ? error.of(call.method) : error;
      }
    },

    async together(calls, signal) {
      const first = lastId + 1;
      lastId += calls.length;
      const questions = calls.map((call, index) => question(first + index, call));
      const { status, body } = await post(JSON.stringify(questions), signal);
      const parsed = parse(body);
      if (!Array.isArray(parsed)) {
        const whole = outcomeOf(toAnswer(parsed), first, status);
        if (isOutage(status) && 'fault' in whole) throw whole.fault;
        return calls.map(() => undefined);
      }
      const answers = new Map(parsed.map(toAnswer).map((answer) => [answer.id, answer]));
      return questions.map(({ id, method }) => {
        const answer = answers.get(id);
        const outcome = answer && outcomeOf(answer, id, status);
        return outcome && 'fault' in outcome ? { fault: outcome.fault.of(method) } : outcome;
      });
    },

    close,
  };
};
