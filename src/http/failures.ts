import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TOO_LARGE } from './bodies.ts';
import { SAFE_HEADERS } from './guard.ts';
import type { RoutesIndex } from './routes-index.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'the request cannot be read: a body has to be valid JSON, a URL well formed',
  413: TOO_LARGE.error,
  415: 'send the body as application/json',
};

/** A wrong request gets a fixed text, anything else no more than that it failed: what was thrown may hold secrets. */
export function addFailures(
  app: FastifyInstance,
  routes: RoutesIndex,
  onError: (error: unknown) => void,
): void {
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode >= 400 && statusCode < 500) return answerRefusal(statusCode, reply);
    onError(error);
    return reply.code(500).send({ error: 'internal error' });
  });
  app.setNotFoundHandler((request, reply) => {
    const methods = routes.methodsOf(request.url.split('?')[0] ?? '');
    if (methods.length === 0) return reply.code(404).send({ error: 'no such route: GET / names them' });
    const allow = methods.join(', ');
    return reply
      .code(405)
      .header('allow', allow)
      .send({ error: `this route takes ${allow}` });
  });
  app.server.on('checkExpectation', answerExpectation);
}

function answerRefusal(statusCode: number, reply: FastifyReply): FastifyReply {
  const error = MESSAGES[statusCode] ?? STATUS_CODES[statusCode] ?? 'refused';
  return reply.code(statusCode).send({ error });
}

/** `Expect` with anything but "100-continue": no hook runs, so the headers are set here. */
function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const headers = { ...SAFE_HEADERS, 'content-type': JSON_TYPE, connection: 'close' };
  response.writeHead(417, headers).end(JSON.stringify({ error: STATUS_CODES[417] }));
}

/** A URL that the router cannot decode: no hook has run, so the headers are set here. */
export function answerBadUrl(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  answerRefusal(400, reply.headers(SAFE_HEADERS));
}

/** Bytes that are no HTTP, headers that are too long or too slow: one answer by hand, and the connection ends. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const body = JSON.stringify({ error: STATUS_CODES[status] });
  const headers = {
    ...SAFE_HEADERS,
    'content-type': JSON_TYPE,
    'content-length': body.length,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable)
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  socket.destroy();
}
