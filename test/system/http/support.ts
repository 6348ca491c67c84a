import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import type { ServerOptions } from '../../../src/http/server.ts';
import { startServer } from '../../../src/http/server.ts';
import { createCircuitBreaker, type TreasuryExecutorSnapshot } from '../../../src/index.ts';
import { registerBreakerMetrics } from '../../../src/telemetry/index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: () => unknown;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** By node:http, which unlike fetch sends any Host and Origin that it is told to. */
const ask = async (url: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> => {
  const outgoing = request(url, { method, headers, agent: false });
  const answered = once(outgoing, 'response');
  outgoing.on('error', () => {}); // a server that has answered may cut a body that is still being sent
  outgoing.end(body);
  const [response] = await answered;
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text) };
};

/** Sends bytes as they are, and gives everything that comes back until the server ends the connection. */
export const sendRaw = async (port: number, bytes: string | Uint8Array): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {}); // a reset is an end, too
  const closed = once(socket, 'close');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(bytes);
  await closed;
  return answer;
};

type Shown = { -readonly [Name in 'state' | 'lastTickAt']: TreasuryExecutorSnapshot[Name] };

/** A server with a real breaker on a simulated clock; closed when the test ends. */
export const startTestServer = async (more: Partial<ServerOptions> = {}) => {
  const clock = Object.assign(new SimulatedClock(), { wallNow: () => 1_700_000_000_000 + clock.now() });
  const breaker = createCircuitBreaker({ clock, policy: { failureThreshold: 2 } });
  const registry = new Registry();
  registerBreakerMetrics(registry, breaker);
  const shown: Shown = { state: 'waiting', lastTickAt: clock.wallNow() };
  const errors: unknown[] = [];
  const server = await startServer({
    port: 0,
    registry,
    breaker: () => breaker,
    executor: { snapshot: shown as TreasuryExecutorSnapshot },
    probeStore: async () => {},
    wallNow: clock.wallNow,
    onError: (error) => errors.push(error),
    ...more,
  });
  onTestFinished(() => server.close());
  return {
    ...server,
    clock,
    breaker,
    registry,
    shown,
    errors,
    ask: (path: string, asking?: Asking) => ask(server.url + path, asking),
    open: () => {
      breaker.recordFailure();
      breaker.recordFailure();
    },
  };
};

/** An outage switch that does nothing but remember. */
export const anOutage = () => ({
  status: { mode: null as string | null, endsInMs: null as number | null },
  async begin(mode: string, durationMs: number) {
    this.status = { mode, endsInMs: durationMs };
  },
  async lift() {
    this.status = { mode: null, endsInMs: null };
  },
});
