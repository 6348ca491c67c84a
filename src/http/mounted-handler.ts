import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** A handler that answers everything beneath `/inspect` by itself. */
export type InspectHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** `/inspect` and what its page asks for. The guard has seen the request before. */
export function addInspectRoutes(app: FastifyInstance, handler: InspectHandler): void {
  for (const url of ['/inspect', '/inspect/*']) {
    app.get(url, (request, reply) => {
      reply.hijack();
      handler(request.raw, reply.raw);
    });
  }
}
