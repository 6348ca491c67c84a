import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { objectsOf, treasury } from './treasury.ts';

const HEADER = 'id,destination,amount,memo,scheduledEpoch,dependsOn';
const PAYEE = '0xf7b83d1ea4d2c451ab1becb0e9f50242dda15095';
const NOW = Date.UTC(2026, 10, 24);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-audit-'));
});
afterEach(() => rm(folder, { recursive: true }));

const audit = (...args: readonly string[]) => treasury(folder, ['audit', ...args]);
const file = () => join(folder, '.treasury/treasury.db');

/** Two rows, one of which was staged and refused. */
async function withHistory(): Promise<void> {
  const rows = `${HEADER}\nA,${PAYEE},5,rent,,\nB,${PAYEE},6,,,A\n`;
  expect(await treasury(folder, ['import', '-'], rows)).toMatchObject({ code: 0 });
  const store = await openSqliteStore(file());
  const lease = await store.acquireLease({ owner: 'host:1:x', ttlMs: 1_000, now: NOW });
  if (lease === undefined) throw new Error('the lease is taken');
  const intent = { disbursementId: 'A', nonce: 3, txHash: `0x${'a8'.repeat(32)}`, rawTx: '0x02' };
  await store.stage(lease, intent, { now: NOW });
  const reason = 'refused: \u001b[2Junderpriced';
  await store.change(lease, 'A', { from: ['staged'], to: 'staged', attempts: 1, reason }, { now: NOW + 5 });
  await store.close();
}

describe('treasury audit', () => {
  test('prints every change, oldest first, and that all agrees', async () => {
    await withHistory();
    const { code, stdout, stderr } = await audit();
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/^SEQ +AT +ID +CHANGE +NONCE +TRANSACTION +TRIES +FENCE +BY +REASON$/);
    expect(lines[1]).toMatch(/^ *1 .* A +imported +- +- +0 +- +- +-$/);
    expect(lines[3]).toMatch(/2026-11-24T00:00:00.000Z +A +queued -> staged +3 +0xa8.* 0 +1 +host:1:x +-$/);
    expect(lines[4]).toMatch(/A +staged, again +3 +- +1 +1 +host:1:x +refused: \\x1b\[2Junderpriced$/);
    expect(lines[5]).toBe('2 disbursements, 4 changes: trail, rows, transactions and sums agree');
  });

  test('prints one JSON object a line, the last of them what the check found', async () => {
    await withHistory();
    const { code, stdout } = await audit('--json');
    expect(code).toBe(0);
    const objects = objectsOf(stdout);
    expect(objects).toHaveLength(5);
    expect(objects[2]).toEqual({
      ...{ seq: 3, at: NOW, id: 'A', from: 'queued', to: 'staged', nonce: 3, txHash: `0x${'a8'.repeat(32)}` },
      ...{ attempts: 0, reason: null, notBefore: null, owner: 'host:1:x', fence: 1 },
    });
    expect(objects[4]).toEqual({ rows: 2, changes: 4, faults: 0 });
    expect(stdout).not.toContain('rent');
  });

  test('prints the changes of one disbursement, or none of them', async () => {
    await withHistory();
    expect(objectsOf((await audit('--id', 'B', '--json')).stdout)).toMatchObject([
      { id: 'B', to: 'queued' },
      { rows: 2, faults: 0 },
    ]);
    expect(objectsOf((await audit('--check', '--json')).stdout)).toEqual([
      { rows: 2, changes: 4, faults: 0 },
    ]);
    expect(await audit('--id', 'nobody')).toMatchObject({
      code: 65,
      stdout: '',
      stderr: expect.stringContaining('no disbursement "nobody"'),
    });
  });

  test('names what does not agree, and ends with 1', async () => {
    await withHistory();
    const connection = new DatabaseSync(file());
    connection.exec(`update disbursement set destination = '0x${'00'.repeat(20)}' where id = 'B'`);
    connection.close();
    const fault = `its destination is "0x${'00'.repeat(20)}", and "${PAYEE}" by the trail`;
    expect(await audit('--check')).toEqual({
      code: 1,
      stdout: `"B": ${fault}\n2 disbursements, 4 changes: 1 fault\n`,
      stderr: 'treasury: the audit found 1 fault\n',
    });
    const { code, stdout } = await audit('--check', '--json');
    expect(code).toBe(1);
    expect(objectsOf(stdout)).toEqual([
      { id: 'B', fault },
      { rows: 2, changes: 4, faults: 1 },
    ]);
  });

  test('does not make a store where there is none', async () => {
    expect(await audit()).toMatchObject({ code: 78, stdout: '' });
  });
});
