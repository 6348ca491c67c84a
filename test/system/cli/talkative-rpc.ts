import type { IncomingMessage } from 'node:http';
import { startRpcStub } from '../../support/chain.ts';

/**
 * What it does with a request:
 * - `forward`: the chain answers.
 * - `blame`: a submission is refused for its own sake; the chain answers everything else.
 * - `quote`: an error of JSON-RPC.
 * - `unavailable`, `forbid`: HTTP 503 and 401.
 * - `cut`: the connection ends.
 */
export type Mood = 'forward' | 'blame' | 'quote' | 'unavailable' | 'forbid' | 'cut';

/**
 * An endpoint in front of a chain whose every error repeats all that it was sent: the account, as it came and decoded,
 * the path with its query, and the body. Whoever starts it closes it.
 */
export async function startTalkativeRpc(chainUrl: string) {
  const rpc = { mood: 'forward' as Mood, lastRequest: '' };
  const stub = await startRpcStub(async (incoming, body, reply) => {
    const calls = [JSON.parse(body)].flat();
    const quote = quoteOf(incoming, body);
    rpc.lastRequest = quote;
    const fail = (message: string) => {
      const answers = calls.map(({ id }) => ({ jsonrpc: '2.0', id, error: { code: -32_000, message } }));
      reply.end(JSON.stringify(calls.length === 1 ? answers[0] : answers));
    };
    if (rpc.mood === 'cut') incoming.socket.destroy();
    else if (rpc.mood === 'quote') fail(quote);
    else if (rpc.mood === 'blame' && calls.some(({ method }) => method === 'eth_sendRawTransaction'))
      fail(`intrinsic gas too low: ${quote}`);
    else if (rpc.mood === 'forward' || rpc.mood === 'blame') reply.end(await forward(chainUrl, body));
    else reply.writeHead(rpc.mood === 'forbid' ? 401 : 503).end(`<h1>${quote}</h1>`);
  });
  return Object.assign(rpc, { url: stub.url, close: () => stub.close() });
}

async function forward(chainUrl: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(chainUrl, { method: 'POST', body, headers })).text();
}

function quoteOf({ url = '', headers: { authorization = '' } }: IncomingMessage, body: string): string {
  const account = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
  return `no access for ${account} (${authorization}) at ${url}: ${body}`;
}
