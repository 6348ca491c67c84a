// A breaker that is told of successes and failures, and the page that watches it; the rate is the first argument.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCircuitBreaker } from '../../src/index.ts';
import { createInspector } from '../../src/inspect/index.ts';

const perSecond = Number(process.argv[2]);
const inspector = createInspector();
const breaker = createCircuitBreaker({ name: 'rates', inspect: inspector.inspect });
const server = createServer(inspector.handler).listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/inspect`);

await once(process, 'message');
let sent = 0;
setInterval(() => {
  breaker.actor.send({ type: sent % 2 === 0 ? 'FAILURE' : 'SUCCESS' });
  sent += 1;
}, 1_000 / perSecond);
