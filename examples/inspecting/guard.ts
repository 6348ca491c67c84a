import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInspector } from '../../src/inspect/index.ts';

const token = 'a-long-secret-that-nobody-guesses';
const inspector = createInspector({ token, allowHosts: ['ops.example'] });
const server = createServer(inspector.handler);
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address() as AddressInfo;

const ask = (what: string, path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<void>((answered) => {
    const asking = request({ port, host: '127.0.0.1', path, headers, method, agent: false }, (answer) => {
      console.log(answer.statusCode, what);
      answer.destroy();
      answered();
    });
    asking.end();
  });
const authorization = `Bearer ${token}`;

await ask('the page: empty, it asks for the token', '/inspect');
await ask('the feed without the token', '/inspect/feed');
await ask('the feed with the token', '/inspect/feed', { authorization });
await ask('by an allowed name', '/inspect/feed', { authorization, host: 'ops.example' });
await ask('by a foreign name', '/inspect/feed', { authorization, host: 'evil.example' });
await ask('from a foreign page', '/inspect/feed', { authorization, origin: 'https://evil.example' });
await ask('anything but a look', '/inspect/feed', { authorization }, 'POST');

inspector.stop();
server.close();
server.closeAllConnections();
