import { describe, expect, test } from 'vitest';
import { checkRow } from '../../src/cli/parse-row.ts';
import { goodRow, PAYEE } from './rows.ts';

const faultsOf = (changes: Readonly<Record<string, unknown>>): string[] =>
  (checkRow(goodRow(changes)).faults ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('a row', () => {
  test('comes out with a lower-case destination and a bigint amount', () => {
    expect(checkRow(goodRow({ amount: '7', dependsOn: ['A', 'B'] })).row).toEqual({
      id: 'INV-1',
      destination: PAYEE.toLowerCase(),
      amount: 7n,
      memo: 'rent',
      scheduledEpoch: 0,
      dependsOn: ['A', 'B'],
    });
  });

  test('may leave out memo, epoch and dependencies', () => {
    const { id, destination, amount } = goodRow();
    expect(checkRow({ id, destination, amount }).row).toMatchObject({
      memo: '',
      scheduledEpoch: 0,
      dependsOn: [],
    });
  });

  test('is told every fault at once', () => {
    expect(faultsOf({ id: '', amount: '-1', memo: 7 })).toEqual([
      expect.stringMatching(/^id: /),
      expect.stringMatching(/^amount: /),
      expect.stringMatching(/^memo: /),
    ]);
  });

  test('has no field beyond the six', () => {
    expect(faultsOf({ dependson: [] })).toEqual([
      expect.stringMatching(/^dependson: expected no other field/),
    ]);
    expect(checkRow(null).faults).toEqual([{ path: [], message: expect.stringContaining('an object') }]);
  });
});

describe('id', () => {
  test.each(['a', 'INV-2026-0412', 'Grant #7 (über)', '支払い-1', '=2+2', 'x'.repeat(128), '😀'.repeat(128)])(
    'takes %j',
    (id) => expect(faultsOf({ id })).toEqual([]),
  );

  test.each([
    '',
    ' a',
    'a ',
    'a;b',
    'a\nb',
    'a\tb',
    '\u001b[31m',
    'zero\u200bwidth',
    '\u202ebidi',
    'nb\u00a0sp',
    '\ud800',
    'x'.repeat(129),
    'x'.repeat(1_000_000),
    7,
    undefined,
  ])('refuses %j', (id) =>
    expect(faultsOf({ id })).toEqual([expect.stringMatching(/^id: expected an id of 1 to 128/)]),
  );
});

describe('destination', () => {
  test.each([PAYEE, PAYEE.toLowerCase(), `0x${PAYEE.slice(2).toUpperCase()}`])('takes %s', (destination) =>
    expect(faultsOf({ destination })).toEqual([]),
  );

  test.each(['', '0x', PAYEE.slice(2), `${PAYEE}0`, PAYEE.slice(0, -1), ` ${PAYEE}`, 'vitalik.eth', 7])(
    'refuses the shape of %j',
    (destination) =>
      expect(faultsOf({ destination })).toEqual([expect.stringContaining('0x and 40 hexadecimal')]),
  );

  test('refuses mixed case with a wrong checksum', () => {
    expect(faultsOf({ destination: PAYEE.replace('D2C', 'd2C') })).toEqual([
      expect.stringContaining('EIP-55'),
    ]);
  });

  test('refuses the zero address', () => {
    expect(faultsOf({ destination: `0x${'0'.repeat(40)}` })).toEqual([
      expect.stringContaining('zero address'),
    ]);
  });
});

describe('amount', () => {
  test.each(['1', '1000000000000000000', (2n ** 256n - 1n).toString()])('takes %s', (amount) =>
    expect(checkRow(goodRow({ amount })).row?.amount).toBe(BigInt(amount)),
  );

  test.each([
    ...['', '0', '00', '01', '-1', '+1', '1.0', '1e18', '0x10', '1,000', '1_000', ' 1', '１', 'ten', '1n'],
    ...[(2n ** 256n).toString(), '9'.repeat(100_000), 1000, 1n, null],
  ])('refuses %s', (amount) =>
    expect(faultsOf({ amount })).toEqual([expect.stringMatching(/^amount: .*base units/)]),
  );
});

describe('memo', () => {
  test('holds 8192 bytes of UTF-8, counted in bytes', () => {
    expect(faultsOf({ memo: 'é'.repeat(4096) })).toEqual([]);
    expect(faultsOf({ memo: 'é'.repeat(4097) })).toEqual([expect.stringContaining('8192 bytes')]);
  });

  test('may hold anything that every store keeps as it is', () => {
    expect(faultsOf({ memo: 'two\r\nlines, "quotes" and \u001b[31m' })).toEqual([]);
    expect(faultsOf({ memo: 'a\0b' })).toHaveLength(1);
    expect(faultsOf({ memo: '\udc00' })).toHaveLength(1);
  });
});

test('scheduledEpoch is a whole number from 0 to 2^53-1', () => {
  expect([0, 1, Number.MAX_SAFE_INTEGER].flatMap((scheduledEpoch) => faultsOf({ scheduledEpoch }))).toEqual(
    [],
  );
  for (const scheduledEpoch of [-1, 0.5, 2 ** 53, Number.POSITIVE_INFINITY, '3', null]) {
    expect(faultsOf({ scheduledEpoch })).toEqual([expect.stringMatching(/^scheduledEpoch: .*whole number/)]);
  }
});

describe('dependsOn', () => {
  test.each([{ length: {} }, { length: 101 }, 'A', 7, null])('is a list, and not %j', (value) => {
    expect(faultsOf({ dependsOn: value })).toEqual(['dependsOn: expected at most 100 ids']);
  });

  const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `D-${index}`);

  test('names up to 100 other rows', () => {
    expect(faultsOf({ dependsOn: ids(100) })).toEqual([]);
    expect(faultsOf({ dependsOn: ids(101) })).toEqual([expect.stringContaining('at most 100')]);
  });

  test('names each once, and never the row itself', () => {
    expect(faultsOf({ dependsOn: ['A', 'A'] })).toEqual([expect.stringContaining('each id once')]);
    expect(faultsOf({ dependsOn: ['INV-1'] })).toEqual([expect.stringMatching(/^dependsOn: .*itself/)]);
  });

  test('holds ids only', () => {
    expect(faultsOf({ dependsOn: ['A', ''] })).toEqual([
      expect.stringMatching(/^dependsOn\.1: expected an id/),
    ]);
    expect(faultsOf({ dependsOn: 'A' })).toHaveLength(1);
  });
});
