import { ConfigurationError } from '../errors.ts';
import { createHttpPost } from './http-post.ts';
import { createRedactor, decoded, type Redactor, redactUrl } from './redact.ts';
import { RpcFault } from './rpc-fault.ts';

/** One JSON-RPC endpoint. Every failure is an `RpcFault`, free of secrets. */
export interface Rpc {
  /** Sends one request, once: nothing is retried at this level, because the caller may be moving money. */
  request(method: string, params: readonly unknown[], signal?: AbortSignal): Promise<unknown>;
  /** Ends what is in flight; later requests fail. */
  close(): void;
}

interface RpcOptions {
  readonly rpcUrl: string;
  /** Limit for one request, its body included, in milliseconds. */
  readonly timeoutMs: number;
}

// Some gateways refuse a client that does not say who it is.
const HEADERS = { 'content-type': 'application/json', accept: '*/*', 'user-agent': 'treasury-breaker' };

const parseEndpoint = (rpcUrl: string): { url: URL; headers: Record<string, string>; redact: Redactor } => {
  const url = URL.parse(rpcUrl);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new ConfigurationError(`the RPC URL must be an http or https URL, got ${redactUrl(rpcUrl)}`);
  const redact = createRedactor(url);
  const headers: Record<string, string> = { ...HEADERS };
  if (url.username !== '' || url.password !== '') {
    const account = `${decoded(url.username)}:${decoded(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(account).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  return { url, headers, redact };
};

/** What broke an exchange. With several addresses to a name there is an error for each. */
const causesOf = (error: unknown): readonly { readonly code?: unknown; readonly syscall?: unknown }[] =>
  error instanceof AggregateError && error.errors.length > 0 ? error.errors : [error ?? {}];

// No connection was made where nothing else was tried. EHOSTUNREACH, say, can also end one that was.
const isUnsent = (error: unknown): boolean =>
  causesOf(error).every(({ syscall }) => syscall === 'connect' || syscall === 'getaddrinfo');

const codeOf = (error: unknown): string => {
  const [{ code } = {}] = causesOf(error);
  return typeof code === 'string' ? code : 'no reason given';
};

interface JsonRpcAnswer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
}

const parseAnswer = (body: string | undefined): JsonRpcAnswer => {
  try {
    const parsed: unknown = JSON.parse(body ?? '');
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {}; // an answer without result and error is what the caller has to handle anyhow
  }
};

/**
 * Opens an endpoint without connecting.
 *
 * Our own request instead of viem's transport, for three reasons: viem retries by default, its errors hold
 * the URL and the signed bytes, and it loses the HTTP status (a 401!) when a body that claims to be JSON is not.
 *
 * @throws ConfigurationError when the URL is none.
 */
export const createRpc = ({ rpcUrl, timeoutMs }: RpcOptions): Rpc => {
  const { url, headers, redact } = parseEndpoint(rpcUrl);
  const http = createHttpPost(url, headers);
  const closing = new AbortController();
  let lastId = 0;

  const exchange = async (method: string, params: readonly unknown[], signal: AbortSignal) => {
    const id = ++lastId;
    const { status, body } = await http.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }), signal);
    const answer = parseAnswer(body);
    if (typeof answer.error?.message === 'string') {
      const code = typeof answer.error.code === 'number' ? answer.error.code : undefined;
      const text = answer.error.message;
      throw new RpcFault('answered', `${method}: the node answered "${redact(text)}" (code ${code})`, {
        status,
        code,
        remote: text,
      });
    }
    if (status < 200 || status > 299) throw new RpcFault('http', `${method}: HTTP ${status}`, { status });
    if (answer.id !== id || answer.result === undefined)
      throw new RpcFault('malformed', `${method}: HTTP ${status} without a JSON-RPC answer to this request`, {
        status,
      });
    return answer.result;
  };

  return {
    async request(method, params, signal) {
      const attempt = new AbortController();
      const abort = () => attempt.abort();
      const sources = [closing.signal, ...(signal ? [signal] : [])];
      if (sources.some(({ aborted }) => aborted))
        throw new RpcFault('unsent', `${method}: aborted before it was sent`);
      for (const source of sources) source.addEventListener('abort', abort);
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        abort();
      }, timeoutMs);
      try {
        return await exchange(method, params, attempt.signal);
      } catch (error) {
        if (error instanceof RpcFault) throw error;
        if (timedOut) throw new RpcFault('unanswered', `${method}: no answer within ${timeoutMs} ms`);
        if (attempt.signal.aborted) throw new RpcFault('unanswered', `${method}: aborted while in flight`);
        throw isUnsent(error)
          ? new RpcFault('unsent', `${method}: no connection (${codeOf(error)})`)
          : new RpcFault('unanswered', `${method}: the connection broke (${codeOf(error)})`);
      } finally {
        clearTimeout(timer);
        for (const source of sources) source.removeEventListener('abort', abort);
      }
    },
    close: () => {
      closing.abort();
      http.close();
    },
  };
};
