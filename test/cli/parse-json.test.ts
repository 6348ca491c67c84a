import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDisbursements } from '../../src/cli/import-file.ts';
import { JsonSyntaxError, parseJsonTree } from '../../src/cli/parse-json-tree.ts';
import { goodRow, problemsOf } from './rows.ts';

const problems = (text: string): string[] => problemsOf(text, 'payouts.json');

describe('JSON rows', () => {
  test('come out like those of CSV', () => {
    const text = JSON.stringify([
      goodRow(),
      goodRow({ id: 'INV-2', scheduledEpoch: 2, dependsOn: ['INV-1'] }),
    ]);
    expect(parseDisbursements(text, 'payouts.json').rows).toMatchObject([
      { id: 'INV-1', amount: 1000n, scheduledEpoch: 0 },
      { id: 'INV-2', amount: 1000n, scheduledEpoch: 2, dependsOn: ['INV-1'] },
    ]);
  });

  test('may be none', () => {
    expect(parseDisbursements('[]', 'payouts.json').rows).toEqual([]);
  });

  test('tell line, column and path of every problem', () => {
    const text = JSON.stringify(
      [goodRow(), goodRow({ id: 'B', amount: 7, dependsOn: ['A', ''] }), 'row'],
      null,
      2,
    );
    expect(problems(text)).toEqual([
      expect.stringMatching(/^13, 15 \(\[1\]\.amount\): expected an amount.*got "7"$/),
      expect.stringMatching(/^18, 7 \(\[1\]\.dependsOn\[1\]\): expected an id.*got """"$/),
      expect.stringMatching(/^21, 3 \(\[2\]\): expected an object.*got ""row""$/),
    ]);
  });

  test('tell what is missing at the row, and what is unknown at its value', () => {
    expect(problems('[{"id":"A","amount":"5","payee":1}]')).toEqual([
      expect.stringMatching(/^1, 2 \(\[0\]\.destination\): expected an address.*got nothing$/),
      expect.stringMatching(/^1, 33 \(\[0\]\.payee\): expected no other field.*got "1"$/),
    ]);
  });

  test('name both lines of an id with two payloads', () => {
    const text = `[${JSON.stringify(goodRow())},\n${JSON.stringify(goodRow({ memo: 'x' }))}]`;
    expect(problems(text)).toEqual([
      '2, 7 ([1].id): expected an id of its own: line 1 has "INV-1" with another memo',
    ]);
  });

  test('are an array', () => {
    expect(problems('{"rows":[]}')).toEqual([expect.stringMatching(/^1, 1: expected an array of rows/)]);
    expect(problems('')).toEqual(['1, 1: expected a value, got the end of the file']);
  });

  test('have every name once, where JSON.parse would take the second', () => {
    expect(problems('[{"id":"A",\n"amount":"1","amount":"9"}]')).toEqual([
      expect.stringMatching(/^2, 14: expected every name once in an object/),
    ]);
  });

  test.each([
    ['[{"id":"A"},]', '1, 13: expected a value, got "]"'],
    ['[{"id" "A"}]', '1, 8: expected ":", got ""A"}]"'],
    ["[{'id':1}]", '1, 3: expected a name in double quotes'],
    ['[\n"abc', '2, 1: expected a closing quote'],
    ['[1 2]', '1, 4: expected "," or "]", got "2]"'],
    ['[] x', '1, 4: expected the end of the text, got "x"'],
    ['[01]', '1, 2: expected a value, got "01]"'],
    ['['.repeat(100_000), 'expected at most 16 levels of nesting'],
  ])('%s is no JSON', (text, message) => {
    expect(problems(text)).toEqual([expect.stringContaining(message)]);
  });
});

describe('the JSON reader', () => {
  test('reads whatever JSON.parse reads, and knows where it stands', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const root = parseJsonTree(` \n${text}\r\n`);
        expect(JSON.stringify(root.value)).toBe(JSON.stringify(JSON.parse(text)));
        for (const child of root.children?.values() ?? []) {
          expect(JSON.stringify(JSON.parse(` \n${text}\r\n`.slice(child.start, child.end)))).toBe(
            JSON.stringify(child.value),
          );
        }
      }),
    );
  });

  test('refuses whatever JSON.parse refuses', () => {
    // Every name differs: about names that come twice the two disagree on purpose.
    const nearlyJson = fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '"',
          '"a"',
          '\\',
          '1',
          '-',
          '.',
          'e',
          ' ',
          'null',
          '\u0001',
        ),
      )
      .map((parts) => parts.map((part, index) => (part === '"a"' ? `"${index}"` : part)).join(''));
    const accepts = (read: (text: string) => unknown, text: string): boolean => {
      try {
        read(text);
        return true;
      } catch (error) {
        if (error instanceof JsonSyntaxError || error instanceof SyntaxError) return false;
        throw error;
      }
    };
    fc.assert(
      fc.property(nearlyJson, (text) => {
        expect(accepts(parseJsonTree, text)).toBe(accepts(JSON.parse, text));
      }),
      { numRuns: 3000 },
    );
  });

  test('takes __proto__ for a name like any other', () => {
    expect(Object.keys(parseJsonTree('{"__proto__":1}').value as object)).toEqual(['__proto__']);
    expect(problems('[{"__proto__":{"id":"A"}}]')).toHaveLength(4);
  });
});
