import { describe, expect, test } from 'vitest';
import { anOutage, startTestServer } from './support.ts';

const start = async () => {
  const outage = anOutage();
  const server = await startTestServer({ outage });
  const headers = { 'content-type': 'application/json' };
  const post = (body: unknown) =>
    server.ask('/dev/outage', {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { outage, server, post };
};

describe('an outage', () => {
  test.each([
    [{ duration: '20s' }, { mode: 'refuse', endsInMs: 20_000 }],
    [
      { duration: 250, mode: 'hang' },
      { mode: 'hang', endsInMs: 250 },
    ],
    [
      { durationMs: 1, mode: 'unavailable' },
      { mode: 'unavailable', endsInMs: 1 },
    ],
    [{ durationMs: 2 ** 31 - 1 }, { mode: 'refuse', endsInMs: 2 ** 31 - 1 }],
  ])('is begun by %j', async (body, status) => {
    const { outage, server, post } = await start();
    const answer = await post(body);
    expect([answer.status, answer.json()]).toEqual([200, status]);
    expect(outage.status).toEqual(status);
    expect((await server.ask('/dev/outage')).json()).toEqual(status);
  });

  test('is lifted by DELETE', async () => {
    const { outage, server, post } = await start();
    await post({ duration: '1h' });
    const answer = await server.ask('/dev/outage', { method: 'DELETE' });
    expect([answer.status, answer.json()]).toEqual([200, { mode: null, endsInMs: null }]);
    expect(outage.status.mode).toBeNull();
  });

  test('that cannot be switched is an internal error', async () => {
    const server = await startTestServer({
      outage: { ...anOutage(), lift: () => Promise.reject(new Error('secret')) },
    });
    const answer = await server.ask('/dev/outage', { method: 'DELETE' });
    expect([answer.status, answer.text]).toEqual([500, '{"error":"internal error"}']);
  });

  test('exists only where it was asked for', async () => {
    const server = await startTestServer();
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect((await server.ask('/dev/outage', { method })).status).toBe(404);
    }
  });
});

describe('a wrong body', () => {
  test.each([
    [{}, 'expected either duration or durationMs'],
    [{ duration: '20s', durationMs: 20_000 }, 'expected either duration or durationMs'],
    [{ duration: '20' }, 'duration: expected a time with its unit'],
    [{ duration: '0s' }, 'duration: expected a time with its unit'],
    [{ duration: 0 }, 'duration: expected at least 1 ms'],
    [{ duration: 1.5 }, 'duration: expected a time with its unit'],
    [{ duration: null }, 'duration: expected a time with its unit'],
    [{ durationMs: '20s' }, 'durationMs: expected whole milliseconds'],
    [{ durationMs: 0 }, 'durationMs: expected at least 1 ms'],
    [{ durationMs: 2 ** 31 }, 'durationMs: expected at most 2147483647 ms'],
    [{ duration: '1s', mode: 'dropReply' }, 'mode: Invalid option'],
    [{ duration: '1s', mood: 'hang' }, 'Unrecognized key: "mood"'],
    [[], 'expected object'],
    ['"20s"', 'expected object'],
    ['null', 'expected object'],
  ])('%j is 400 with what was expected', async (body, problem) => {
    const { outage, post } = await start();
    const answer = await post(body);
    const { error, problems } = answer.json() as { error: string; problems: string[] };
    expect(answer.status).toBe(400);
    expect(error).toContain('expected { "duration": "20s"');
    expect(problems.join()).toContain(problem);
    expect(outage.status.mode).toBeNull();
  });

  test.each([['{'], [''], ['{"__proto__": {"mode": "hang"}, "duration": "1s"}']])(
    'that is no clean JSON (%j) is 400',
    async (body) => {
      const { outage, post } = await start();
      const answer = await post(body);
      expect([answer.status, Object.keys(answer.json() as object)]).toEqual([400, ['error']]);
      expect(outage.status.mode).toBeNull();
    },
  );

  test('that is missing altogether is 400', async () => {
    const { server } = await start();
    expect((await server.ask('/dev/outage', { method: 'POST' })).status).toBe(400);
  });
});

describe('the content type', () => {
  const body = '{"duration":"1s"}';

  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['nonsense'],
  ])('%s is 415', async (type) => {
    const { outage, server } = await start();
    const answer = await server.ask('/dev/outage', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect([answer.status, answer.json()]).toEqual([415, { error: 'send the body as application/json' }]);
    expect(outage.status.mode).toBeNull();
  });

  test('left out is 415', async () => {
    const { server } = await start();
    expect((await server.ask('/dev/outage', { method: 'POST', body })).status).toBe(415);
  });

  test('may name its charset', async () => {
    const { server } = await start();
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect((await server.ask('/dev/outage', { method: 'POST', headers, body })).status).toBe(200);
  });
});

describe('the size of a body', () => {
  const padded = (size: number) => `{"duration":"1s"${' '.repeat(size - 17)}}`;

  test('may be 16 KiB', async () => {
    const { post } = await start();
    expect((await post(padded(16 * 1024))).status).toBe(200);
  });

  test('above is 413, its length announced or not', async () => {
    const { outage, server, post } = await start();
    const tooLarge = padded(16 * 1024 + 1);
    const announced = await post(tooLarge);
    expect([announced.status, announced.json()]).toEqual([
      413,
      { error: 'the body is larger than 16384 bytes' },
    ]);
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const chunked = await server.ask('/dev/outage', { method: 'POST', headers, body: tooLarge });
    expect(chunked.status).toBe(413);
    expect(outage.status.mode).toBeNull();
  });
});
