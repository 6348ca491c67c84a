import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createActor, setup } from 'xstate';
import { createInspector } from '../../src/inspect/index.ts';

const doorMachine = setup({ types: {} as { events: { type: 'OPEN' } | { type: 'SHUT' } } }).createMachine({
  id: 'door',
  initial: 'shut',
  states: { shut: { on: { OPEN: 'open' } }, open: { on: { SHUT: 'shut' } } },
});

const inspector = createInspector({ title: 'My house' });
createActor(doorMachine, { id: 'front door', inspect: inspector.inspect }).start();
createActor(doorMachine, { id: 'back door', inspect: inspector.inspect }).start();

const server = createServer(inspector.handler);
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening)); // 0 is any free port

const { port } = server.address() as AddressInfo;
const page = await fetch(`http://127.0.0.1:${port}/inspect`);
console.log(page.status, page.headers.get('content-type'));

inspector.stop(); // ends the pages' connections
server.close();
server.closeAllConnections();
