import type { FastifyInstance } from 'fastify';
import type { TrustedHosts } from '../trusted-hosts.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers whatever `Host` says: scrapers and probes use addresses that we do not know, and learn no secret. */
    readonly answersAnyHost?: boolean;
  }
}

/** On every answer, errors too: nothing is guessed from its content, and nothing of it is kept. */
export const SAFE_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

/** Refuses with 403, before any body is read, what was not meant for this server; unknown routes included. */
export function addGuard(app: FastifyInstance, trusted: TrustedHosts): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SAFE_HEADERS);
    const { host, origin } = request.headers;
    if (!request.routeOptions.config.answersAnyHost && !trusted.isHost(host)) {
      return reply
        .code(403)
        .send({ error: 'foreign Host: loopback names are answered, others with --allow-host' });
    }
    if (origin !== undefined && !trusted.isOrigin(origin, host)) {
      return reply
        .code(403)
        .send({ error: 'foreign Origin: pages of this server may ask, others with --allow-host' });
    }
  });
}
