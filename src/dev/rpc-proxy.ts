import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/**
 * How the proxy fails:
 * - `refuse`: nothing listens, and open connections are cut.
 * - `hang`: requests are taken and never answered.
 * - `unavailable`: HTTP 503.
 * - `dropReply`: the chain gets the request and does its work; the connection is cut instead of answering.
 */
export type OutageMode = 'refuse' | 'hang' | 'unavailable' | 'dropReply';

export interface RpcProxy {
  /** Stays the same through every outage. */
  readonly url: string;
  /** The outage that is on. */
  readonly outage: OutageMode | undefined;
  /** Requests that the chain was given so far. */
  readonly forwarded: number;
  /** Switches an outage on, or off with `undefined`; done when the promise is. Requests in flight end in the old mode, except by `refuse`. */
  setOutage(mode: OutageMode | undefined): Promise<void>;
  /** Ends everything, hanging connections too. */
  close(): Promise<void>;
}

/** What becomes of one call. */
export interface CallFate {
  /** The chain does its work, and the connection is cut instead of answering: `dropReply` for one call. */
  readonly losesReply?: boolean;
  /** Called when the call has ended, perhaps twice. */
  ended(): void;
}

interface RpcProxyOptions {
  /** The chain's http URL. */
  readonly target: string;
  /** 0 picks a free one. @defaultValue 0 */
  readonly port?: number;
  /** Hears of every call that arrives, in an outage too, by its method, and may decide its fate. */
  readonly onCall?: (method: string, params: unknown) => CallFate;
}

const HOST = '127.0.0.1';

const listen = async (server: Server, port: number): Promise<number> => {
  server.listen(port, HOST);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

const hangUp = async (server: Server, sockets: Iterable<Socket>): Promise<void> => {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
};

/** A call, or all calls of a batch. */
const callsIn = (body: string): readonly { readonly method?: unknown; readonly params?: unknown }[] => {
  try {
    return [JSON.parse(body)].flat();
  } catch {
    return [{ method: 'unreadable' }];
  }
};

/**
 * Tells of the calls of a request once all of it has arrived: before the chain has its end, and so before any answer of
 * the chain. The result says whether its reply is to be lost, which it is for all calls of a batch if it is for one.
 */
const tellOf = (
  onCall: NonNullable<RpcProxyOptions['onCall']>,
  incoming: IncomingMessage,
  reply: ServerResponse,
): (() => boolean) => {
  const chunks: Buffer[] = [];
  let losesReply = false;
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.once('end', () => {
    const calls = callsIn(Buffer.concat(chunks).toString());
    const fates = calls.map(({ method, params }) => onCall(String(method), params));
    losesReply = fates.some((fate) => fate.losesReply);
    const ended = () => {
      for (const fate of fates) fate.ended();
    };
    if (reply.writableFinished || reply.closed) ended();
    else for (const end of ['finish', 'close']) reply.once(end, ended);
  });
  return () => losesReply;
};

/**
 * Starts a proxy on loopback in front of a chain whose outage can be switched on and off, for drills and tests.
 *
 * Modes: it forwards until an outage is set; `refuse` closes the listener and opens it again on the same port.
 */
export const startRpcProxy = async ({ target, port = 0, onCall }: RpcProxyOptions): Promise<RpcProxy> => {
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set<Socket>();
  let outage: OutageMode | undefined;
  let forwarded = 0;

  const forward = (incoming: IncomingMessage, reply: ServerResponse, answers: () => boolean): void => {
    forwarded += 1;
    const { connection: _, host: __, ...headers } = incoming.headers;
    const upstream = httpRequest(target, { method: incoming.method ?? 'POST', headers, agent });
    upstream.on('response', (response) => {
      if (answers()) {
        reply.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(reply);
        response.on('error', () => reply.destroy());
      } else {
        // To its end: the chain has surely done its work then.
        response.resume().on('close', () => incoming.socket.destroy());
      }
    });
    upstream.on('error', () => incoming.socket.destroy());
    reply.on('close', () => {
      if (!reply.writableFinished && answers()) upstream.destroy();
    });
    incoming.on('close', () => {
      if (!incoming.complete) upstream.destroy();
    });
    incoming.pipe(upstream);
  };

  const server = createServer((incoming, reply) => {
    const losesReply = onCall === undefined ? () => false : tellOf(onCall, incoming, reply);
    const isAnswered = outage !== 'dropReply';
    if (outage === 'hang') return void incoming.resume();
    if (outage === 'unavailable') return void reply.writeHead(503).end();
    forward(incoming, reply, () => isAnswered && !losesReply());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const boundPort = await listen(server, port);

  // One switch at a time: listener and mode must not part when two are asked for at once.
  let switching = Promise.resolve();
  const inTurn = (step: () => Promise<void>): Promise<void> => {
    const turn = switching.then(step);
    switching = turn.catch(() => undefined);
    return turn;
  };

  return {
    url: `http://${HOST}:${boundPort}`,
    get outage() {
      return outage;
    },
    get forwarded() {
      return forwarded;
    },
    setOutage: (mode) =>
      inTurn(async () => {
        if (mode === 'refuse') await hangUp(server, sockets);
        else if (!server.listening) await listen(server, boundPort);
        outage = mode;
      }),
    close: () =>
      inTurn(async () => {
        await hangUp(server, sockets);
        agent.destroy();
      }),
  };
};
