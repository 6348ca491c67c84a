import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { objectsOf, startTreasury, treasury } from './treasury.ts';

const HEADER = 'id,destination,amount,memo,scheduledEpoch,dependsOn';
const PAYEE = '0xf7b83d1ea4D2C451aB1BEcb0E9F50242ddA15095';
const DB = '.treasury/treasury.db';

const csv = (...lines: readonly string[]): string => `${[HEADER, ...lines].join('\n')}\n`;
const manyRows = (count: number): string =>
  csv(
    ...Array.from(
      { length: count },
      (_, index) => `ROW-${String(index).padStart(6, '0')},${PAYEE},${index + 1},,,`,
    ),
  );

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treasury-'));
});
afterEach(() => rm(folder, { recursive: true }));

const run = (...args: readonly string[]) => treasury(folder, args);
const put = (name: string, content: string): Promise<void> => writeFile(join(folder, name), content);

async function imported(content: string): Promise<void> {
  expect(await treasury(folder, ['import', '-'], content)).toMatchObject({ code: 0 });
}

/** A refusal: nothing on standard output, one line on standard error. */
const refusal = (code: number, line: RegExp) => ({
  code,
  stdout: '',
  stderr: expect.stringMatching(new RegExp(`^treasury: [^\\n]*${line.source}[^\\n]*\\n$`)),
});

describe('treasury import', () => {
  test('makes the store, and counts what it added and what was there', async () => {
    await put('a.csv', csv(`A,${PAYEE},5,,,`, `B,${PAYEE},6,,,`));
    expect(await run('import', 'a.csv')).toEqual({
      code: 0,
      stdout: 'a.csv: 2 imported, 0 already there\n',
      stderr: '',
    });
    expect(existsSync(join(folder, DB))).toBe(true);
    await put('b.json', JSON.stringify([{ id: 'B', destination: PAYEE.toLowerCase(), amount: '6' }]));
    const { stdout } = await run('import', 'b.json', '--json');
    expect(objectsOf(stdout)).toEqual([{ file: 'b.json', db: DB, imported: 0, repeated: 1 }]);
  });

  test.each([
    ['CSV', csv(`A,${PAYEE},5,,,`)],
    ['JSON', JSON.stringify([{ id: 'A', destination: PAYEE, amount: '5' }])],
  ])('reads %s from standard input', async (_format, content) => {
    const ending = await treasury(folder, ['import', '-', '--db', 'x/y.db', '--json'], content);
    expect(objectsOf(ending.stdout)).toEqual([
      { file: 'standard input', db: 'x/y.db', imported: 1, repeated: 0 },
    ]);
    expect(existsSync(join(folder, 'x/y.db'))).toBe(true);
  });

  test('refuses a file with one problem in one line, and leaves no store behind', async () => {
    await put('a.csv', csv(`A,${PAYEE},5,,,`, `B,${PAYEE},0,,,`));
    expect(await run('import', 'a.csv')).toEqual(
      refusal(65, /a\.csv, line 3, column amount: .*got "0": nothing/),
    );
    expect(existsSync(join(folder, '.treasury'))).toBe(false);
  });

  test('lists all problems of a file', async () => {
    await put('a.csv', csv(`A,${PAYEE},x,,,`, `B,nobody,\u001b[31m,,,`));
    const { code, stdout, stderr } = await run('import', 'a.csv');
    expect({ code, stdout }).toEqual({ code: 65, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^treasury: a\.csv, 3 problems: nothing was imported/);
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^ {2}line 2, column amount: /),
      expect.stringMatching(/^ {2}line 3, column destination: /),
      expect.stringMatching(/^ {2}line 3, column amount: .*got "\\x1b\[31m"$/),
    ]);
  });

  test('adds nothing when one row contradicts a stored one, naming line and id', async () => {
    await imported(csv(`A,${PAYEE},5,,,`));
    await put('b.csv', csv(`NEW,${PAYEE},5,,,`, `A,${PAYEE},6,,,`));
    expect(await run('import', 'b.csv')).toEqual(
      refusal(65, /b\.csv, line 3, column id: "A" is stored with another amount; /),
    );
    expect(objectsOf((await run('list', '--json')).stdout).map(({ id }) => id)).toEqual(['A']);
  });

  test('says what it could not read', async () => {
    expect(await run('import', 'none.csv')).toEqual(
      refusal(65, /none\.csv cannot be read \(no such file\): /),
    );
    expect(await run('import', '.')).toEqual(refusal(65, /\(it is a directory\): /));
  });

  test('exits 74 when the store is no store', async () => {
    await put('a.csv', csv(`A,${PAYEE},5,,,`));
    expect(await run('import', 'a.csv', '--db', 'a.csv')).toEqual(refusal(74, /a\.csv/));
    await mkdir(join(folder, 'd'));
    expect(await run('import', 'a.csv', '--db', 'd')).toEqual(refusal(74, /store/));
  });

  test('pays no row twice when two import the same at once', async () => {
    await put('a.csv', manyRows(3000));
    const endings = await Promise.all([1, 2, 3].map(() => run('import', 'a.csv', '--json')));
    const counts = endings.flatMap(({ stdout }) => objectsOf(stdout));
    expect(counts.reduce((sum, { imported }) => sum + Number(imported), 0)).toBe(3000);
    expect(counts.reduce((sum, { repeated }) => sum + Number(repeated), 0)).toBe(6000);
  });
});

