import type { AddressInfo } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import { TrustedHosts } from '../trusted-hosts.ts';
import { addBodyRules, BODY_LIMIT } from './bodies.ts';
import { keepRoom } from './connections.ts';
import { addControlRoutes } from './control-routes.ts';
import { addFailures, answerBadUrl, answerClientError } from './failures.ts';
import { addGuard } from './guard.ts';
import { ListenError } from './listen-error.ts';
import { addHandler } from './mounted-handler.ts';
import { type ConnectionLimits, DEFAULT_LIMITS, type ServerOptions } from './options.ts';
import { addOutageRoutes } from './outage-routes.ts';
import { RoutesIndex } from './routes-index.ts';
import { addStateRoutes } from './state-routes.ts';
import { addXStateInspectRoutes } from './xstate-inspect-routes.ts';

export { ListenError } from './listen-error.ts';
export type { ServerOptions } from './options.ts';
export type { OutageControl } from './outage-routes.ts';
export type { XStateInspectTools } from './xstate-inspect-routes.ts';

/** Longest request line and headers that are read, together. Bytes. */
const HEADER_LIMIT = 16 * 1024;

/** A server that listens. */
export interface HttpServer {
  /** Where this machine reaches it. */
  readonly url: string;
  readonly port: number;
  /** Takes no more, lets answers that are on their way end, cuts what is left. May be called again. */
  close(): Promise<void>;
}

/**
 * Serves metrics, health and the breaker, and where asked for the operator's control of it and the outage switch of
 * `treasury dev`.
 *
 * What it holds against strangers: loopback unless told otherwise; a foreign `Host` or `Origin` is refused, so that no
 * web page reaches it through the browser of somebody on this machine; headers, bodies, times, connections and the
 * requests of each are bounded; no error text but its own leaves it.
 *
 * @throws ListenError when it cannot listen there, ConfigurationError when a name of `allowHosts` is none
 */
export async function startServer(options: ServerOptions): Promise<HttpServer> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const host = options.host ?? '127.0.0.1';
  const trusted = new TrustedHosts(options.allowHosts);
  const app = createApp(limits);
  const routes = new RoutesIndex(app);
  addGuard(app, trusted);
  addBodyRules(app);
  addFailures(app, routes, options.onError ?? (() => {}));
  app.get('/', async () => ({ service: 'treasury-breaker', routes: routes.names }));
  addStateRoutes(app, options);
  if (options.control !== undefined) addControlRoutes(app, options.control);
  if (options.inspect !== undefined) addHandler(app, '/inspect', options.inspect);
  if (options.xstateInspect !== undefined) addXStateInspectRoutes(app, options.xstateInspect);
  if (options.outage !== undefined) addOutageRoutes(app, options.outage);

  await listen(app, host, options.port);
  const { address, port, family } = app.server.address() as AddressInfo;
  return {
    url: `http://${reachable(address, family)}:${port}`,
    port,
    close: () => close(app, limits.closeGraceMs),
  };
}

function createApp(limits: ConnectionLimits): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionTimeout: limits.idleTimeoutMs,
    maxRequestsPerSocket: limits.maxRequestsPerConnection,
    http: {
      // What is the default may be changed by NODE_OPTIONS.
      maxHeaderSize: HEADER_LIMIT,
      insecureHTTPParser: false,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      // How often Node looks for those that are over: every 30 s unless told, which would be the real limit.
      connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
    },
    clientErrorHandler: answerClientError,
    frameworkErrors: answerBadUrl,
  });
  app.server.maxConnections = limits.maxConnections;
  keepRoom(app.server);
  return app;
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw new ListenError(host, port, error as NodeJS.ErrnoException);
  }
}

/** An address that stands for all of them is no address to go to. */
function reachable(address: string, family: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return family === 'IPv6' ? `[${address}]` : address;
}

/** Idle connections are ended at once; one that has never asked anything does not count as idle, hence the grace. */
async function close(app: FastifyInstance, graceMs: number): Promise<void> {
  const impatience = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(impatience);
  }
}
