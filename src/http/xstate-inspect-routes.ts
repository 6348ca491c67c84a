import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { addHandler, type InspectHandler } from './mounted-handler.ts';

/** A page and a socket for tools, which ask for their own token. */
export interface XStateInspectTools {
  readonly handler: InspectHandler;
  /** `false`: the request means something else. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
}

const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

/** `/xstate-inspect`, the page and the socket. The latter does not come by the guard: it has one of its own. */
export function addXStateInspectRoutes(app: FastifyInstance, { handler, upgrade }: XStateInspectTools): void {
  addHandler(app, '/xstate-inspect', handler);
  app.server.on('upgrade', (request, socket, head) => {
    if (upgrade(request, socket, head)) return;
    socket.on('error', () => {});
    // No limit of time holds for it any more: ended by us alone, it would stay until the other side ends it, too.
    socket.end(NOT_FOUND, () => socket.destroy());
  });
}
