import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { receive } from '../xstate-inspect/support.ts';
import { end, endChainOf, type LiveTreasury, startLive } from './live-treasury.ts';
import { objectsOf, treasury } from './treasury.ts';

const TOKEN = 'sentinel-31bc07-control-token';
const ROWS = `id,destination,amount,memo,scheduledEpoch,dependsOn
A,0xf7b83d1ea4d2c451ab1becb0e9f50242dda15095,1,sentinel-memo-of-the-row,,
`;

let folder: string;
let live: LiveTreasury | undefined;
/** XState 4 warns of what its own definitions hold, in the receiver. */
beforeAll(() => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  return () => warn.mockRestore();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-xstate-inspect-'));
  await writeFile(join(folder, 'token'), `${TOKEN}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'rows.csv'), ROWS);
});
afterEach(async () => {
  if (live !== undefined) await end(live, 'SIGKILL');
  live = undefined;
  await endChainOf(folder);
  await rm(folder, { recursive: true });
});

async function start(...args: readonly string[]): Promise<string> {
  live = startLive(folder, ['dev', '--disbursements', 'rows.csv', '--port', '0', ...args]);
  return new URL(await live.url()).host;
}

const told = (text: string) => live?.line(({ msg }) => msg?.includes(text) ?? false);

describe('treasury dev --xstate-inspect', () => {
  test('offers breaker, executor and payments to the tools, which may isolate and reset with the token', async () => {
    const host = await start('--xstate-inspect', '--control-token-file', 'token');
    await told(`@xstate/inspect at http://${host}/xstate-inspect`);
    const stranger = receive(`${host}/xstate-inspect`);
    await stranger.until(() => stranger.errors.length > 0);

    const tool = receive(`${host}/xstate-inspect?token=${TOKEN}`);
    const breaker = await tool.untilRegistered('breaker');
    const executor = await tool.untilRegistered('executor');
    expect(executor.machine?.stateIds).toContain('treasuryExecutor.ticking');
    await writeFile(join(folder, 'more.csv'), ROWS.replace('A,', 'B,'));
    expect(await treasury(folder, ['import', 'more.csv'])).toMatchObject({ code: 0 });
    const payment = await tool.untilRegistered('payment:B');
    expect(payment.parent).toBe(executor.sessionId);

    tool.send(breaker.sessionId, { type: 'FAILURE' });
    await told('refused "FAILURE" to "breaker": it is on no list');
    tool.send(breaker.sessionId, { type: 'ISOLATE', reason: 'two\nlines' });
    await told('refused "ISOLATE" to "breaker": expected a reason of at most');
    tool.send(breaker.sessionId, { type: 'ISOLATE', reason: 'RPC replays' });
    await tool.until(() => tool.valueOf('breaker') === 'ISOLATED');
    tool.send(breaker.sessionId, { type: 'RESET' });
    await tool.until(() => tool.valueOf('breaker') === 'CLOSED');
    const [status] = objectsOf((await treasury(folder, ['breaker', 'status', '--json'])).stdout);
    expect(status).toMatchObject({
      applied: [
        { action: 'reset', by: 'xstate-inspect', reason: null },
        { action: 'isolate', by: 'xstate-inspect', reason: 'RPC replays' },
      ],
    });
    // Events are told once, when they reached the breaker.
    const events = tool.of('breaker').flatMap(({ event }) => event?.name ?? []);
    expect(events.filter((name) => ['ISOLATE', 'RESET', 'FAILURE'].includes(name))).toEqual([
      'ISOLATE',
      'RESET',
    ]);
    expect(JSON.stringify(tool.received)).not.toContain('sentinel');
  });

  test('is only looked at without a token', async () => {
    const host = await start('--xstate-inspect');
    const tool = receive(`${host}/xstate-inspect`);
    const { sessionId } = await tool.untilRegistered('breaker');
    tool.send(sessionId, { type: 'ISOLATE' });
    await told('refused "ISOLATE" to "breaker": it is on no list');
  });

  test('is off unless asked for', async () => {
    const host = await start();
    expect((await fetch(`http://${host}/xstate-inspect`)).status).toBe(404);
    const tool = receive(`${host}/xstate-inspect`);
    await tool.until(() => tool.errors.length > 0);
    expect(tool.received).toEqual([]);
  });
});
