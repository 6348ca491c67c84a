import { describe, expect, test } from 'vitest';
import { parseDisbursements } from '../../src/cli/import-file.ts';
import { csv, HEADER, PAYEE, problemsOf } from './rows.ts';

const rowsOf = (text: string) => parseDisbursements(text, 'payouts.csv').rows;

describe('CSV', () => {
  test('becomes rows, with defaults for what is empty', () => {
    expect(rowsOf(csv(`INV-1,${PAYEE},5,,,`, `INV-2,${PAYEE},6,"a, ""b""",3,INV-1;X`))).toEqual([
      {
        ...{ id: 'INV-1', destination: PAYEE.toLowerCase(), amount: 5n },
        ...{ memo: '', scheduledEpoch: 0, dependsOn: [] },
      },
      {
        ...{ id: 'INV-2', destination: PAYEE.toLowerCase(), amount: 6n },
        ...{ memo: 'a, "b"', scheduledEpoch: 3, dependsOn: ['INV-1', 'X'] },
      },
    ]);
  });

  test('may end its lines with CRLF, skip lines and lack the last line end', () => {
    const text = `${HEADER}\r\n\r\nA,${PAYEE},5,one,,\r\nB,${PAYEE},5,two,,`;
    expect(rowsOf(text).map(({ id, memo }) => [id, memo])).toEqual([
      ['A', 'one'],
      ['B', 'two'],
    ]);
  });

  test('keeps line ends inside quotes, and counts the lines behind them right', () => {
    const text = `${HEADER}\r\nA,${PAYEE},5,"x\r\ny\nz",,\r\n\r\nB,${PAYEE},0,,,\r\n`;
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^6, amount: .*got "0"$/)]);
    expect(rowsOf(text.replace(',0,', ',1,'))[0]?.memo).toBe('x\r\ny\nz');
  });

  test('with a header and no rows is no error', () => {
    expect(rowsOf(csv())).toEqual([]);
  });

  test('tells line and column of every problem', () => {
    expect(problemsOf(csv(`A,${PAYEE},5,,,`, `B,nowhere,5,,,`, `C,${PAYEE},1.5,,-1,D;;E`))).toEqual([
      expect.stringMatching(/^3, destination: expected an address.*got "nowhere"$/),
      expect.stringMatching(/^4, amount: .*got "1.5"$/),
      expect.stringMatching(/^4, scheduledEpoch: .*got "-1"$/),
      expect.stringMatching(/^4, dependsOn: expected an id.*got ""$/),
    ]);
  });

  test('shows an epoch as the file has it', () => {
    expect(problemsOf(csv(`A,${PAYEE},5,,9007199254740993,`))).toEqual([
      expect.stringMatching(/^2, scheduledEpoch: .*got "9007199254740993"$/),
    ]);
  });

  test('refuses rows with too few or too many values, and goes on', () => {
    expect(problemsOf(csv(`A,${PAYEE},5`, `B,${PAYEE},5,,,,`, `C,${PAYEE},0,,,`))).toEqual([
      '2, -: expected 6 values separated by commas, got 3',
      '3, -: expected 6 values separated by commas, got 7',
      expect.stringMatching(/^4, amount: /),
    ]);
  });
});

describe('the header', () => {
  test.each([
    ['id,destination,amount,memo,scheduledEpoch', 'missing dependsOn'],
    [`${HEADER},note`, 'unknown "note"'],
    ['ID,destination,amount,memo,scheduledEpoch,dependsOn', 'missing id; unknown "ID"'],
    ['destination,id,amount,memo,scheduledEpoch,dependsOn', 'in this order'],
    [`${HEADER},id`, 'once each'],
    [`A,${PAYEE},5,,,`, 'missing id'],
    [HEADER.replaceAll(',', ';'), 'missing id'],
  ])('%s is refused', (header, remark) => {
    const problems = problemsOf(`${header}\nA,${PAYEE},5,,,\n`);
    expect(problems).toEqual([expect.stringContaining(`1, -: expected the header ${HEADER}: `)]);
    expect(problems[0]).toContain(remark);
  });

  test.each(['', '\n\n'])('is missed in an empty file %j', (text) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining('got an empty file')]);
  });
});

describe('broken quoting', () => {
  test('an open quote is told at the row that opens it', () => {
    expect(problemsOf(csv(`A,${PAYEE},0,,,`, '', `B,${PAYEE},5,"never`, `C,${PAYEE},5,,,`))).toEqual([
      expect.stringMatching(/^2, amount/),
      expect.stringMatching(/^4, -: expected a closing quote/),
    ]);
    expect(problemsOf(csv(`A,${PAYEE},5,,,`, '', '"B'))).toEqual([
      expect.stringMatching(/^4, -: .*closing quote/),
    ]);
    expect(problemsOf('"')).toEqual([expect.stringMatching(/^1, -: .*closing quote/)]);
  });

  test('a quote inside a value is told', () => {
    expect(problemsOf(csv(`A,${PAYEE},5,3" pipe,,`))).toEqual([
      expect.stringMatching(/^2, -: .*quoted as a whole/),
    ]);
    expect(problemsOf(csv(`A,${PAYEE},5,"3" pipe",,`))).toEqual([
      expect.stringMatching(/^2, -: .*written twice/),
    ]);
  });
});

describe('an id that comes twice', () => {
  test('with the same payload is a repeat, whatever the case and order of its parts', () => {
    const file = parseDisbursements(
      csv(`A,${PAYEE},5,m,,X;Y`, `A,${PAYEE.toLowerCase()},5,m,0,Y;X`, `B,${PAYEE},5,m,,`),
      'payouts.csv',
    );
    expect(file.rows.map(({ id }) => id)).toEqual(['A', 'B']);
    expect(file.repeated).toBe(1);
    expect(file.lineOf('B')).toBe(4);
    expect(file.lineOf('C')).toBeUndefined();
  });

  test('with another payload names both lines and what differs', () => {
    expect(problemsOf(csv(`A,${PAYEE},5,m,,`, `B,${PAYEE},5,,,`, `A,${PAYEE},6,m,,B`))).toEqual([
      '4, id: expected an id of its own: line 2 has "A" with another amount, dependsOn',
    ]);
  });
});
