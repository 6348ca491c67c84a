import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Disbursement } from '../../machines/index.ts';
import { readDisbursements } from '../../src/cli/import-file.ts';

let rows: readonly Disbursement[];
beforeAll(async () => {
  const path = fileURLToPath(new URL('../../examples/disbursements.csv', import.meta.url));
  rows = (await readDisbursements(path)).rows;
});

const ETHER = 10n ** 18n;

describe('examples/disbursements.csv', () => {
  test('has rows enough to watch, and costs less than a development account has', () => {
    expect(rows.length).toBeGreaterThanOrEqual(240);
    expect(new Set(rows.map((row) => row.destination)).size).toBe(15);
    expect(rows.reduce((sum, row) => sum + row.amount, 0n)).toBeLessThan(5000n * ETHER);
  });

  test('is due mostly now, and in three later epochs', () => {
    expect(rows.filter((row) => row.scheduledEpoch === 0).length).toBeGreaterThanOrEqual(200);
    expect(new Set(rows.map((row) => row.scheduledEpoch))).toEqual(new Set([0, 1, 2, 3]));
  });

  test('has dependencies that can all be paid in order, but for two that wait for an approval', () => {
    const epochOf = new Map(rows.map((row) => [row.id, row.scheduledEpoch]));
    const paid = new Set<string>();
    // Each round pays what depends on earlier rounds only: a cycle would never be paid.
    for (let before = -1; before !== paid.size; ) {
      before = paid.size;
      for (const row of rows) if (row.dependsOn.every((id) => paid.has(id))) paid.add(row.id);
    }
    const waiting = rows.filter((row) => !paid.has(row.id)).map((row) => row.id);
    expect(waiting).toEqual(['INV-2026-0490', 'GRANT-hardware-m1']);
    const isEarlyEnough = (row: Disbursement): boolean =>
      row.dependsOn.every((id) => (epochOf.get(id) ?? 0) <= row.scheduledEpoch);
    expect(rows.filter((row) => !isEarlyEnough(row))).toEqual([]);
    expect(rows.filter((row) => row.dependsOn.length > 0).length).toBeGreaterThanOrEqual(25);
  });
});
