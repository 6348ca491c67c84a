import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Largest body that is read. Bytes. */
export const BODY_LIMIT = 16 * 1024;

/** A body that is not read. */
interface Refusal {
  readonly status: number;
  readonly error: string;
}

export const TOO_LARGE: Refusal = { status: 413, error: `the body is larger than ${BODY_LIMIT} bytes` };
const CODED: Refusal = { status: 415, error: 'send the body as it is, without a Content-Encoding' };
const UNEXPECTED: Refusal = { status: 400, error: 'a body is not expected with this method' };

/** Methods whose body nobody reads. One of unknown length would be taken in for as long as a request may last. */
const BODILESS: readonly string[] = ['GET', 'HEAD', 'TRACE'];

/**
 * JSON only, in UTF-8, uncompressed, and at most 16 KiB of it; a form or plain text is what a foreign page can send
 * without asking the browser first. What is refused is refused before a byte of it is read, and before a client that
 * waits for "100 Continue" sends it, but after those who may not ask at all.
 */
export function addBodyRules(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    // Decoded loosely it would be stored as something that nobody sent.
    if (!isUtf8(body)) done(Object.assign(new Error('no UTF-8'), { statusCode: 400 }));
    else parse(request, body.toString('utf8'), done);
  });

  app.addHook('preParsing', async (request, reply) => {
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      const { status, error } = refusal;
      return reply.code(status).header('connection', 'close').send({ error });
    }
    if (isWaiting(request)) reply.raw.writeContinue();
    return undefined;
  });

  app.server.on('checkContinue', (request, response) => app.routing(request, response));
}

function refusalOf({ method, headers }: FastifyRequest): Refusal | undefined {
  if (Number(headers['content-length'] ?? 0) > BODY_LIMIT) return TOO_LARGE;
  if (headers['content-encoding'] !== undefined) return CODED;
  if (BODILESS.includes(method) && headers['transfer-encoding'] !== undefined) return UNEXPECTED;
  return undefined;
}

/** Any other expectation has been refused before. */
const isWaiting = ({ headers, raw }: FastifyRequest): boolean =>
  headers['expect'] !== undefined && raw.httpVersion === '1.1';
