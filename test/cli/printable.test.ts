import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonLine, printable, quoted } from '../../src/cli/printable.ts';

const anyText = fc.string({ unit: 'binary' });

describe('text for a terminal', () => {
  test.each([
    ['plain, äöü 漢字 €', 'plain, äöü 漢字 €'],
    ['two\r\nlines\t.', 'two\\r\\nlines\\t.'],
    ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['\u009b2J', '\\x9b2J'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['\u{e0001}', '\\u{e0001}'],
    ['\ud800', '\\ud800'],
  ])('%j shows as %s', (text, shown) => expect(printable(text)).toBe(shown));

  test('holds nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('is cut where it is quoted', () => {
    expect(quoted('short\n')).toBe('"short\\n"');
    expect(quoted('😀'.repeat(5), 3)).toBe('"😀😀😀…"');
    expect(quoted('😀'.repeat(3), 3)).toBe('"😀😀😀"');
  });
});

describe('a line of JSON', () => {
  test('has bigints as strings and null for what is absent', () => {
    expect(jsonLine({ amount: 2n ** 70n, nonce: undefined })).toBe(
      '{"amount":"1180591620717411303424","nonce":null}',
    );
  });

  test('reads back as it was, and holds nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = jsonLine({ text });
        expect(JSON.parse(line)).toEqual({ text });
        expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
