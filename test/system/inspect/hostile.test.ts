import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import type { Batch } from '../../../src/inspect/protocol.ts';
import { SseParser } from '../../../visualizations/inspector/sse-parser.ts';
import type { Measured, Order } from './hostile-server.ts';
import { serve } from './support.ts';

/** How long the server is under load: a few seconds in `npm test`, and 60 for the numbers that the docs state. */
const SECONDS = Number(process.env['INSPECT_SOAK_SECONDS'] ?? 4);
const PAGES = 50;
const EVENTS_PER_SECOND = 1_000;
const MB = 2 ** 20;

const REQUEST = 'GET /inspect/feed HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** A server in a process of its own, until the test ends. */
async function startServer() {
  const child: ChildProcess = fork(fileURLToPath(new URL('hostile-server.ts', import.meta.url)), {
    execArgv: ['--expose-gc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const measured = async () => ((await once(child, 'message')) as [Measured])[0];
  const tell = (order: Order) => void child.send(order);
  const first = await measured();
  return {
    first,
    port: first.port,
    tell,
    measure: () => {
      const answer = measured();
      tell({ type: 'measure' });
      return answer;
    },
  };
}

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  socket.write(REQUEST);
  return socket;
}

/** A page that reads, and notes the numbers of the records that it is told. */
function openReading(port: number) {
  const seen = { first: 0, last: 0, gaps: 0, hellos: 0 };
  const parser = new SseParser(({ type, data }) => {
    if (type === 'hello') {
      seen.hellos += 1;
      return;
    }
    for (const { seq } of (JSON.parse(data) as Batch).records) {
      if (seen.first === 0) seen.first = seq;
      else if (seq !== seen.last + 1) seen.gaps += 1;
      seen.last = seq;
    }
  });
  // The lengths of the chunks stand in lines of their own, which are none of an event stream's fields.
  const socket = open(port);
  let rest = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('id:') || line === ':\n\n') parser.push(line);
  });
  return { seen, socket };
}

describe('fifty pages of which half do not read', () => {
  test(
    'cost a bounded amount of memory, and the others get everything',
    async () => {
      const server = await startServer();
      const deaf = Array.from({ length: PAGES / 2 }, () => open(server.port).pause());
      const pages = Array.from({ length: PAGES / 2 }, () => openReading(server.port));
      await expect.poll(async () => (await server.measure()).clients, { timeout: 30_000 }).toBe(PAGES);

      server.tell({ type: 'begin', eventsPerSecond: EVENTS_PER_SECOND });
      await pass(SECONDS * 1_000);
      const after = await server.measure();

      const last = after.sent + 2; // the actor's beginning is two records more
      const isTold = () => pages.every(({ seen }) => seen.last === last);
      await expect.poll(isTold, { timeout: 60_000 }).toBe(true);
      for (const { seen } of pages) expect(seen).toMatchObject({ last, gaps: 0, hellos: 1 });

      const settled = await server.measure();
      const grown = (settled.heapUsed - server.first.heapUsed) / MB;
      process.stdout.write(
        `\ninspector under load: ${SECONDS} s, ${after.sent - server.first.sent} events, ${PAGES} pages; ` +
          `heap ${(server.first.heapUsed / MB).toFixed(1)} MB before, ${grown.toFixed(1)} MB more after; ` +
          `${after.full} connections were full, at most ${after.mostWaiting} bytes waited for one; ` +
          `event loop delay ms ${JSON.stringify(after.loopDelay)}; clients ${settled.clients}\n`,
      );
      // Without the bound on what is written to a full connection it is the whole feed, some 1.3 kB an event and page.
      expect(after.mostWaiting).toBeLessThan(MB / 2);
      expect(grown).toBeLessThan(32);
      expect(after.full).toBeGreaterThan(0);
      // Two heartbeats after the 30 s that a page may take nothing.
      if (SECONDS >= 60) expect(settled.clients).toBe(PAGES / 2);
      for (const socket of deaf) socket.destroy();
    },
    120_000 + SECONDS * 1_000,
  );
});

test('10,000 connections that are opened and dropped leave nothing behind', async () => {
  const server = await startServer();
  const dropped = async (i: number) => {
    const socket = open(server.port);
    const closed = once(socket, 'close');
    // Some while they are being made, some when they have asked, some in the middle of what they are told.
    if (i % 3 !== 0) await once(socket, i % 3 === 1 ? 'connect' : 'data');
    socket.destroy();
    await closed;
  };
  const rounds = async (times: number) => {
    for (let i = 0; i < times; i += 50)
      await Promise.all(Array.from({ length: 50 }, (_, j) => dropped(i + j)));
    await expect.poll(async () => (await server.measure()).connections, { timeout: 60_000 }).toBe(0);
    return server.measure();
  };
  const warm = await rounds(500);
  const after = await rounds(9_500);
  expect(after).toMatchObject({ clients: 0, connections: 0 });
  process.stdout.write(
    `\ninspector after 10,000 dropped connections: heap ${((after.heapUsed - warm.heapUsed) / MB).toFixed(1)} MB more\n`,
  );
  expect(after.heapUsed - warm.heapUsed).toBeLessThan(8 * MB);
}, 180_000);

test('a page that takes nothing is cut, one that reads is not', async () => {
  const { port, watch, inspect, feed, history } = await serve({
    history: 50_000,
    limits: { heartbeatMs: 50, stuckMs: 1_000 },
  });
  const actor = createActor(createMachine({ id: 'm', on: { X: {} } }), { id: 'm', inspect }).start();
  const page = await watch();
  const deaf = open(port).pause();
  await expect.poll(() => feed.clients).toBe(2);
  const flood = () => {
    for (let i = 0; i < 500 && feed.waiting === 0; i += 1) actor.send({ type: 'X' });
    return feed.clients;
  };
  await expect.poll(flood, { timeout: 60_000 }).toBe(1);
  actor.send({ type: 'X' });
  await page.untilSeq(history.last);
  expect(page.frames.filter(({ type }) => type === 'hello').length).toBeGreaterThan(0);
  deaf.destroy();
}, 90_000);
