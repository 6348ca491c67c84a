import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  disagreements,
  readReports,
  scoreOf,
  scoreSection,
  survivorSection,
  withSection,
  writtenSection,
} from '../../scripts/mutation-report.ts';
import { SURVIVORS, type Survivor } from '../mutants/survivors.ts';

const ROOT = join(import.meta.dirname, '../..');
const linesOf = (file: string): readonly string[] =>
  readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').trim());

describe('the list of mutants that survive', () => {
  it.each(SURVIVORS)('knows its line of $file: $code', ({ file, code, becomes, times = 1 }) => {
    expect(linesOf(file).filter((line) => line === code).length).toBeGreaterThanOrEqual(times);
    expect(becomes).not.toBe(code);
  });

  it('gives a reason for each, and names none twice', () => {
    expect(SURVIVORS.filter(({ why }) => why.length < 20)).toEqual([]);
    const names = SURVIVORS.map(({ file, code, becomes }) => `${file} ${code} ${becomes}`);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('is shown as code, whatever quotes and bars are in it', () => {
    const code = 'a || `b`';
    expect(
      survivorSection([{ file: 'src/a.ts', code, becomes: 'true', times: 2, why: 'because' }]),
    ).toContain('| `a.ts` (2 places) | `` a \\|\\| `b` `` | `true` | because |');
  });

  it('is what docs/mutation.md shows', () => {
    const document = readFileSync(join(ROOT, 'docs/mutation.md'), 'utf8');
    expect(writtenSection(document, 'survivors')).toBe(survivorSection(SURVIVORS));
  });
});

describe('a report of Stryker', () => {
  const SOURCE = 'const one = 1;\nconst isTwo = (n) =>\n  n === 2;\n';
  const at = (line: number, from: number, to: number) => ({
    start: { line, column: from },
    end: { line, column: to },
  });
  const mutants = [
    { status: 'Killed', replacement: '0', location: at(1, 13, 14) },
    { status: 'Timeout', replacement: '2', location: at(1, 13, 14) },
    { status: 'RuntimeError', replacement: '""', location: at(1, 7, 10) },
    { status: 'Survived', replacement: 'true', location: at(3, 3, 10) },
    {
      status: 'NoCoverage',
      replacement: '() => undefined',
      location: { start: { line: 2, column: 15 }, end: { line: 3, column: 10 } },
    },
  ];
  const known: Survivor = { file: 'a.ts', code: 'n === 2;', becomes: 'true;', why: 'nobody asks for two' };
  const other: Survivor = {
    ...known,
    code: 'const isTwo = (n) =>',
    becomes: 'const isTwo = () => undefined;',
  };
  let folder: string;
  let reports: ReturnType<typeof readReports>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'treasury-report-'));
    const path = join(folder, 'report.json');
    writeFileSync(path, JSON.stringify({ files: { 'a.ts': { source: SOURCE, mutants } } }));
    reports = readReports([path]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is counted: what could not be loaded is left out, and what nobody ran has survived', () => {
    const [a] = reports.scores;
    expect(a).toEqual({ file: 'a.ts', killed: 2, timedOut: 1, survived: 2, invalid: 1 });
    expect(scoreOf(reports.scores)).toBe(50);
    expect(scoreSection(reports.scores)).toContain('| `a.ts` | 50.0 % | 2 | 2 |');
  });

  it('agrees with a list that names each survivor', () => {
    expect(disagreements([known, other], reports.found)).toEqual([]);
  });

  it('names a survivor without a reason, and a reason without a survivor', () => {
    const gone = { ...known, becomes: 'false;' };
    expect(disagreements([known, gone], reports.found)).toEqual([
      'is listed, and was killed: a.ts: n === 2; => false;',
      'survives, and no reason is given: a.ts: const isTwo = (n) => => const isTwo = () => undefined;',
    ]);
    expect(disagreements([{ ...known, times: 2 }, other], reports.found)).toEqual([
      'is listed, and was killed: a.ts: n === 2; => true;',
    ]);
  });
});

describe('a section of a document', () => {
  const document = 'a\n<!-- part -->\nold $& | text\n<!-- /part -->\nb\n';

  it('is read, and written over as it is given', () => {
    expect(writtenSection(document, 'part')).toBe('old $& | text');
    const written = withSection(document, 'part', 'new $1');
    expect(written).toBe('a\n<!-- part -->\nnew $1\n<!-- /part -->\nb\n');
  });

  it('has to be there', () => {
    expect(() => withSection(document, 'other', '')).toThrow('no section other');
  });
});
