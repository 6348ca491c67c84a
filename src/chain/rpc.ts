import { ConfigurationError } from '../errors.ts';
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

// Larger than what we ask for: a block with its transaction hashes is below 1 MB, with its transactions rarely above 5.
const LARGEST_BODY_BYTES = 8 * 1024 * 1024;

// Only what means that no connection was made. EHOSTUNREACH can also end an established one, so it is not here.
const UNSENT_CODES: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

const parseEndpoint = (
  rpcUrl: string,
): { url: string; headers: Record<string, string>; redact: Redactor } => {
  const url = URL.parse(rpcUrl);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new ConfigurationError(`the RPC URL must be an http or https URL, got ${redactUrl(rpcUrl)}`);
  const redact = createRedactor(url);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (url.username !== '' || url.password !== '') {
    // fetch refuses a URL with credentials; they belong in a header.
    const account = `${decoded(url.username)}:${decoded(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(account).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  return { url: url.href, headers, redact };
};

const errorCode = (error: unknown): string | undefined => {
  const cause = error instanceof Error ? (error.cause ?? error) : undefined;
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
};

const readBody = async (response: Response): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
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
 * Our own request over `fetch` instead of viem's transport, for three reasons: viem retries by default, its errors hold
 * the URL and the signed bytes, and it loses the HTTP status (a 401!) when a body that claims to be JSON is not.
 *
 * @throws ConfigurationError when the URL is none.
 */
export const createRpc = ({ rpcUrl, timeoutMs }: RpcOptions): Rpc => {
  const { url, headers, redact } = parseEndpoint(rpcUrl);
  const closing = new AbortController();
  let lastId = 0;

  const exchange = async (method: string, params: readonly unknown[], signal: AbortSignal) => {
    const id = ++lastId;
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
      // A redirect would send signed bytes and credentials to a place that nobody configured.
      redirect: 'manual',
      signal,
    });
    const { status } = response;
    const answer = parseAnswer(await readBody(response));
    if (typeof answer.error?.message === 'string') {
      const code = typeof answer.error.code === 'number' ? answer.error.code : undefined;
      const text = answer.error.message;
      throw new RpcFault('answered', `${method}: the node answered "${redact(text)}" (code ${code})`, {
        status,
        code,
        remote: text,
      });
    }
    if (!response.ok) throw new RpcFault('http', `${method}: HTTP ${status}`, { status });
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
        const code = errorCode(error);
        throw UNSENT_CODES.includes(code ?? '')
          ? new RpcFault('unsent', `${method}: no connection (${code})`)
          : new RpcFault('unanswered', `${method}: the connection broke (${code ?? 'no reason given'})`);
      } finally {
        clearTimeout(timer);
        for (const source of sources) source.removeEventListener('abort', abort);
      }
    },
    close: () => closing.abort(),
  };
};
