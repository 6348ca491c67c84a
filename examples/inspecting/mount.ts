import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { createInspector } from '../../src/inspect/index.ts';

const inspector = createInspector({ base: '/ops/charts' });

// node:http, beside routes of yours. `next` is called for what is not beneath the base.
const server = createServer((request, response) => {
  inspector.handler(request, response, () => response.end('mine'));
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));

// Fastify: hand over the bare request, and say that the answer is taken care of.
const app = fastify();
app.get('/', async () => 'mine');
for (const path of ['/ops/charts', '/ops/charts/*']) {
  app.all(path, (request, reply) => {
    reply.hijack();
    inspector.handler(request.raw, reply.raw);
  });
}
await app.listen({ port: 0, host: '127.0.0.1' });

for (const { address, port } of [server.address(), app.server.address()] as AddressInfo[]) {
  const statuses: number[] = [];
  for (const path of ['/', '/ops/charts', '/ops/charts/assets/chart.css', '/ops/charts/nothing']) {
    statuses.push((await fetch(`http://${address}:${port}${path}`)).status);
  }
  console.log(...statuses);
}

inspector.stop();
server.close();
server.closeAllConnections();
await app.close();
