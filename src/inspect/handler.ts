import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TokenCheck } from '../bearer-token.ts';
import type { TrustedHosts } from '../trusted-hosts.ts';
import { type Answer, failure, json, pathOf, send } from './answer.ts';
import type { Drawings } from './drawings.ts';
import type { Feed } from './feed.ts';
import type { MachineBook } from './machine-book.ts';
import type { DisbursementSource, InspectorHandler } from './options.ts';
import type { PageFiles } from './page-files.ts';
import type { ChartPicture, PageConfig } from './protocol.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** What the handler serves. */
export interface Served {
  readonly config: PageConfig;
  readonly files: PageFiles;
  readonly feed: Feed;
  readonly machines: MachineBook;
  readonly drawings: Drawings;
  readonly disbursements: DisbursementSource | undefined;
  readonly trusted: TrustedHosts;
  /** Absent: nobody is asked for a token. */
  readonly isAllowed: TokenCheck | undefined;
  readonly maxClients: number;
  readonly onError: (error: unknown) => void;
}

const NOT_FOUND = failure(404, 'the inspector has no such page');

/**
 * The inspector's routes as a plain request handler. All of them only look.
 *
 * A request with a foreign `Host` or `Origin` is refused, so that no page of the internet reaches a feed through the
 * browser of somebody on this machine.
 */
export function createHandler(served: Served): InspectorHandler {
  const { base } = served.config;
  return (request, response, next) => {
    const path = pathOf(request);
    if (path !== base && !path.startsWith(`${base}/`)) {
      if (next !== undefined) return next();
      return send(request, response, NOT_FOUND);
    }
    // The connection may break while the answer is made; nobody is there to hear of it then.
    response.on('error', () => {});
    answer(served, request, response, path.slice(base.length)).catch((error) => {
      served.onError(error);
      if (response.headersSent) response.destroy();
      else send(request, response, failure(500, 'internal error'));
    });
  };
}

async function answer(
  served: Served,
  request: IncomingMessage,
  response: ServerResponse,
  route: string,
): Promise<void> {
  const refusal = refusalOf(served, request, route);
  if (refusal !== undefined) return send(request, response, refusal);
  if (route === '/feed') return openFeed(served, request, response);
  send(request, response, await look(served, route));
}

function refusalOf(
  { trusted, isAllowed }: Served,
  request: IncomingMessage,
  route: string,
): Answer | undefined {
  const { host, origin, authorization } = request.headers;
  if (!trusted.isHost(host))
    return failure(403, 'foreign Host: loopback names are answered, others when allowed');
  if (origin !== undefined && !trusted.isOrigin(origin, host)) {
    return failure(403, 'foreign Origin: pages of this server may ask, others when allowed');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return failure(405, 'the inspector only looks', { allow: 'GET, HEAD' });
  }
  const isOpen = route === '' || route === '/' || route.startsWith('/assets/');
  if (isOpen || isAllowed === undefined || isAllowed(authorization)) return undefined;
  return failure(401, 'the token is asked for', { 'www-authenticate': 'Bearer' });
}

function openFeed(served: Served, request: IncomingMessage, response: ServerResponse): void {
  if (served.feed.isStopped) {
    send(request, response, failure(503, 'the inspector was stopped'));
    return;
  }
  if (served.feed.clients >= served.maxClients) {
    const busy = failure(503, `${served.maxClients} pages are open, which is all that may be`, {
      'retry-after': '10',
    });
    send(request, response, busy);
    return;
  }
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  // So that its end is the end of the connection, which else might hold the process for a while.
  response.setHeader('connection', 'close');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const last = request.headers['last-event-id'];
  served.feed.add(response, typeof last === 'string' ? last : undefined);
}

async function look(served: Served, route: string): Promise<Answer> {
  if (route === '' || route === '/') return pageAnswer(served, route);
  const [, section, name, ...rest] = route.split('/').map(decoded);
  if (rest.length > 0) return NOT_FOUND;
  if (section === 'assets') return assetAnswer(served, name ?? '');
  if (section === 'charts') return chartAnswer(served, name ?? '');
  if (section === 'disbursements') return disbursementAnswer(served.disbursements, name);
  return NOT_FOUND;
}

/** What cannot be decoded names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

async function pageAnswer({ config, files }: Served, route: string): Promise<Answer> {
  if (route === '/') return { status: 308, type: 'text/plain', text: '', headers: { location: config.base } };
  const { base, title } = config;
  return { status: 200, ...(await files.page({ base, title, config: JSON.stringify(config) })) };
}

async function assetAnswer({ files }: Served, name: string): Promise<Answer> {
  const file = await files.asset(name);
  return file === undefined ? NOT_FOUND : { status: 200, ...file };
}

async function chartAnswer({ machines, drawings }: Served, name: string): Promise<Answer> {
  const chart = machines.chart(name);
  if (chart === undefined) return failure(404, 'no machine with this chart was seen');
  try {
    const picture: ChartPicture = { chart: name, svg: await drawings.svg(name, chart) };
    return json(picture);
  } catch (error) {
    return failure(501, error instanceof Error ? error.message : 'the chart could not be drawn');
  }
}

async function disbursementAnswer(
  source: DisbursementSource | undefined,
  id: string | undefined,
): Promise<Answer> {
  if (source === undefined) return NOT_FOUND;
  if (id === undefined || id === '') return json(await source.overview());
  const found = await source.find(id);
  return found === undefined ? failure(404, 'no disbursement has this id') : json(found);
}
