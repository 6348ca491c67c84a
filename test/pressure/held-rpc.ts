import { startRpcStub } from '../support/chain.ts';

interface Holding {
  /** Resolves when a call of this method may go on. */
  readonly pass: (method: string) => Promise<unknown>;
  /** What waits: the call, which the chain has not seen then, or the answer of a chain that has done its work. */
  readonly holds: 'calls' | 'answers';
  /** Whether everybody is told to show credentials. */
  readonly refusesAccess?: () => boolean;
}

/** An endpoint in front of a chain that lets each call, or each answer, wait. Whoever starts it closes it. */
export const startHeldRpc = (chainUrl: string, { pass, holds, refusesAccess = () => false }: Holding) =>
  startRpcStub(async (_incoming, body, reply) => {
    const { method } = JSON.parse(body) as { method: string };
    if (holds === 'calls') await pass(method);
    if (refusesAccess()) return void reply.writeHead(401).end();
    const headers = { 'content-type': 'application/json' };
    const answer = await (await fetch(chainUrl, { method: 'POST', headers, body })).text();
    if (holds === 'answers') await pass(method);
    reply.end(answer);
  });
