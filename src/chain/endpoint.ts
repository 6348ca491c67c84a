import { ConfigurationError } from '../errors.ts';
import { createHttpPost, type HttpAnswer } from './http-post.ts';
import { createRedactor, decoded, type Redactor, redactUrl } from './redact.ts';
import { RpcFault } from './rpc-fault.ts';

export interface EndpointOptions {
  readonly rpcUrl: string;
  /** Limit for one request, its body included, in milliseconds. */
  readonly timeoutMs: number;
}

/** Where requests are posted to, whatever they ask. */
export interface Endpoint {
  /**
   * Posts once: nothing is retried at this level, because the caller may be moving money.
   * @throws RpcFault free of secrets, `unsent` or `unanswered`
   */
  post(body: string, signal?: AbortSignal): Promise<HttpAnswer>;
  /** Takes the endpoint's secrets out of what it answers. */
  readonly redact: Redactor;
  /** Ends what is in flight; later requests fail. */
  close(): void;
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

/**
 * Opens an endpoint without connecting.
 *
 * @throws ConfigurationError when the URL is none.
 */
export const createEndpoint = ({ rpcUrl, timeoutMs }: EndpointOptions): Endpoint => {
  const { url, headers, redact } = parseEndpoint(rpcUrl);
  const http = createHttpPost(url, headers);
  const closing = new AbortController();

  return {
    redact,
    async post(body, signal) {
      const attempt = new AbortController();
      const abort = () => attempt.abort();
      const sources = [closing.signal, ...(signal ? [signal] : [])];
      if (sources.some(({ aborted }) => aborted)) throw new RpcFault('unsent', 'aborted before it was sent');
      for (const source of sources) source.addEventListener('abort', abort);
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        abort();
      }, timeoutMs);
      try {
        return await http.send(body, attempt.signal);
      } catch (error) {
        if (timedOut) throw new RpcFault('unanswered', `no answer within ${timeoutMs} ms`);
        if (attempt.signal.aborted) throw new RpcFault('unanswered', 'aborted while in flight');
        throw isUnsent(error)
          ? new RpcFault('unsent', `no connection (${codeOf(error)})`)
          : new RpcFault('unanswered', `the connection broke (${codeOf(error)})`);
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
