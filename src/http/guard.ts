import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TrustedHosts } from '../trusted-hosts.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers whatever `Host` says: scrapers and probes use addresses that we do not know, and learn no secret. */
    readonly answersAnyHost?: boolean;
  }
}

/** On every answer, errors too: nothing is guessed from its content, nothing of it is kept, no foreign page embeds it. */
export const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
};

/** A target that names a server, too: `GET http://name/path`. That name counts more than `Host` (RFC 9112, 3.2.2). */
const ABSOLUTE_TARGET = /^https?:\/\/([^/?#]*)/i;

const UNCLEAR = 'send HTTP/1.1, one Host, and a path that begins with /';
const FOREIGN_HOST = 'foreign Host: loopback names are answered, others with --allow-host';
const FOREIGN_ORIGIN = 'foreign Origin: pages of this server may ask, others with --allow-host';

/** Refuses, before any body is read, what was not meant for this server; unknown routes included. */
export function addGuard(app: FastifyInstance, trusted: TrustedHosts): void {
  const refuse = (reply: FastifyReply, status: number, error: string) => reply.code(status).send({ error });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SAFE_HEADERS);
    const { host, origin } = request.headers;
    const names = namesOf(request);
    if (names === undefined) return refuse(reply, 400, UNCLEAR);
    if (!request.routeOptions.config.answersAnyHost && !names.every((name) => trusted.isHost(name))) {
      return refuse(reply, 403, FOREIGN_HOST);
    }
    if (origin !== undefined && !trusted.isOrigin(origin, host)) return refuse(reply, 403, FOREIGN_ORIGIN);
    return undefined;
  });
}

/**
 * Every name that the request gives to the server it means. `undefined` where that cannot be told: of two `Host` headers
 * Node shows the first, and a proxy before us may have gone by the second.
 */
function namesOf({ raw, headers: { host } }: FastifyRequest): readonly (string | undefined)[] | undefined {
  const { url = '', httpVersionMajor, headersDistinct } = raw;
  // Node takes the lines of HTTP/0.9 and HTTP/2.0, too, which are none.
  if (httpVersionMajor !== 1 || (headersDistinct['host']?.length ?? 0) > 1) return undefined;
  if (url.startsWith('/')) return [host];
  const [, target] = ABSOLUTE_TARGET.exec(url) ?? [];
  return target === undefined ? undefined : [host, target];
}
