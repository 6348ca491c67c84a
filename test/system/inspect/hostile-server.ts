import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { assign, createActor, setup } from 'xstate';
import { createInspector } from '../../../src/inspect/index.ts';

// A server that is inspected, in a process of its own so that its memory and its event loop are nobody else's.

/** What the test tells this process. */
export type Order =
  | { readonly type: 'begin'; readonly eventsPerSecond: number }
  | { readonly type: 'end' }
  | { readonly type: 'measure' };

/** What it answers to `measure`, and once when it listens. */
export interface Measured {
  readonly port: number;
  /** Bytes, after garbage was collected. */
  readonly heapUsed: number;
  readonly clients: number;
  readonly connections: number;
  /** Most bytes that ever waited for one connection in this process, the kernel's apart. */
  readonly mostWaiting: number;
  /** Connections for which something ever waited. */
  readonly full: number;
  readonly sent: number;
  /** Milliseconds. */
  readonly loopDelay: { readonly p50: number; readonly p99: number; readonly max: number };
}

const HISTORY = 20_000;
const TEXT = 'x'.repeat(450);

const inspector = createInspector({
  history: HISTORY,
  maxClients: 100,
  machines: { busy: { show: { context: ['n', 'text'], events: { '*': ['text'] } } } },
});
const busy = setup({
  types: {} as { context: { n: number; text: string }; events: { type: 'X'; text: string } },
  actions: {
    count: assign(({ context, event }) => ({ n: context.n + 1, text: `${event.text} ${context.n}` })),
  },
}).createMachine({ id: 'busy', context: { n: 0, text: '' }, on: { X: { actions: 'count' } } });
const actor = createActor(busy, { id: 'busy', inspect: inspector.inspect }).start();

let sent = 0;
function send(times: number): void {
  for (let i = 0; i < times; i += 1) actor.send({ type: 'X', text: TEXT });
  sent += times;
}

const sockets = new Set<Socket>();
const full = new WeakSet<Socket>();
const watermarks = { mostWaiting: 0, full: 0 };
const responses = new WeakMap<Socket, ServerResponse>();
const server = createServer((request, response) => {
  responses.set(request.socket, response);
  inspector.handler(request, response);
});
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
});

function watchSockets(): void {
  for (const socket of sockets) {
    const waiting = socket.writableLength + (responses.get(socket)?.writableLength ?? 0);
    watermarks.mostWaiting = Math.max(watermarks.mostWaiting, waiting);
    if (waiting === 0 || full.has(socket)) continue;
    full.add(socket);
    watermarks.full += 1;
  }
}

const loop = monitorEventLoopDelay({ resolution: 1 });
let timer: NodeJS.Timeout | undefined;

function begin(eventsPerSecond: number): void {
  loop.enable();
  loop.reset();
  const start = performance.now();
  const before = sent;
  timer = setInterval(() => {
    send(Math.floor(((performance.now() - start) / 1_000) * eventsPerSecond) - (sent - before));
    watchSockets();
  }, 5);
}

function measure(): Measured {
  clearInterval(timer);
  loop.disable();
  globalThis.gc?.();
  globalThis.gc?.();
  const ms = (nanoseconds: number) => Math.round(nanoseconds / 1e4) / 100;
  return {
    port: (server.address() as AddressInfo).port,
    heapUsed: process.memoryUsage().heapUsed,
    clients: inspector.clients,
    connections: sockets.size,
    ...watermarks,
    sent,
    loopDelay: { p50: ms(loop.percentile(50)), p99: ms(loop.percentile(99)), max: ms(loop.max) },
  };
}

process.on('message', (order: Order) => {
  if (order.type === 'begin') begin(order.eventsPerSecond);
  else if (order.type === 'measure') process.send?.(measure());
  else process.exit(0);
});

// The history is full from the beginning, so that it is not what grows.
send(HISTORY);
server.listen(0, '127.0.0.1', () => process.send?.(measure()));
