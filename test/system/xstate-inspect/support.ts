import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { assign, createActor, setup } from 'xstate';
import { createInspector, type InspectorOptions } from '../../../src/inspect/index.ts';
import {
  createXStateInspectBridge,
  type XStateInspectOptions,
} from '../../../visualizations/xstate-inspect/index.ts';

/** What the package's receivers tell, parsed by the package: machines and states of XState 4. */
export interface Received {
  readonly type: 'service.register' | 'service.event' | 'service.state' | 'service.stop';
  readonly sessionId: string;
  readonly id?: string;
  readonly parent?: string;
  readonly machine?: V4Machine;
  readonly state?: V4State;
  readonly event?: {
    readonly name: string;
    readonly data: Readonly<Record<string, unknown>>;
    origin?: string;
  };
}

interface V4State {
  readonly value: unknown;
  readonly context: Readonly<Record<string, unknown>>;
  readonly done: boolean;
  readonly actions: readonly { readonly type: string }[];
}

interface V4Machine {
  readonly id: string;
  readonly stateIds: readonly string[];
  getStateNodeById(id: string): { readonly ownEvents: readonly string[] };
}

interface Receiver {
  send(command: object): void;
  subscribe(next: (event: Received) => void, error?: (error: unknown) => void): void;
}

/** The genuine package, as a tool has it. */
const { createWebSocketReceiver } = createRequire(
  new URL('../../../visualizations/xstate-inspect/index.ts', import.meta.url),
)('@xstate/inspect') as { createWebSocketReceiver(options: { server: string }): Receiver };

export const TOKEN = 'a-token-of-the-tests';

/** A lamp that counts, burns out after a minute, and has something to hide. */
export const lampMachine = setup({
  types: {} as {
    context: { switched: number; note: string; secret: string };
    events:
      | { type: 'SWITCH'; by?: string; pin?: string }
      | { type: 'BREAK' }
      | { type: 'NOTE'; text: string };
  },
  guards: { isWorn: ({ context }) => context.switched > 9 },
  actions: {
    count: assign({ switched: ({ context }) => context.switched + 1 }),
    write: assign({ note: ({ context, event }) => (event.type === 'NOTE' ? event.text : context.note) }),
  },
  delays: { life: 60_000 },
}).createMachine({
  id: 'lamp',
  context: { switched: 0, note: '', secret: 'a-secret-of-the-lamp' },
  initial: 'off',
  on: { NOTE: { actions: 'write' } },
  states: {
    off: {
      on: {
        SWITCH: [
          { guard: 'isWorn', target: 'broken' },
          { target: 'on', actions: 'count' },
        ],
      },
    },
    on: { on: { SWITCH: 'off', BREAK: 'broken' }, after: { life: 'broken' } },
    broken: { type: 'final' },
  },
});

export const LAMP_VIEW: NonNullable<InspectorOptions['machines']> = {
  lamp: { delays: { life: 60_000 }, show: { context: ['switched', 'note'], events: { SWITCH: ['by'] } } },
};

export type Bridging = Partial<Omit<XStateInspectOptions, 'inspector'>> & Pick<InspectorOptions, 'machines'>;