describe('treasury list', () => {
  test('prints a table by id', async () => {
    await imported(csv(`B,${PAYEE},5,,,`, `A,${PAYEE},1234,,,`));
    const { code, stdout, stderr } = await run('list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^ID +STATUS +AMOUNT +PAYEE +NONCE +TRIES +REASON$/),
      expect.stringMatching(/^A +queued +1234 +0xf7b83d1ea4d2c451ab1becb0e9f50242dda15095 +- +0 +-$/),
      expect.stringMatching(/^B +queued +5 /),
    ]);
  });

  test('prints one object a line, with every field', async () => {
    await imported(
      csv(`A,${PAYEE},115792089237316195423570985008687907853269984665640564039457584007913129639935,,,`),
    );
    expect(objectsOf((await run('list', '--json')).stdout)).toEqual([
      {
        id: 'A',
        destination: PAYEE.toLowerCase(),
        amount: '115792089237316195423570985008687907853269984665640564039457584007913129639935',
        status: 'queued',
        nonce: null,
        txHash: null,
        attempts: 0,
        reason: null,
      },
    ]);
  });

  test('takes a status and a limit', async () => {
    await imported(manyRows(1200));
    expect(objectsOf((await run('list', '--json', '--limit', '700')).stdout)).toHaveLength(700);
    expect(objectsOf((await run('list', '--json')).stdout)).toHaveLength(1200);
    expect((await run('list', '--json', '--status', 'executed')).stdout).toBe('');
    expect((await run('list', '--status', 'executed')).stdout).toBe('no disbursements in status executed\n');
  });

  test('works beside an import, and shows each id once, in order', async () => {
    await imported(csv(`A,${PAYEE},5,,,`));
    await put('big.csv', manyRows(20_000));
    let isImporting = true;
    const importing = run('import', 'big.csv').finally(() => {
      isImporting = false;
    });
    while (isImporting) {
      const { code, stdout, stderr } = await run('list', '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const ids = objectsOf(stdout).map(({ id }) => String(id));
      expect(ids[0]).toBe('A');
      expect(ids).toEqual([...new Set(ids)].sort());
    }
    expect(await importing).toMatchObject({ code: 0, stderr: '' });
    expect(objectsOf((await run('list', '--json')).stdout)).toHaveLength(20_001);
  });

  test('ends quietly when its reader leaves', async () => {
    await imported(manyRows(20_000));
    const child = startTreasury(folder, ['list']);
    child.stdout.once('data', () => child.stdout.destroy());
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('exits 78 where there is no store, and makes none', async () => {
    expect(await run('list')).toEqual(refusal(78, /no store at .*import disbursements/));
    expect(existsSync(join(folder, '.treasury'))).toBe(false);
  });

  test('refuses a database server without repeating its password', async () => {
    const { code, stderr } = await run('list', '--db', 'postgres://user:secret@db/treasury');
    expect({ code, stderr }).toEqual({
      code: 78,
      stderr: expect.stringMatching(/^treasury: --db [^\n]*\n$/),
    });
    expect(stderr).not.toContain('secret');
  });
});

describe('treasury show', () => {
  const memo = 'line one\nline two \u001b[2J';
  const rows = JSON.stringify([
    { id: 'A', destination: PAYEE, amount: '5' },
    { id: 'B', destination: PAYEE, amount: '6', memo, scheduledEpoch: 3, dependsOn: ['X', 'A'] },
  ]);

  test('shows everything as one object', async () => {
    await imported(rows);
    expect(objectsOf((await run('show', 'B', '--json')).stdout)).toEqual([
      {
        ...{ id: 'B', destination: PAYEE.toLowerCase(), amount: '6', memo, scheduledEpoch: 3 },
        ...{ status: 'queued', nonce: null, txHash: null, attempts: 0, reason: null, notBefore: null },
        dependsOn: [
          { id: 'A', status: 'queued' },
          { id: 'X', status: null },
        ],
        isGap: false,
        transactions: [],
      },
    ]);
  });

  test('shows it to people, with nothing that the terminal obeys', async () => {
    await imported(rows);
    const { stdout } = await run('show', 'B');
    expect(stdout).toMatch(/^memo +line one\\nline two \\x1b\[2J$/m);
    expect(stdout).toMatch(/^depends on +A \(queued\)\n +X \(not imported\)$/m);
  });

  test('exits 65 for an id that is not there', async () => {
    await imported(rows);
    expect(await run('show', 'C\u001b')).toEqual(refusal(65, /no disbursement "C\\x1b" in /));
  });
});

describe('a wrong command line', () => {
  test.each([
    [[], /no command given: see "treasury --help"/],
    [['lits'], /unknown command 'lits' \(Did you mean list\?\): see "treasury --help"/],
    [['import'], /missing required argument 'file': see "treasury import --help"/],
    [['import', 'a.csv', 'b.csv'], /too many arguments/],
    [['list', '--bogus'], /unknown option '--bogus': see "treasury list --help"/],
    [['list', '--limit', '0'], /'--limit <count>' argument '0' is invalid\. Expected a whole number/],
    [['list', '--status', 'paid'], /Allowed choices are queued, staged/],
    [['list', '--db'], /'--db <path>' argument missing/],
    [['list', '--db', ''], /Expected the path of a file/],
    [['show'], /missing required argument 'id'/],
  ] as const)('%j exits 64 and says where to look', async (args, line) => {
    expect(await run(...args)).toEqual(refusal(64, line));
  });

  test('help and version are no errors', async () => {
    for (const args of [['--help'], ['help', 'import'], ['list', '--help'], ['--version']]) {
      expect(await run(...args)).toMatchObject({ code: 0, stderr: '' });
    }
  });
});
