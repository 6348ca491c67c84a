import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DisbursementRow } from '../../../machines/index.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { balanceOf, chainOf, end, endChainOf, type LiveTreasury, startLive } from './live-treasury.ts';
import { CHECKOUT } from './treasury.ts';

const HEADER = 'id,destination,amount,memo,scheduledEpoch,dependsOn';
const PAYEES = [
  '0xf7b83d1ea4d2c451ab1becb0e9f50242dda15095',
  '0x00000000000000000000000000000000000000aa',
  '0x00000000000000000000000000000000000000bb',
] as const;
const PAID: readonly string[] = ['executed', 'finalized'];

let folder: string;
const started: LiveTreasury[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-dev-'));
});
afterEach(async () => {
  for (const live of started.splice(0)) await end(live, 'SIGKILL');
  await endChainOf(folder);
  await rm(folder, { recursive: true });
});

const dev = (...args: readonly string[]): LiveTreasury => {
  const live = startLive(folder, ['dev', '--port', '0', '--disbursements', 'rows.csv', ...args], {
    program: CHECKOUT,
  });
  started.push(live);
  return live;
};

/** `count` rows that are due, one for a later epoch, and one that waits for an id that never comes. */
const putRows = (count: number): Promise<void> => {
  const due = Array.from(
    { length: count },
    (_, i) => `P-${String(i).padStart(4, '0')},${PAYEES[i % PAYEES.length]},${i + 1},,,`,
  );
  const lines = [HEADER, ...due, `LATER,${PAYEES[0]},7,,900000,`, `WAITING,${PAYEES[1]},9,,,NEVER`];
  return writeFile(join(folder, 'rows.csv'), `${lines.join('\n')}\n`);
};

async function storedRows(): Promise<readonly DisbursementRow[]> {
  const store = await openSqliteStore(join(folder, '.treasury', 'treasury.db'), { create: false });
  try {
    return await store.list();
  } finally {
    await store.close();
  }
}

/** What the chain holds for each payee is what the paid rows say, to the last base unit. */
async function expectBalancesToMatch(): Promise<void> {
  const rows = await storedRows();
  const chain = await chainOf(folder);
  for (const payee of PAYEES) {
    const paid = rows.filter(({ destination, status }) => destination === payee && PAID.includes(status));
    expect(await balanceOf(chain, payee)).toBe(paid.reduce((sum, { amount }) => sum + amount, 0n));
  }
}

