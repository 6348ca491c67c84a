import {
  type AgentOptions,
  globalAgent,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';

export interface HttpAnswer {
  readonly status: number;
  /** `undefined`: it was larger than anything that we ask for. */
  readonly body: string | undefined;
}

/** Posts to one URL over connections that are kept. */
export interface HttpPost {
  /** One request, once; redirects are not followed. Rejects with what broke it, or when the signal aborts. */
  send(body: string, signal: AbortSignal): Promise<HttpAnswer>;
  /** Ends what is in flight, and closes every connection. */
  close(): void;
}

// Larger than what we ask for: a block with its transaction hashes is below 1 MB, with its transactions rarely above 5.
const LARGEST_BODY_BYTES = 8 * 1024 * 1024;

// A server that closes an idle connection just as we send on it leaves us not knowing whether it had the request. So
// connections are dropped before servers do: Node's own wait 5 s, and those that tell how long they wait are believed.
const IDLE_MS = 4_000;
const BEFORE_THE_SERVER_MS = 2_000;

// How many there are at once is not limited: a submission waits behind no question that hangs.
const AGENT_OPTIONS = {
  keepAlive: true,
  timeout: IDLE_MS,
  agentKeepAliveTimeoutBuffer: BEFORE_THE_SERVER_MS,
  // Node's own agent has one where NODE_USE_ENV_PROXY asks for it. Its options are documented, and not typed.
  proxyEnv: (globalAgent as unknown as { readonly options: AgentOptions }).options.proxyEnv,
};

const readBody = (response: IncomingMessage, settle: (body: string | undefined) => void): void => {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    if (size <= LARGEST_BODY_BYTES) return void chunks.push(chunk);
    settle(undefined);
    response.destroy();
  });
  response.on('end', () => settle(Buffer.concat(chunks).toString('utf8')));
};

/**
 * Our own few lines over `node:http`: `fetch` takes twice the processor time for a request of this size, which is most
 * of what a payment costs us. Nothing is sent twice here: a connection that breaks is the caller's to judge.
 */
export const createHttpPost = (url: URL, headers: Readonly<Record<string, string>>): HttpPost => {
  const isHttps = url.protocol === 'https:';
  const agent = isHttps ? new HttpsAgent(AGENT_OPTIONS) : new HttpAgent(AGENT_OPTIONS);
  const begin = isHttps ? httpsRequest : httpRequest;
  const target = { ...urlToHttpOptions(url), method: 'POST', agent };

  return {
    send: (body, signal) =>
      new Promise((resolve, reject) => {
        const outgoing = begin({
          ...target,
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        });
        const abort = () => {
          fail(new Error('aborted'));
          outgoing.destroy();
        };
        const end = () => signal.removeEventListener('abort', abort);
        const fail = (error: Error) => {
          end();
          reject(error);
        };
        signal.addEventListener('abort', abort);
        outgoing.on('error', fail);
        outgoing.on('response', (response) => {
          response.on('error', fail);
          readBody(response, (text) => {
            end();
            resolve({ status: response.statusCode ?? 0, body: text });
          });
        });
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
};
