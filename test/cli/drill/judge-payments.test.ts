import { describe, expect, test } from 'vitest';
import type { DisbursementRow, DisbursementStatus } from '../../../machines/index.ts';
import { judgeAudit, judgePaid, judgeProbes, type Payments } from '../../../src/cli/drill/judge-payments.ts';

const A = `0x${'aa'.repeat(20)}`;
const B = `0x${'bb'.repeat(20)}`;

const row = (
  id: string,
  destination: string,
  amount: bigint,
  status: DisbursementStatus = 'finalized',
): DisbursementRow => ({
  ...{ id, destination, amount, status, memo: '', scheduledEpoch: 0, dependsOn: [] },
  ...{ nonce: 0, intents: [], attempts: 0, reason: undefined, notBefore: undefined, isGap: false },
});

const sound: Payments = {
  rows: [row('1', A, 5n), row('2', B, 7n, 'executed'), row('3', A, 11n)],
  balances: new Map([
    [A, 16n],
    [B, 7n],
  ]),
  transactions: 3,
  audit: { rows: 3, changes: 12, faults: [], faultCount: 0 },
};

describe('payments', () => {
  test('are all paid, once', () => expect(judgePaid(sound)).toEqual([]));

  test.each(['queued', 'staged', 'submitted', 'cancelled', 'deadLetter'] as const)(
    'one that is %s is not paid',
    (status) => {
      const rows = [row('1', A, 5n), row('2', B, 7n), row('3', A, 11n, status)];
      expect(judgePaid({ ...sound, rows })).toEqual([`3 is ${status}, expected it to be paid`]);
    },
  );

  test('one that is paid twice is found by the balance of its payee', () => {
    const balances = new Map([...sound.balances, [A, 21n] as const]);
    expect(judgePaid({ ...sound, balances })).toEqual([`${A} has 21, 5 more than its rows amount to`]);
  });

  test('one that never arrived is found although its row is paid', () => {
    const balances = new Map([[A, 16n]]);
    expect(judgePaid({ ...sound, balances })).toEqual([`${B} has 0, 7 less than its rows amount to`]);
  });

  test('a transaction too many is found although no payee has more', () => {
    expect(judgePaid({ ...sound, transactions: 4 })).toEqual([
      'the number of transactions of the paying account is 4, expected 3',
    ]);
  });

  test('faults of the audit are told, three of them', () => {
    const faults = ['a', 'b', 'c', 'd', 'e'].map((fault) => ({ id: '1', fault }));
    expect(judgePaid({ ...sound, audit: { ...sound.audit, faults, faultCount: 5 } })).toEqual([
      '1: a',
      '1: b',
      '1: c',
      'and 2 more faults in the audit: see "treasury audit --check"',
    ]);
  });

  test('rows that the audit does not know are found', () => {
    expect(judgeAudit({ ...sound.audit, rows: 2 }, 3)).toEqual([
      'the number of rows in the audit is 2, expected 3',
    ]);
  });
});

describe('probes', () => {
  const policy = { halfOpenMaxProbes: 1, successThreshold: 2 };
  const send = (at: number, endedAt?: number) => ({ at, endedAt });

  test('one after the other', () => {
    expect(judgeProbes([send(0, 10), send(10, 20)], policy)).toEqual([]);
  });

  test('two at once', () => {
    expect(judgeProbes([send(0, 10), send(5, 20)], policy)).toEqual([
      '2 submissions were out at once while HALF_OPEN, expected at most 1',
    ]);
    expect(judgeProbes([send(0, 10), send(5, 20)], { ...policy, halfOpenMaxProbes: 2 })).toEqual([]);
  });

  test('too few for the successes that closed it', () => {
    expect(judgeProbes([send(0, 10)], policy)).toEqual([
      '1 submissions while HALF_OPEN, expected at least 2: a success each',
    ]);
  });

  test('more than it takes', () => {
    expect(judgeProbes([send(0, 1), send(2, 3), send(4, 5)], policy)).toEqual([
      '3 submissions while HALF_OPEN, expected at most 2',
    ]);
  });
});
