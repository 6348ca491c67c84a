import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createCircuitBreaker } from '../../../src/index.ts';
import { createInspector, type InspectorOptions } from '../../../src/inspect/index.ts';

/** An inspector on a real socket, with one breaker that it watches. All of it ends with the test. */
export async function serveBreaker(options: InspectorOptions = {}) {
  const errors: unknown[] = [];
  const inspector = createInspector({ onError: (error) => errors.push(error), ...options });
  const breaker = createCircuitBreaker({
    name: 'rates',
    policy: { failureThreshold: 2 },
    inspect: inspector.inspect,
  });
  inspector.attach(breaker);
  const server = createServer(inspector.handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    breaker.stop();
    inspector.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const base = options.base ?? '/inspect';
  return { inspector, breaker, server, errors, port, url: `http://127.0.0.1:${port}${base}` };
}
