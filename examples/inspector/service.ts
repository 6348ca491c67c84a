// A coffee shop whose three machines are seen moving: node examples/inspector/service.ts [port]
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { letGuestsIn } from './guests.ts';
import { openShop } from './shop.ts';

const shop = openShop();
const server = createServer(shop.inspector.handler).listen(Number(process.argv[2] ?? 9616), '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const closeDoor = letGuestsIn(shop);
console.log(`inspector at http://127.0.0.1:${port}/inspect, Ctrl+C ends it`);

process.once('SIGINT', () => {
  closeDoor();
  shop.close();
  server.close();
  server.closeAllConnections();
});
