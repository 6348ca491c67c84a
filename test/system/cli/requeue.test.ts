import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { objectsOf, treasury } from './treasury.ts';

const HEADER = 'id,destination,amount,memo,scheduledEpoch,dependsOn';
const PAYEE = '0xf7b83d1ea4d2c451ab1becb0e9f50242dda15095';
const NOW = Date.UTC(2026, 10, 24);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-requeue-'));
});
afterEach(() => rm(folder, { recursive: true }));

const requeue = (...args: readonly string[]) => treasury(folder, ['requeue', ...args]);

/** Rows that were given up, by id, and the reasons; `open` is queued. */
async function givenUp(
  reasons: Readonly<Record<string, string>>,
  to: 'cancelled' | 'deadLetter' = 'cancelled',
) {
  const rows = ['open', ...Object.keys(reasons)].map((id) => `${id},${PAYEE},1,,,`);
  expect(await treasury(folder, ['import', '-'], `${[HEADER, ...rows].join('\n')}\n`)).toMatchObject({
    code: 0,
  });
  const store = await openSqliteStore(join(folder, '.treasury/treasury.db'));
  const lease = await store.acquireLease({ owner: 'test', ttlMs: 1_000, now: NOW });
  if (lease === undefined) throw new Error('the lease is taken');
  for (const [id, reason] of Object.entries(reasons)) {
    await store.change(lease, id, { from: ['queued'], to, reason }, { now: NOW });
  }
  await store.releaseLease(lease);
  await store.close();
}

async function statuses(): Promise<Record<string, unknown>> {
  const { stdout } = await treasury(folder, ['list', '--json']);
  return Object.fromEntries(objectsOf(stdout).map(({ id, status }) => [id, status]));
}

const POOR = 'insufficient balance: have 0, need 5';

describe('treasury requeue', () => {
  test('puts payments back by their ids', async () => {
    await givenUp({ A: POOR, B: 'other' });
    const { code, stdout, stderr } = await requeue('A', 'B');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ID +WAS +REASON$/);
    expect(lines[1]).toMatch(/^A +cancelled +insufficient balance: have 0, need 5$/);
    expect(lines.at(-1)).toBe('2 payments put back into the queue');
    expect(await statuses()).toEqual({ A: 'queued', B: 'queued', open: 'queued' });
    const audit = objectsOf((await treasury(folder, ['audit', '--id', 'A', '--json'])).stdout);
    expect(audit.at(-2)).toMatchObject({
      from: 'cancelled',
      to: 'queued',
      owner: expect.stringMatching(/^cli:/),
    });
    expect(audit.at(-1)).toMatchObject({ faults: 0 });
  });

  test('puts back all or none of the ids, and says why', async () => {
    await givenUp({ A: POOR });
    expect(await requeue('A', 'open')).toEqual({
      code: 65,
      stdout: '',
      stderr: 'treasury: disbursement "open" cannot be requeued: it is queued, and not given up\n',
    });
    expect(await requeue('nobody', '--json')).toMatchObject({ code: 65, stdout: '' });
    expect(await statuses()).toEqual({ A: 'cancelled', open: 'queued' });
  });

  test('puts back all whose reason holds a text, in both statuses, and can tell which before', async () => {
    await givenUp({ A: POOR, B: 'another reason' });
    const names = Array.from({ length: 600 }, (_, i) => `D${i}`);
    await givenUp(Object.fromEntries(names.map((id) => [id, POOR])), 'deadLetter');
    const dry = await requeue('--reason', 'insufficient balance', '--dry-run', '--json');
    expect(objectsOf(dry.stdout)).toHaveLength(601);
    expect(objectsOf(dry.stdout)[0]).toEqual({ id: 'A', from: 'cancelled', reason: POOR, requeued: false });
    expect((await statuses())['A']).toBe('cancelled');
    const { stdout } = await requeue('--reason', 'insufficient balance');
    expect(stdout).toContain('\n601 payments put back into the queue\n');
    const after = await statuses();
    expect(Object.values(after).filter((status) => status === 'queued')).toHaveLength(602);
    expect(after['B']).toBe('cancelled');
    expect((await requeue('--reason', 'insufficient balance')).stdout).toBe(
      '0 payments put back into the queue\n',
    );
  });

  test('leaves what may still be mined, and tells it', async () => {
    await givenUp({ A: POOR, B: POOR });
    const store = await openSqliteStore(join(folder, '.treasury/treasury.db'));
    const lease = await store.acquireLease({ owner: 'test', ttlMs: 1_000, now: NOW });
    if (lease === undefined) throw new Error('the lease is taken');
    const intent = { disbursementId: 'open', nonce: 4, txHash: '0xa', rawTx: '0x02' };
    await store.stage(lease, intent, { now: NOW });
    await store.change(lease, 'open', { from: ['staged'], to: 'cancelled', reason: POOR }, { now: NOW });
    await store.close();

    expect(await requeue('open')).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('its transaction may still be mined'),
    });
    const shown = await treasury(folder, ['show', 'open']);
    expect(shown.stdout).toMatch(/nonce +4 \(open: what takes it is not known for good\)/);
    const dry = await requeue('--reason', 'balance', '--dry-run', '--json');
    expect(objectsOf(dry.stdout)).toContainEqual({
      ...{ id: 'open', from: 'cancelled', reason: POOR, requeued: false },
      why: 'its transaction may still be mined',
    });
    const { code, stdout } = await requeue('--reason', 'balance');
    expect([code, stdout.trimEnd().split('\n').slice(-2)]).toEqual([
      0,
      ['2 payments put back into the queue', '1 payment left in place: its transaction may still be mined'],
    ]);
    expect(await statuses()).toEqual({ A: 'queued', B: 'queued', open: 'cancelled' });
  });

  test.each([
    [[], 'name ids, or a --reason'],
    [['A', '--reason', 'x'], 'name ids, or a --reason'],
    [['--reason', ' '], '--reason is empty: every payment would be meant'],
    [['A', '--dry-run'], '--dry-run goes with --reason'],
  ])('refuses what it cannot mean: %s', async (args, message) => {
    await givenUp({ A: POOR });
    expect(await requeue(...args)).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
    expect(await statuses()).toEqual({ A: 'cancelled', open: 'queued' });
  });

  test('does not make a store where there is none', async () => {
    expect(await requeue('A')).toMatchObject({ code: 78 });
  });
});
