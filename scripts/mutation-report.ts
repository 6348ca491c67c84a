// What Stryker's JSON reports say, held against the list of survivors that are known, and as tables for docs/mutation.md.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Survivor } from '../test/mutants/survivors.ts';

const Position = z.object({ line: z.number(), column: z.number() });

const Report = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          replacement: z.string().optional(),
          status: z.string(),
          location: z.object({ start: Position, end: Position }),
        }),
      ),
    }),
  ),
});

type ReportedFile = z.infer<typeof Report>['files'][string];
type ReportedMutant = ReportedFile['mutants'][number];

/** How the mutants of one file ended. */
export interface FileScore {
  readonly file: string;
  readonly killed: number;
  /** Of those that were killed: endless loops, which Stryker ended. */
  readonly timedOut: number;
  readonly survived: number;
  /** Not counted: the source could not even be loaded. */
  readonly invalid: number;
}

/** A mutant that no test noticed, by the text of its line. */
export type Found = Pick<Survivor, 'file' | 'code' | 'becomes'>;

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

function describe(file: string, { source, mutants: _ }: ReportedFile, mutant: ReportedMutant): Found {
  const { start, end } = mutant.location;
  const lines = source.split('\n');
  const first = lines[start.line - 1] ?? '';
  const last = lines[end.line - 1] ?? '';
  const before = first.slice(0, start.column - 1);
  const after = last.slice(end.column - 1);
  return { file, code: oneLine(first), becomes: oneLine(before + (mutant.replacement ?? '') + after) };
}

const count = ({ mutants }: ReportedFile, ...statuses: readonly string[]): number =>
  mutants.filter(({ status }) => statuses.includes(status)).length;

export interface Reports {
  readonly scores: readonly FileScore[];
  readonly found: readonly Found[];
  /** What was mutated, by file. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Reads the reports of several runs over different files. */
export function readReports(paths: readonly string[]): Reports {
  const files = paths
    .flatMap((path) => Object.entries(Report.parse(JSON.parse(readFileSync(path, 'utf8'))).files))
    .toSorted(([a], [b]) => a.localeCompare(b));
  const scores = files.map(([file, reported]) => ({
    file,
    killed: count(reported, 'Killed', 'Timeout'),
    timedOut: count(reported, 'Timeout'),
    survived: count(reported, 'Survived', 'NoCoverage'),
    invalid: count(reported, 'RuntimeError', 'CompileError'),
  }));
  const found = files.flatMap(([file, reported]) =>
    reported.mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .map((mutant) => describe(file, reported, mutant)),
  );
  const sources = Object.fromEntries(files.map(([file, { source }]) => [file, source]));
  return { scores, found, sources };
}

const keyOf = ({ file, code, becomes }: Found): string => `${file}: ${code} => ${becomes}`;

/** What the list of survivors and those of a run do not have in common, a line for each. */
export function disagreements(listed: readonly Survivor[], found: readonly Found[]): readonly string[] {
  const expected = new Map(listed.map((survivor) => [keyOf(survivor), survivor.times ?? 1]));
  const met = new Map<string, number>();
  for (const survivor of found) met.set(keyOf(survivor), (met.get(keyOf(survivor)) ?? 0) + 1);
  const keys = new Set([...expected.keys(), ...met.keys()]);
  return [...keys].flatMap((key) => {
    const told = expected.get(key) ?? 0;
    const times = met.get(key) ?? 0;
    if (told === times) return [];
    return [told < times ? `survives, and no reason is given: ${key}` : `is listed, and was killed: ${key}`];
  });
}

/** Killed of those that could be, in percent. */
export function scoreOf(scores: readonly FileScore[]): number {
  const killed = scores.reduce((sum, score) => sum + score.killed, 0);
  const survived = scores.reduce((sum, score) => sum + score.survived, 0);
  return (100 * killed) / (killed + survived);
}

const percent = (score: number): string => `${score === 100 ? '100' : score.toFixed(1)} %`;

export function scoreSection(scores: readonly FileScore[]): string {
  const counted = scores.filter(({ killed, survived }) => killed + survived > 0);
  const total = (field: 'killed' | 'timedOut' | 'survived' | 'invalid') =>
    counted.reduce((sum, score) => sum + score[field], 0);
  const rows = counted.map(
    (score) => `| \`${score.file}\` | ${percent(scoreOf([score]))} | ${score.killed} | ${score.survived} |`,
  );
  return [
    `${total('killed')} of ${total('killed') + total('survived')} killed, **${percent(scoreOf(counted))}**. ` +
      `${total('timedOut')} of the killed ones are endless loops, ended by a ` +
      `time-out; ${total('invalid')} more are not counted, since XState refuses to build the chart.`,
    '',
    '| file | score | killed | survived |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** Text as code within a table's cell; longer quotes where it has some of its own. */
function cell(code: string): string {
  const text = code.replaceAll('|', '\\|');
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

export function survivorSection(survivors: readonly Survivor[]): string {
  const rows = survivors.map(({ file, code, becomes, times = 1, why }) => {
    const places = times === 1 ? '' : ` (${times} places)`;
    return `| \`${file.split('/').at(-1)}\`${places} | ${cell(code)} | ${cell(becomes)} | ${why} |`;
  });
  return ['| file | line | becomes | why nothing changes |', '|---|---|---|---|', ...rows].join('\n');
}

/** A section of a document that is written by a program: what stands between its two comments. */
const sectionOf = (name: string): RegExp => new RegExp(`(<!-- ${name} -->\n)[^]*?(\n<!-- /${name} -->)`);

export function writtenSection(document: string, name: string): string | undefined {
  const found = sectionOf(name).exec(document);
  return found?.[0].slice(found[1]?.length, -(found[2]?.length ?? 0));
}

/** @throws Error when the document has no such section. */
export function withSection(document: string, name: string, content: string): string {
  if (writtenSection(document, name) === undefined) throw new Error(`no section ${name} in the document`);
  return document.replace(sectionOf(name), (_, begin, end) => `${begin}${content}${end}`);
}
