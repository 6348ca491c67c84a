import { startRpcStub } from '../support/chain.ts';

interface Holding {
  /** Resolves when a call of this method may go on. */
  readonly pass: (method: string) => Promise<unknown>;
  /** Whether everybody is told to show credentials. */
  readonly refusesAccess?: () => boolean;
}

/** An endpoint in front of a chain that lets each call wait before the chain sees it. Whoever starts it closes it. */
export const startHeldRpc = (chainUrl: string, { pass, refusesAccess = () => false }: Holding) =>
  startRpcStub(async (_incoming, body, reply) => {
    const { method } = JSON.parse(body) as { method: string };
    await pass(method);
    if (refusesAccess()) return void reply.writeHead(401).end();
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(chainUrl, { method: 'POST', headers, body });
    reply.end(await answer.text());
  });