const post = (url: string, path: string, body: unknown): Promise<Response> =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('treasury dev', () => {
  test('--once pays what is due, says what it came to, and pays nothing twice when it runs again', async () => {
    await putRows(30);
    const first = dev('--once');
    expect(await first.ended, first.stderr()).toBe(0);
    expect(await first.summary()).toMatchObject({
      paid: 30,
      cancelled: 0,
      waiting: 1,
      later: 1,
      outstanding: 0,
      totalAmount: String((30 * 31) / 2),
      breakerOpenings: 0,
    });
    await expectBalancesToMatch();

    const again = dev('--once');
    expect(await again.ended, again.stderr()).toBe(0);
    expect(await again.summary()).toMatchObject({ paid: 30, totalAmount: String((30 * 31) / 2) });
    await expectBalancesToMatch();
  });

  test('continues after kill -9, on the same chain, and every payee has exactly what is due', async () => {
    await putRows(80);
    let chainId: string | undefined;
    for (let kill = 1; kill <= 2; kill += 1) {
      const live = dev('--once');
      // At another point of the work each time.
      await live.line(({ progress }) => progress !== undefined && progress.paid >= kill * 20);
      await end(live, 'SIGKILL');
      const { genesisHash } = await chainOf(folder);
      chainId ??= genesisHash;
      expect(genesisHash).toBe(chainId);
    }
    const last = dev('--once');
    expect(await last.ended, last.stderr()).toBe(0);
    expect(await last.summary()).toMatchObject({ paid: 80, outstanding: 0 });
    await expectBalancesToMatch();
  });

  test('an outage opens the breaker, nothing is submitted, a probe closes it, and the rest is paid once', async () => {
    await putRows(150);
    const live = dev('--once', '--open-timeout', '1s', '--poll-interval', '200ms');
    const url = await live.url();
    await live.line(({ progress }) => progress !== undefined && progress.paid >= 20);
    expect((await post(url, '/dev/outage', { duration: '2s', mode: 'unavailable' })).status).toBe(200);
    await live.line(({ msg }) => msg?.startsWith('breaker CLOSED -> OPEN (failureThreshold)') ?? false);
    expect(await (await fetch(`${url}/api/breaker`)).json()).toMatchObject({ state: 'OPEN', failures: 5 });
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^treasury_circuit_breaker_state 1$/m);
    await live.line(({ msg }) => msg?.startsWith('breaker OPEN -> HALF_OPEN') ?? false);
    await live.line(({ msg }) => msg?.startsWith('breaker HALF_OPEN -> CLOSED') ?? false);
    expect(await live.ended, live.stderr()).toBe(0);
    const summary = await live.summary();
    expect(summary).toMatchObject({ paid: 150, outstanding: 0 });
    expect(summary.breakerOpenings).toBeGreaterThanOrEqual(1);
    await expectBalancesToMatch();
  });

  test('serves until SIGTERM, exits 0, and leaves the lease to the next one at once', async () => {
    await putRows(5);
    const live = dev();
    const url = await live.url();
    await live.line(({ progress }) => progress?.paid === 5);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await end(live, 'SIGTERM')).toBe(0);

    const next = dev();
    const { progress } = await next.line((line) => line.progress !== undefined);
    expect(progress?.leaseHeld).toBe(true);
    expect(await end(next, 'SIGINT')).toBe(0);
  });

  test('sets the store of a chain that is gone aside, and says so', async () => {
    await putRows(3);
    expect(await dev('--once').ended).toBe(0);
    await endChainOf(folder);
    const anew = dev('--once');
    const { msg } = await anew.line((line) => line.msg?.includes('set aside') ?? false);
    expect(msg).toMatch(/the chain of the old store is gone: it was set aside in .*set-aside-/);
    expect(await anew.ended, anew.stderr()).toBe(0);
    expect(await anew.summary()).toMatchObject({ paid: 3 });
    await expectBalancesToMatch();
  });

  test('keeps what was imported before the first start', async () => {
    await putRows(2);
    const store = await openSqliteStore(join(folder, '.treasury', 'treasury.db'));
    await store.importDisbursements(
      [
        {
          id: 'BEFORE',
          destination: PAYEES[2],
          amount: 5n,
          memo: '',
          scheduledEpoch: 0,
          dependsOn: [],
        },
      ],
      { now: 0 },
    );
    await store.close();
    const live = dev('--once');
    expect(await live.ended, live.stderr()).toBe(0);
    expect(await live.summary()).toMatchObject({ paid: 3 });
  });

  test('refuses a missing file with 65, and starts nothing', async () => {
    const live = dev('--once');
    expect(await live.ended).toBe(65);
    expect(live.stderr()).toMatch(/^treasury: rows\.csv cannot be read[^\n]*\n$/);
  });

  test('refuses a place that cannot be written with 74 and a remedy, and leaves no chain behind', async () => {
    await putRows(1);
    const live = dev('--once', '--db', 'rows.csv/treasury.db');
    expect(await live.ended).toBe(74);
    expect(live.stderr()).toMatch(
      /^treasury: the local chain cannot be kept in rows\.csv \([A-Z]+\): choose another place with --db\n$/,
    );
  });

  test('refuses a port that is taken with 78 and a remedy', async () => {
    await putRows(1);
    const first = dev();
    const port = new URL(await first.url()).port;
    const second = startLive(folder, ['dev', '--port', port, '--disbursements', 'rows.csv'], {
      program: CHECKOUT,
    });
    started.push(second);
    expect(await second.ended).toBe(78);
    expect(second.stderr()).toMatch(new RegExp(`^treasury: [^\\n]*${port}[^\\n]*--port[^\\n]*\\n$`));
  });
});
