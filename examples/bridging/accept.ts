import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assign, createActor, setup } from 'xstate';
import { createInspector } from '../../src/inspect/index.ts';
import { createXStateInspectBridge } from '../../visualizations/xstate-inspect/index.ts';

const doorMachine = setup({
  types: {} as {
    context: { openedBy: string };
    events: { type: 'OPEN'; by: string } | { type: 'LOCK' } | { type: 'BREAK' };
  },
  actions: {
    note: assign({ openedBy: ({ event }) => (event.type === 'OPEN' ? event.by : '') }),
  },
}).createMachine({
  id: 'door',
  context: { openedBy: '' },
  initial: 'shut',
  states: { shut: { on: { OPEN: { target: 'open', actions: 'note' }, BREAK: 'open' } }, open: {} },
});

const token = 'a-long-secret-that-nobody-guesses';
const inspector = createInspector({ machines: { door: { show: { context: ['openedBy'] } } } });
createActor(doorMachine, { id: 'front door', inspect: inspector.inspect }).start();

const bridge = createXStateInspectBridge({
  inspector,
  token,
  accept: {
    door: {
      OPEN: ['by'], // sent to the actor, with this field of it
      LOCK: (event, { actor }) => console.log('an order:', event.type, actor), // called instead
    },
  },
  onRefused: (text) => console.log('refused:', text),
});
const server = createServer(bridge.handler);
server.on('upgrade', (request, socket, head) => bridge.upgrade(request, socket, head) || socket.destroy());
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address() as AddressInfo;

const tool = new WebSocket(`ws://127.0.0.1:${port}/xstate-inspect?token=${token}`);
tool.onopen = () => tool.send('{"type":"xstate.inspecting"}');
const send = (sessionId: string, data: Record<string, string>) => {
  const event = JSON.stringify({
    name: data['type'],
    data,
    origin: sessionId,
    $$type: 'scxml',
    type: 'external',
  });
  tool.send(JSON.stringify({ type: 'xstate.event', event, service: sessionId }));
};
await new Promise<void>((opened) => {
  tool.onmessage = ({ data }) => {
    const { type, sessionId, state } = JSON.parse(data);
    if (type === 'service.register') {
      send(sessionId, { type: 'BREAK' });
      send(sessionId, { type: 'LOCK' });
      send(sessionId, { type: 'OPEN', by: 'Ada', with: 'a crowbar' });
    }
    if (type === 'service.state') {
      console.log(JSON.parse(state).value, JSON.parse(state).context);
      opened();
    }
  };
});

bridge.stop();
inspector.stop();
server.close();
