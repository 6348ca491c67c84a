import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCircuitBreaker } from '../../src/index.ts';
import { createInspector } from '../../src/inspect/index.ts';

const breaker = createCircuitBreaker({ name: 'rates', policy: { failureThreshold: 1 } });

const inspector = createInspector();
const detach = inspector.attach(breaker); // its refused calls are told, too
const server = createServer(inspector.handler);
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));

await breaker.execute(() => Promise.reject(new Error('down'))).catch(() => {});
for (let call = 1; call <= 3; call += 1) await breaker.execute(() => 1.08).catch(() => {});
await sleep(200); // refused calls are told together, ten times a second

const { port } = server.address() as AddressInfo;
const feed = await fetch(`http://127.0.0.1:${port}/inspect/feed`);
for await (const text of feed.body?.pipeThrough(new TextDecoderStream()) ?? []) {
  for (const [, json = ''] of text.matchAll(/^data: (.*)$/gm)) {
    for (const record of JSON.parse(json).records ?? []) {
      if (record.kind === 'event') console.log(record.event.type, record.verdict, record.change?.to);
      if (record.kind === 'rejected') console.log(record.count, 'calls refused in', record.state);
    }
    if (json.includes('"records"')) inspector.stop();
  }
}

detach(); // nothing of it is told any more
breaker.stop();
server.close();
