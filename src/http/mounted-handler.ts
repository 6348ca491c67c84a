import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** A handler that answers everything beneath its base by itself. */
export type InspectHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** `base` and everything beneath it. The guard has seen the request before. */
export function addHandler(app: FastifyInstance, base: string, handler: InspectHandler): void {
  for (const url of [base, `${base}/*`]) {
    app.get(url, (request, reply) => {
      reply.hijack();
      handler(request.raw, reply.raw);
    });
  }
}
