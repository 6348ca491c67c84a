import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDisbursements } from '../../src/cli/import-file.ts';
import { InputError } from '../../src/cli/input-error.ts';
import { ROW_FIELDS } from '../../src/cli/parse-row.ts';
import { csv, goodRow, HEADER, PAYEE } from './rows.ts';

/** Parses, and lets nothing through but rows or an error meant for people. */
function parseOrRefuse(text: string, source: string) {
  try {
    return parseDisbursements(text, source);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

const sources = fc.constantFrom('a.csv', 'a.json', 'standard input');
const pieces = fc.constantFrom(
  ...[
    '"',
    '""',
    ',',
    ';',
    '\n',
    '\r\n',
    '\r',
    ' ',
    '0',
    '1',
    'A',
    PAYEE,
    HEADER,
    '[',
    ']',
    '{',
    '}',
    ':',
    '\\',
  ],
  ...['"id"', '"amount"', '\0', '\ufeff', '\ud800', '😀', '\u001b[2J', '__proto__', 'null', '-1', '1e999'],
);

describe('whatever is in a file, the parsers give rows or say what is wrong', () => {
  test('with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), sources, (text, source) => {
        parseOrRefuse(text, source);
      }),
      { numRuns: 2000 },
    );
  });

  test('with the right pieces in the wrong places', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), fc.boolean(), sources, (parts, isHeaded, source) => {
        parseOrRefuse(isHeaded ? csv(parts.join('')) : parts.join(''), source);
      }),
      { numRuns: 5000 },
    );
  });

  test('with any value in any field', () => {
    const row = fc.record(
      Object.fromEntries(
        ROW_FIELDS.map((field) => [field, fc.oneof(fc.jsonValue(), fc.constant(goodRow()[field]))]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), (rows) => {
        const result = parseOrRefuse(JSON.stringify(rows), 'a.json');
        if (!(result instanceof InputError)) expect(result.rows.length + result.repeated).toBe(rows.length);
      }),
      { numRuns: 2000 },
    );
  });

  test('and what it says is one line for each problem, without control characters', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), sources, (parts, source) => {
        const result = parseOrRefuse(csv(parts.join('')), source);
        if (result instanceof InputError) expect(result.message).not.toMatch(/(?!\n)\p{C}/u);
      }),
      { numRuns: 1000 },
    );
  });
});

const ids = fc
  .string({ unit: fc.constantFrom(...'AZaz09-_./#,"\'é漢'), minLength: 1, maxLength: 128 })
  .filter((text) => [...text].length <= 128);
const hexDigits = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 40, maxLength: 40 });

const validRows = fc.uniqueArray(
  fc.record({
    id: ids,
    destination: hexDigits.filter((digits) => !/^0+$/.test(digits)).map((digits) => `0x${digits}`),
    amount: fc.bigInt(1n, 2n ** 256n - 1n),
    memo: fc.string({ unit: fc.constantFrom(...'ab ,;"\'\n\r\té漢😀\u001b') }),
    scheduledEpoch: fc.maxSafeNat(),
    dependsOn: fc.uniqueArray(
      ids.map((id) => `dep ${id}`.slice(0, 128)),
      { maxLength: 5 },
    ),
  }),
  { selector: (row) => row.id, maxLength: 20 },
);

const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

describe('a round trip keeps every row', () => {
  test.each(['\n', '\r\n'])('through CSV with line ends %j', (lineEnd) => {
    fc.assert(
      fc.property(validRows, (rows) => {
        const lines = rows.map((row) =>
          ROW_FIELDS.map((field) => (field === 'dependsOn' ? row.dependsOn.join(';') : `${row[field]}`))
            .map(quote)
            .join(','),
        );
        const text = [HEADER, ...lines].map((line) => line + lineEnd).join('');
        expect(parseDisbursements(text, 'a.csv').rows).toEqual(rows);
      }),
    );
  });

  test('through JSON', () => {
    fc.assert(
      fc.property(validRows, (rows) => {
        const text = JSON.stringify(rows.map((row) => ({ ...row, amount: `${row.amount}` })));
        expect(parseDisbursements(text, 'standard input').rows).toEqual(rows);
      }),
    );
  });
});
