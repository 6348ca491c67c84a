import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectionText } from '../../../visualizations/inspector/connection-text.ts';
import { type Connection, FeedClient } from '../../../visualizations/inspector/feed-client.ts';
import { hello } from './records.ts';

/** A server whose answers are written by the test. */
class FakeServer {
  readonly requests: Headers[] = [];
  status = 200;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;

  readonly fetch = (async (_url, init) => {
    this.requests.push(new Headers(init?.headers));
    if (this.status === 0) throw new TypeError('fetch failed');
    if (this.status !== 200) return new Response('{}', { status: this.status });
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#stream = controller;
        init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted')));
      },
    });
    return new Response(body);
  }) as typeof globalThis.fetch;

  async write(text: string): Promise<void> {
    this.#stream?.enqueue(new TextEncoder().encode(text));
    await vi.advanceTimersByTimeAsync(0);
  }

  async end(): Promise<void> {
    this.#stream?.close();
    await vi.advanceTimersByTimeAsync(0);
  }
}

const HELLO = `id: abc.0\nevent: hello\ndata: ${JSON.stringify(hello([]))}\n\n`;
const recordsFrame = (seq: number) => `id: abc.${seq}\nevent: records\ndata: {"now":1,"records":[]}\n\n`;

let server: FakeServer;
let token: string | undefined;
let told: string[];
let last: Connection;
let client: FeedClient;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  token = undefined;
  told = [];
  client = new FeedClient(
    { url: '/inspect/feed', token: () => token, fetch: server.fetch, random: () => 1 },
    {
      onHello: () => told.push('hello'),
      onBatch: () => told.push('records'),
      onConnection: (connection) => {
        last = connection;
        told.push(connection.kind);
      },
    },
  );
});

afterEach(() => {
  client.close();
  vi.useRealTimers();
});

async function goLive(): Promise<void> {
  client.connect();
  await vi.advanceTimersByTimeAsync(0);
  await server.write(HELLO);
}

describe('the feed', () => {
  test('is live with the first picture', async () => {
    await goLive();
    await server.write(recordsFrame(5));
    expect(told).toEqual(['connecting', 'hello', 'live', 'records']);
    expect(server.requests[0]?.get('last-event-id')).toBeNull();
    expect(server.requests[0]?.get('authorization')).toBeNull();
  });

  test('continues behind its last frame when the connection is lost', async () => {
    await goLive();
    await server.write(recordsFrame(5));
    await server.end();
    expect(last).toMatchObject({ kind: 'waiting', why: 'lost' });
    await vi.advanceTimersByTimeAsync(500);
    expect(server.requests[1]?.get('last-event-id')).toBe('abc.5');
  });

  test('waits longer each time, ten seconds at the most, and begins anew after a picture', async () => {
    server.status = 0;
    client.connect();
    const waits: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      await vi.advanceTimersByTimeAsync(0);
      waits.push(last.kind === 'waiting' ? last.until - Date.now() : -1);
      await vi.advanceTimersByTimeAsync(waits[i] ?? 0);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    server.status = 200;
    await vi.advanceTimersByTimeAsync(10_000);
    await server.write(HELLO);
    await server.end();
    expect(last).toMatchObject({ kind: 'waiting', until: Date.now() + 500, lostAt: Date.now() });
  });

  test('is lost when nothing comes for 40 seconds; a heartbeat is something', async () => {
    await goLive();
    await vi.advanceTimersByTimeAsync(39_000);
    await server.write(':\n\n');
    await vi.advanceTimersByTimeAsync(39_000);
    expect(last.kind).toBe('live');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(last.kind).toBe('waiting');
  });

  test('asks for a token, and says when it was a wrong one', async () => {
    server.status = 401;
    client.connect();
    await vi.advanceTimersByTimeAsync(0);
    expect(last).toEqual({ kind: 'locked', isWrong: false });
    token = 'guess';
    client.connect();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.get('authorization')).toBe('Bearer guess');
    expect(last).toEqual({ kind: 'locked', isWrong: true });
  });

  test('tries again where too many watch', async () => {
    server.status = 503;
    client.connect();
    await vi.advanceTimersByTimeAsync(0);
    expect(last).toMatchObject({ kind: 'waiting', why: 'full' });
    await vi.advanceTimersByTimeAsync(500);
    expect(server.requests).toHaveLength(2);
  });

  test('a new attempt ends the one before it for good', async () => {
    await goLive();
    client.connect('abc.3');
    await vi.advanceTimersByTimeAsync(0);
    expect(server.requests[1]?.get('last-event-id')).toBe('abc.3');
    await server.write(HELLO);
    expect(last.kind).toBe('live');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.requests).toHaveLength(2);
  });
});

describe('the connection in words', () => {
  test.each<readonly [Connection, string, string]>([
    [{ kind: 'live' }, 'live', 'live'],
    [{ kind: 'connecting' }, 'trying', 'connecting'],
    [{ kind: 'connecting', lostAt: 99_000 }, 'trying', 'reconnecting'],
    [{ kind: 'connecting', lostAt: 40_000 }, 'lost', 'lost 1 min 0 s, reconnecting'],
    [{ kind: 'waiting', until: 102_100, lostAt: 99_000, why: 'lost' }, 'trying', 'reconnecting in 3 s'],
    [
      { kind: 'waiting', until: 102_100, lostAt: 40_000, why: 'lost' },
      'lost',
      'lost 1 min 0 s, again in 3 s',
    ],
    [
      { kind: 'waiting', until: 99_000, lostAt: 99_000, why: 'full' },
      'trying',
      'too many watchers, again in 1 s',
    ],
    [{ kind: 'locked', isWrong: false }, 'locked', 'needs a token'],
    [{ kind: 'locked', isWrong: true }, 'locked', 'wrong token'],
  ])('%j', (connection, kind, text) => {
    expect(connectionText(connection, 100_000)).toEqual({ kind, text });
  });
});
