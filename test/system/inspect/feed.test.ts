import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { createCircuitBreaker, type Rejection } from '../../../src/index.ts';
import { createInspector } from '../../../src/inspect/index.ts';
import type { RejectedRecord } from '../../../src/inspect/protocol.ts';
import { Model } from '../../../visualizations/inspector/model.ts';
import { comparable } from '../../inspect/support.ts';
import { TestClock } from '../../support/breaker.ts';
import { type Frame, listen, serve } from './support.ts';

const toggle = createMachine({
  id: 'toggle',
  initial: 'off',
  states: { off: { on: { T: 'on' } }, on: { on: { T: 'off' } } },
});

/** A server beside an actor that is sent as many events as one likes. */
async function serveToggle(serving?: Parameters<typeof serve>[0]) {
  const served = await serve(serving);
  const actor = createActor(toggle, { id: 'toggle', inspect: served.inspect }).start();
  const send = (times: number) => {
    for (let i = 0; i < times; i += 1) actor.send({ type: 'T' });
    return served.history.last;
  };
  return { ...served, actor, send };
}

const seqs = (frames: readonly Frame[]) =>
  frames.flatMap(({ data }) => data.records ?? []).map(({ seq }) => seq);

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('a feed', () => {
  test('is an event stream of hello, then the history, then what happens', async () => {
    const { send, watch } = await serveToggle();
    const before = send(3);
    const page = await watch();
    expect(page.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    await page.untilSeq(before);
    const now = send(2);
    await page.untilSeq(now);
    const [hello, ...batches] = page.frames;
    expect(hello).toMatchObject({
      type: 'hello',
      data: { upTo: before, dropped: 0, actors: [{ name: 'toggle', machine: { value: 'on' } }] },
    });
    expect(batches.every(({ type }) => type === 'records')).toBe(true);
    expect(seqs(page.frames)).toEqual(upTo(now));
    expect(page.raw()).toMatch(/^id: [0-9a-f]{8}\.0\nevent: hello\ndata: \{.*\}\n\n/);
    for (const { id, data } of batches) expect(id.split('.')[1]).toBe(String(data.records.at(-1)?.seq));
  });

  test('changes nothing of what it has told: what comes of a queued event is told anew', async () => {
    const { watch, inspect } = await serve();
    const page = await watch();
    const actor = createActor(toggle, { id: 'late', inspect });
    actor.send({ type: 'T' });
    const verdicts = () =>
      page.records().flatMap((each) => (each.kind === 'event' && !each.isInternal ? [each.verdict] : []));
    await page.until(() => verdicts().length === 1);
    actor.start();
    await page.until(() => verdicts().length === 2);
    expect(verdicts()).toEqual(['queued', 'taken']);
  });

  test('tells a page that watches of an actor that dies by throwing, which XState does not', async () => {
    const { watch, inspect } = await serve();
    const page = await watch();
    const boom = () => {
      throw new Error('no');
    };
    const actor = createActor(createMachine({ id: 'm', on: { X: { actions: boom } } }), { inspect });
    actor.subscribe({ error: () => {} });
    actor.start().send({ type: 'X' });
    await page.until(() => page.records().some(({ kind }) => kind === 'ended'));
    expect(page.records().at(-1)).toMatchObject({ kind: 'ended', status: 'error' });
  });

  test('sends what happens at once together', async () => {
    const { send, watch } = await serveToggle();
    const page = await watch();
    await page.untilSeq(2);
    const count = page.frames.length;
    await page.untilSeq(send(50));
    expect(page.frames.length - count).toBe(1);
  });

  test('goes on exactly where a page was', async () => {
    const { send, watch } = await serveToggle();
    const first = await watch();
    await first.untilSeq(send(5));
    first.close();
    const meanwhile = send(7);
    const again = await watch('/inspect/feed', { 'last-event-id': first.lastId() });
    await again.untilSeq(meanwhile);
    expect([...seqs(first.frames), ...seqs(again.frames)]).toEqual(upTo(meanwhile));
    expect(again.frames[0]).toMatchObject({ type: 'hello', id: first.lastId(), data: { dropped: 0 } });
  });

  test('of which a page has all tells it nothing twice', async () => {
    const { send, watch } = await serveToggle();
    const first = await watch();
    await first.untilSeq(send(5));
    const again = await watch('/inspect/feed', { 'last-event-id': first.lastId() });
    await again.untilSeq(send(1));
    expect(seqs(again.frames)).toEqual([8]);
  });

  test.each([
    ['of another instance', 'deadbeef.3'],
    ['of nobody', 'garbage'],
    ['without an instance', '3'],
    ['that is empty', ''],
    ['with a number that is none', 'deadbeef.-3'],
    ['that goes on and on', 'x'.repeat(5_000)],
  ])('begins anew for a last event %s', async (_name, id) => {
    const { send, watch } = await serveToggle();
    const last = send(4);
    const page = await watch('/inspect/feed', { 'last-event-id': id });
    await page.untilSeq(last);
    expect(seqs(page.frames)).toEqual(upTo(last));
  });

  test('does not wait for a page that says it has what has not happened', async () => {
    const { send, watch } = await serveToggle();
    send(1);
    const first = await watch();
    await first.until(() => first.frames.length > 0);
    const instance = first.lastId().split('.')[0];
    const page = await watch('/inspect/feed', { 'last-event-id': `${instance}.999999` });
    const last = send(2);
    await page.untilSeq(last);
    expect(seqs(page.frames)).toEqual([last - 1, last]);
  });

  test('says how much of the history is gone', async () => {
    const { send, watch } = await serveToggle({ history: 10 });
    const first = await watch();
    await first.untilSeq(send(1));
    first.close();
    const at = Number(first.lastId().split('.')[1]);
    const last = send(50);
    const again = await watch('/inspect/feed', { 'last-event-id': first.lastId() });
    await again.untilSeq(last);
    expect(again.frames[0]?.data.dropped).toBe(last - 10 - at);
    expect(seqs(again.frames)).toEqual(upTo(last, last - 9));
  });

  test('says so with new pictures to a page that was overrun, which then knows what the server knows', async () => {
    const { send, watch, recorder } = await serveToggle({ history: 10 });
    const page = await watch();
    await page.untilSeq(2);
    const last = send(101);
    await page.untilSeq(last);
    expect(page.frames.map(({ type }) => type)).toEqual(['hello', 'records', 'hello', 'records']);
    expect(page.frames[2]?.data).toMatchObject({ dropped: last - 10 - 2, upTo: last });
    const model = new Model();
    for (const { type, data } of page.frames) {
      if (type === 'hello') model.hello(data, Date.now());
      else model.batch(data, Date.now());
    }
    const known = [...model.actors.values()].map(comparable);
    expect(known).toEqual(recorder.pictures().map(comparable));
    expect(known).toMatchObject([{ machine: { value: 'on' } }]);
  });

  test('greets a page that comes after an overrun once', async () => {
    const { send, watch } = await serveToggle({ history: 10 });
    send(100);
    const page = await watch();
    await page.untilSeq(send(3));
    expect(page.frames.filter(({ type }) => type === 'hello')).toHaveLength(1);
    // The second is bookkeeping, which is kept apart.
    expect(seqs(page.frames)).toEqual([2, ...upTo(105, 93)]);
  });

  test('beats while nothing happens', async () => {
    const { watch } = await serveToggle({ limits: { heartbeatMs: 5 } });
    const page = await watch();
    await page.until(() => page.raw().split('\n:\n\n').length > 3);
    expect(page.frames.map(({ type }) => type)).toEqual(['hello', 'records']);
  });

  test('sends frames of a bounded size', async () => {
    const { send, watch } = await serveToggle({ limits: { frameRecords: 10 } });
    const last = send(95);
    const page = await watch();
    await page.untilSeq(last);
    const sizes = page.frames.slice(1).map(({ data }) => data.records.length);
    expect(Math.max(...sizes)).toBe(10);
    expect(seqs(page.frames)).toEqual(upTo(last));
  });

  test('counts who watches', async () => {
    const { watch, feed } = await serveToggle();
    const pages = [await watch(), await watch()];
    expect(feed.clients).toBe(2);
    for (const page of pages) page.close();
    await expect.poll(() => feed.clients).toBe(0);
  });
});

describe('a feed that is stopped', () => {
  test('ends every page, and takes none any more', async () => {
    const { watch, feed, ask } = await serveToggle();
    const page = await watch();
    await page.untilSeq(2);
    feed.stop();
    feed.stop();
    await page.ended;
    expect(page.response.complete).toBe(true);
    expect((await ask('/inspect/feed')).status).toBe(503);
    expect(feed.clients).toBe(0);
  });

  test('cuts pages that do not read, which would never end', async () => {
    const { port, feed, send, server } = await serveToggle({ history: 100_000 });
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write('GET /inspect/feed HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'connect');
    await expect.poll(() => feed.clients).toBe(1);
    await expect
      .poll(
        () => {
          send(2_000);
          return feed.waiting;
        },
        { timeout: 60_000 },
      )
      .toBe(1);
    feed.stop();
    const connections = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    await expect.poll(connections).toBe(0);
    socket.destroy();
  });
});

describe('an inspector', () => {
  /** The public one, with a breaker that it watches. */
  async function inspected(options: { readonly attaches?: boolean; readonly inspects?: boolean } = {}) {
    const { attaches = true, inspects = true } = options;
    const inspector = createInspector();
    const clock = new TestClock();
    const breaker = createCircuitBreaker({
      name: 'rpc',
      clock,
      policy: { failureThreshold: 1 },
      ...(inspects && { inspect: inspector.inspect }),
    });
    const server = await listen(inspector.handler);
    const end = attaches ? inspector.attach(breaker) : () => {};
    return { inspector, clock, breaker, end, ...server };
  }

  const rejected = (frames: readonly Frame[]) =>
    frames
      .flatMap(({ data }) => data.records ?? [])
      .filter((each): each is RejectedRecord => each.kind === 'rejected');

  test('tells of refused calls together, before what happens next', async () => {
    const { breaker, clock, watch } = await inspected();
    breaker.recordFailure();
    for (let i = 0; i < 1_000; i += 1) breaker.tryAcquire();
    clock.increment(60_000);
    const page = await watch();
    await page.until(() => rejected(page.frames).length > 0);
    expect(rejected(page.frames)).toMatchObject([{ count: 1_000, state: 'OPEN', retryAfterMs: 60_000 }]);
    const kinds = page
      .records()
      .filter(({ isInternal }) => !isInternal)
      .map(({ kind }) => kind);
    expect(kinds).toEqual(['started', 'event', 'rejected', 'event']);
    // They were refused by OPEN: HALF_OPEN has refused nothing.
    expect(page.frames[0]?.data.actors[0]?.machine).toMatchObject({
      value: 'HALF_OPEN',
      refused: { count: 0 },
    });
  });

  test('tells of refused calls when nothing happens next', async () => {
    const { breaker, watch } = await inspected();
    breaker.isolate();
    breaker.tryAcquire();
    const page = await watch();
    await page.until(() => rejected(page.frames).length > 0);
    expect(rejected(page.frames)).toMatchObject([{ count: 1, state: 'ISOLATED', retryAfterMs: null }]);
  });

  test('counts a refused call once, however often the breaker is attached', async () => {
    const { inspector, breaker, end, watch } = await inspected();
    const endSecond = inspector.attach(breaker);
    breaker.isolate();
    breaker.tryAcquire();
    end();
    end();
    breaker.tryAcquire();
    breaker.reset();
    const page = await watch();
    await page.until(() => page.frames.length > 1);
    expect(rejected(page.frames)).toMatchObject([{ count: 2 }]);
    endSecond();
    const heard: Rejection[] = [];
    breaker.on('rejected', (rejection) => heard.push(rejection));
    breaker.isolate();
    breaker.tryAcquire();
    expect(heard).toHaveLength(1);
    breaker.reset();
    await page.until(() =>
      page.records().some((each) => each.kind === 'event' && each.event.type === 'RESET'),
    );
    expect(rejected(page.frames)).toMatchObject([{ count: 2 }]);
  });

  test.each([
    [{ attaches: true, inspects: true }],
    [{ attaches: true, inspects: false }],
    [{ attaches: false, inspects: true }],
  ])('tells each event once: %j', async (how) => {
    const { inspector, breaker, watch } = await inspected(how);
    let isSent = false;
    // Somebody who sends an event of his own between two who inspect.
    breaker.actor.system.inspect((event) => {
      if (event.type !== '@xstate.event' || isSent) return;
      isSent = true;
      breaker.actor.send({ type: 'PERMIT' });
    });
    inspector.attach(breaker);
    breaker.recordFailure();
    const page = await watch();
    await page.until(() => page.frames.length > 1);
    const types = page
      .records()
      .flatMap((each) => (each.kind === 'event' && !each.isInternal ? [each.event.type] : []));
    expect(types.toSorted()).toEqual(['FAILURE', 'PERMIT']);
  });

  test('tells nothing of what it was taken away from, and everything when it is attached again', async () => {
    const { inspector, breaker, end, watch } = await inspected({ inspects: false });
    end();
    breaker.recordFailure();
    const page = await watch();
    await page.until(() => page.frames.length > 1);
    expect(page.records().filter(({ kind }) => kind === 'event')).toEqual([]);
    expect(page.frames[0]?.data.actors).toMatchObject([{ name: 'rpc' }]);
    expect(page.frames[0]?.data.actors[0]).not.toHaveProperty('machine');
    inspector.attach(breaker);
    await page.until(() =>
      page.records().some((each) => each.kind === 'started' && each.picture.machine?.value === 'OPEN'),
    );
    breaker.reset();
    await page.until(() =>
      page.records().some((each) => each.kind === 'event' && each.event.type === 'RESET'),
    );
  });

  test('changes nothing for an actor, whatever its own onError does', async () => {
    const inspector = createInspector({
      machines: {
        m: {
          nameOf: () => {
            throw new Error('no name');
          },
        },
      },
      onError: () => {
        throw new Error('no ear');
      },
    });
    const warned = once(process, 'warning');
    const actor = createActor(createMachine({ id: 'm', on: { X: {} } }), { inspect: inspector.inspect });
    expect(() => actor.start().send({ type: 'X' })).not.toThrow();
    expect((await warned)[0]).toMatchObject({ message: 'no ear' });
  });

  test('that is stopped records nothing and attaches to nothing', async () => {
    const { inspector, breaker, watch, ask } = await inspected();
    const page = await watch();
    inspector.stop();
    inspector.stop();
    await page.ended;
    inspector.attach(breaker)();
    breaker.recordFailure();
    expect(inspector.clients).toBe(0);
    expect((await ask('/inspect/feed')).status).toBe(503);
  });

  test.each([
    [{ history: 0 }],
    [{ maxClients: 1.5 }],
    [{ token: 'short' }],
    [{ base: 'inspect' }],
    [{ base: '/' }],
    [{ base: '/a/../b' }],
    [{ base: '/a?b' }],
    [{ machines: { m: { show: { context: ['a.*.b'] } } } }],
    [{ machines: { m: { show: { events: { X: ['*.b'] } } } } }],
  ])('is not made with %j', (options) => {
    expect(() => createInspector(options)).toThrow(RangeError);
  });
});
