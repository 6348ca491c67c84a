import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEV_PRIVATE_KEY } from '../../../src/dev/anvil.ts';
import type { ActorPicture, FeedRecord } from '../../../src/inspect/protocol.ts';
import { end, endChainOf, startLive } from '../cli/live-treasury.ts';

// What a whole treasury shows while it pays: breaker, executor and payments, from two actor systems in one picture.

const TOKEN = 'sentinel-token-0123456789';
const MEMO = 'SENTINEL-MEMO';
const ROWS = 30;

let text = '';
let pictures: readonly ActorPicture[];
let records: readonly FeedRecord[];

/** Reads a feed until the text of it says so. */
async function readFeed(url: string, isEnough: (text: string) => boolean): Promise<string> {
  const controller = new AbortController();
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${TOKEN}` },
    signal: controller.signal,
  });
  let read = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    read += decoder.decode(chunk, { stream: true });
    if (isEnough(read)) break;
  }
  controller.abort();
  return read;
}

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'treasury-feed-'));
  await writeFile(join(folder, 'control.token'), `${TOKEN}\n`, { mode: 0o600 });
  const [header = ''] = (await readFile('examples/disbursements.csv', 'utf8')).split('\n');
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `R-${i},0x${(0xabc000 + i).toString(16).padStart(40, '0')},${1_000 + i},${MEMO},0,`,
  );
  await writeFile(join(folder, 'rows.csv'), `${[header, ...rows].join('\n')}\n`);
  const live = startLive(folder, [
    ...['dev', '--port', '0', '--disbursements', 'rows.csv', '--poll-interval', '100ms'],
    ...['--control-token-file', 'control.token'],
  ]);
  try {
    const finalized = /"order":"SETTLE","status":"finalized"/g;
    text = await readFeed(
      `${await live.url()}/inspect/feed`,
      (read) => (read.match(finalized)?.length ?? 0) >= ROWS && read.endsWith('\n\n'),
    );
  } finally {
    await end(live, 'SIGTERM');
    await endChainOf(folder);
    await rm(folder, { recursive: true });
  }
  const frames = text
    .split('\n\n')
    .flatMap((frame) => /^data: (.*)$/m.exec(frame)?.[1] ?? [])
    .map((data) => JSON.parse(data));
  pictures = frames.flatMap(({ actors = [] }) => actors);
  records = frames.flatMap((frame) => frame.records ?? []);
});

const nameOf = (id: string | undefined): string | undefined => {
  const started = records.flatMap((record) => (record.kind === 'started' ? [record.picture] : []));
  return [...started, ...pictures].find((actor) => actor.id === id)?.name;
};

describe('the feed of a treasury that pays', () => {
  test('shows the breaker’s and the executor’s system in one picture', () => {
    const roots = new Map(
      pictures.filter(({ parent }) => parent === undefined).map((root) => [root.name, root]),
    );
    expect([...roots.keys()].toSorted()).toEqual(['breaker', 'executor']);
    expect(roots.get('breaker')?.system).not.toBe(roots.get('executor')?.system);
  });

  test('tells each outcome that the executor sends to the breaker once, with its sender and what came of it', () => {
    const successes = records.filter((record) => record.kind === 'event' && record.event.type === 'SUCCESS');
    expect(successes).toHaveLength(ROWS);
    for (const success of successes) {
      expect(success).toMatchObject({
        verdict: 'taken',
        steps: [{ actions: ['stopAgeing', 'clearFailures'] }],
      });
      expect(nameOf('from' in success ? success.from : undefined)).toBe('executor');
      expect(nameOf(success.actor)).toBe('breaker');
    }
  });

  test('shows each payment by its id, from the order to the end', () => {
    const orders = records.filter((record) => record.kind === 'event' && record.event.type === 'PAY');
    const names = orders.map(({ actor }) => nameOf(actor));
    expect(new Set(names)).toEqual(new Set(Array.from({ length: ROWS }, (_, i) => `payment:R-${i}`)));
  });

  test('holds no key, no token, no memo and no signed bytes', () => {
    expect(text).toContain('"txHash":"0x');
    expect(text).not.toContain(DEV_PRIVATE_KEY.slice(2));
    expect(text).not.toContain(TOKEN);
    expect(text).not.toContain(MEMO);
    expect(text).not.toMatch(/0x[0-9a-f]{65}/i);
  });
});
