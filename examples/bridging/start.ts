import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createActor, createMachine } from 'xstate';
import { createInspector } from '../../src/inspect/index.ts';
import { createXStateInspectBridge } from '../../visualizations/xstate-inspect/index.ts';

const doorMachine = createMachine({
  id: 'door',
  initial: 'shut',
  states: { shut: { on: { OPEN: 'open' } }, open: { on: { SHUT: 'shut' }, after: { 5000: 'shut' } } },
});

const inspector = createInspector();
const door = createActor(doorMachine, { id: 'front door', inspect: inspector.inspect }).start();

const bridge = createXStateInspectBridge({ inspector });
const server = createServer(bridge.handler); // at /xstate-inspect a page with the package's own receiver
server.on('upgrade', (request, socket, head) => bridge.upgrade(request, socket, head) || socket.destroy());
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address() as AddressInfo;

// A tool does this by createWebSocketReceiver({ server: `127.0.0.1:${port}/xstate-inspect` }).
const tool = new WebSocket(`ws://127.0.0.1:${port}/xstate-inspect`);
tool.onopen = () => tool.send('{"type":"xstate.inspecting"}');
await new Promise<void>((stopped) => {
  tool.onmessage = ({ data }) => {
    const { type, id, machine, event, state } = JSON.parse(data);
    if (type === 'service.register') console.log(type, id, Object.keys(JSON.parse(machine).states));
    if (type === 'service.register') door.send({ type: 'OPEN' });
    if (type === 'service.event') console.log(type, JSON.parse(event).name);
    if (type === 'service.state') console.log(type, JSON.parse(state).value);
    if (type === 'service.state') door.stop();
    if (type === 'service.stop') {
      console.log(type);
      stopped();
    }
  };
});

bridge.stop(); // ends the tools' connections
inspector.stop();
server.close();
