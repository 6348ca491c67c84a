import { describe, expect, test } from 'vitest';
import { Table, type TableColumn } from '../../src/cli/table.ts';

interface Payment {
  readonly id: string;
  readonly amount: string;
  readonly to: string;
}

const COLUMNS: readonly TableColumn<Payment>[] = [
  { title: 'ID', text: (row) => row.id, shrinkTo: 4 },
  { title: 'AMOUNT', text: (row) => row.amount, align: 'right' },
  { title: 'TO', text: (row) => row.to, shrinkTo: 7, cut: 'middle' },
];

const linesOf = (width: number, ...rows: readonly Payment[]): string[] =>
  new Table(COLUMNS, width).format(rows);

describe('a table', () => {
  test('is as wide as its cells', () => {
    const rows = [
      { id: 'INV-1', amount: '5', to: '0xabcdef' },
      { id: 'X', amount: '1234567', to: '-' },
    ];
    expect(linesOf(80, ...rows)).toEqual([
      'ID      AMOUNT  TO',
      'INV-1        5  0xabcdef',
      'X      1234567  -',
    ]);
  });

  test('cuts the later columns first, and never the amount', () => {
    const row = { id: 'INVOICE-1', amount: '123456789', to: '0x0123456789abcdef' };
    expect(linesOf(33, row)[1]).toBe('INVOICE-1  123456789  0x012…bcdef');
    expect(linesOf(26, row)[1]).toBe('INVOI…  123456789  0x0…def');
    expect(linesOf(10, row)[1]).toBe('INV…  123456789  0x0…def');
  });

  test('goes on in further pages with the widths of the first, without titles', () => {
    const table = new Table(COLUMNS, Number.POSITIVE_INFINITY);
    expect(table.format([{ id: 'A', amount: '1', to: 'x' }])).toHaveLength(2);
    expect(table.format([{ id: 'LONGER', amount: '1', to: 'x' }])).toEqual(['LONGER       1  x']);
  });

  test('counts cells of the terminal, not characters', () => {
    const rows = [
      { id: '支払', amount: '1', to: 'x' },
      { id: 'e\u0301', amount: '1', to: 'x' },
      { id: 'abcd', amount: '1', to: 'x' },
    ];
    expect(linesOf(80, ...rows).slice(1)).toEqual([
      '支払       1  x',
      'e\u0301          1  x',
      'abcd       1  x',
    ]);
  });

  test('lets one huge cell push out its own line only', () => {
    const table = new Table([{ title: 'N', text: (row: string) => row, align: 'right', widest: 4 }], 80);
    expect(table.format(['1', '123456789'])).toEqual(['   N', '   1', '123456789']);
  });

  test('cuts the middle between whole characters', () => {
    const table = new Table([{ title: 'N', text: (row: string) => row, shrinkTo: 4, cut: 'middle' }], 7);
    expect(table.format(['漢字漢字漢', '😀😀😀😀😀'])).toEqual(['N', '漢…漢', '😀…😀']);
  });

  test('shows control characters as escapes', () => {
    expect(linesOf(80, { id: 'a', amount: '1', to: '\u001b[2J\n' })[1]).toBe('a        1  \\x1b[2J\\n');
  });
});