/** An inspector, its bridge and a real server, until the test ends. */
export async function bridged({ machines = LAMP_VIEW, ...options }: Bridging = {}) {
  const inspector = createInspector({ machines });
  const refused: string[] = [];
  const errors: unknown[] = [];
  const bridge = createXStateInspectBridge({
    inspector,
    onRefused: (text) => refused.push(text),
    onError: (error) => errors.push(error),
    ...options,
  });
  const server = createServer(bridge.handler);
  server.on('upgrade', (request, socket, head) => bridge.upgrade(request, socket, head) || socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  onTestFinished(() => {
    bridge.stop();
    inspector.stop();
    server.closeAllConnections();
    server.close();
  });
  return {
    inspector,
    bridge,
    server,
    refused,
    errors,
    host,
    lamp: (id: string) => createActor(lampMachine, { id, inspect: inspector.inspect }).start(),
    /** The package's own receiver, connected. */
    receive: (query = '') => receive(`${host}/xstate-inspect${query}`),
    open: (path = '/xstate-inspect', headers: Readonly<Record<string, string>> = {}) =>
      openSocket(`ws://${host}${path}`, headers),
  };
}

/** Waits for what has not come yet. */
class Awaiter {
  readonly #waiting = new Set<() => void>();

  tell(): void {
    for (const look of this.#waiting) look();
  }

  until(isMet: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isMet()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** Connects the package's own receiver. */
export function receive(server: string) {
  const receiver = createWebSocketReceiver({ server });
  const received: Received[] = [];
  const errors: unknown[] = [];
  const awaiter = new Awaiter();
  receiver.subscribe(
    (event) => {
      received.push(event.state === undefined ? event : { ...event, state: plain(event.state) });
      awaiter.tell();
    },
    (error) => {
      errors.push(error);
      awaiter.tell();
    },
  );
  const registered = (id: string) => received.findLast((event) => event.id === id);
  const of = (id: string) => {
    const sessionId = registered(id)?.sessionId;
    return received.filter((event) => event.sessionId === sessionId);
  };
  return {
    received,
    errors,
    registered,
    of,
    until: (isMet: () => boolean) => awaiter.until(isMet),
    untilRegistered: async (id: string): Promise<Received> => {
      await awaiter.until(() => registered(id) !== undefined);
      return registered(id) as Received;
    },
    /** What it is in, as it was told last. */
    valueOf: (id: string) => of(id).findLast(({ state }) => state !== undefined)?.state?.value,
    /** As the package's viewer sends an event. */
    send: (sessionId: string, data: { readonly type: string; readonly [field: string]: unknown }) => {
      const event = { name: data.type, data, $$type: 'scxml', type: 'external', origin: sessionId };
      receiver.send({ type: 'xstate.event', event: JSON.stringify(event), service: sessionId });
    },
  };
}

/** Without what XState 4 derives from a configuration, which does not come over the wire. */
const plain = ({ value, context, done, actions }: V4State): V4State => ({ value, context, done, actions });

/** What was told of a service, one text each. */
export const textsOf = (received: readonly Received[]): readonly string[] =>
  received.map(({ type, event, state }) => {
    const kind = type.slice('service.'.length);
    if (kind === 'event') return `event ${event?.name}`;
    return kind === 'stop' ? kind : `${kind} ${JSON.stringify(state?.value)}`;
  });

/** A socket without the package, for what no tool does. */
function openSocket(url: string, headers: Readonly<Record<string, string>>) {
  // Node's own takes headers, which a browser's does not.
  const socket = new WebSocket(url, { headers } as never);
  const messages: string[] = [];
  const awaiter = new Awaiter();
  let closed: CloseEvent | undefined;
  socket.addEventListener('message', ({ data }) => {
    messages.push(String(data));
    awaiter.tell();
  });
  socket.addEventListener('close', (event) => {
    closed = event as CloseEvent;
    awaiter.tell();
  });
  socket.addEventListener('error', () => {});
  const opened = new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true));
    socket.addEventListener('close', () => resolve(false));
  });
  return {
    socket,
    opened,
    messages,
    send: (data: string | Uint8Array) => socket.send(data as string),
    until: (isMet: () => boolean) => awaiter.until(isMet),
    closed: async (): Promise<{ readonly code: number; readonly reason: string }> => {
      await awaiter.until(() => closed !== undefined);
      return { code: closed?.code ?? 0, reason: closed?.reason ?? '' };
    },
  };
}

/** Asks for a socket byte by byte, as `Host` cannot be chosen otherwise. The status line, and the connection. */
export async function handshake(server: string, host = server) {
  const [hostname = '', port = ''] = server.split(':');
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  socket.write(
    `GET /xstate-inspect HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return { socket, status: Number(answer.toString().split(' ')[1]) };
}

interface CloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
}
