// Prints what the generated paths cover, and draws it into visualizations/.
//   node scripts/paths.ts [--check]    --check: only tells whether the drawings there are what it would write
// Exit 1 when a declared transition is not taken, or a guard never said no.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countCss, layOut, readChart, svgFile } from '../src/diagram/index.ts';
import { type Covered, coverAll } from '../test/paths/covered.ts';
import { DRAWN, staleFiles } from './diagrams.ts';

const FOLDER = join(import.meta.dirname, '../visualizations');

/** Name and text of every drawing that shows how often each transition is taken. */
export async function drawCoverage(all: readonly Covered[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { name, transitions } of all) {
    const { machine, delays } = DRAWN[name];
    const counts = new Map(transitions.map(({ id, paths }) => [id, paths]));
    const drawing = await layOut(readChart(machine, { delays }), { counts });
    files.set(`${name}-coverage.svg`, svgFile(drawing, 'light', countCss('light')));
    files.set(`${name}-coverage-dark.svg`, svgFile(drawing, 'dark', countCss('dark')));
  }
  return files;
}

const share = (part: number, whole: number): string => `${part} of ${whole}`;

function summaryOf({ name, states, edges, variants, transitions }: Covered): Record<string, string | number> {
  const guarded = transitions.filter(({ guard }) => guard !== undefined);
  const always = transitions.filter(({ event }) => event === '');
  const taken = (list: Covered['transitions']) => list.filter(({ paths }) => paths > 0).length;
  return {
    machine: name,
    inputs: variants,
    states,
    edges,
    'transitions taken': share(taken(transitions), transitions.length),
    'of them always': share(taken(always), always.length),
    'guards both ways': share(
      guarded.filter(({ paths, isRefused }) => paths > 0 && isRefused).length,
      guarded.length,
    ),
  };
}

const pad = (text: string | number, width: number): string =>
  typeof text === 'number' ? `${text}`.padStart(width) : text.padEnd(width);

function printTable(rows: readonly Readonly<Record<string, string | number>>[]): void {
  const heads = Object.keys(rows[0] ?? {});
  const widths = heads.map((head) =>
    Math.max(...[head, ...rows.map((row) => row[head])].map((cell) => `${cell}`.length)),
  );
  const line = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, i) => pad(cell, widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  console.log(line(heads));
  for (const row of rows) console.log(line(heads.map((head) => row[head] ?? '')));
}

function printTransitions({ name, transitions }: Covered): void {
  console.log(`\n${name}: paths that take each declared transition`);
  for (const { title, paths, guard, isRefused } of transitions) {
    const note =
      paths === 0 ? '  NOT TAKEN' : guard !== undefined && !isRefused ? '  ITS GUARD NEVER SAID NO' : '';
    console.log(`${`${paths}`.padStart(7)}  ${title}${note}`);
  }
}

async function main(): Promise<void> {
  const all = coverAll();
  const files = await drawCoverage(all);
  const stale = staleFiles(files);
  if (process.argv.includes('--check')) {
    for (const name of stale) console.error(`visualizations/${name} is not what the paths give`);
    if (stale.length > 0) console.error('Run: npm run paths');
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  for (const covered of all) printTransitions(covered);
  console.log('');
  printTable(all.map(summaryOf));
  for (const name of stale) writeFileSync(join(FOLDER, name), files.get(name) ?? '');
  console.log(stale.length === 0 ? '\nAll drawings are up to date' : `\nWrote ${stale.join(', ')}`);
  const missing = all
    .flatMap(({ transitions }) => transitions)
    .filter(({ paths, guard, isRefused }) => paths === 0 || (guard !== undefined && !isRefused));
  for (const { title } of missing) console.error(`Not covered: ${title}`);
  process.exitCode = missing.length > 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) await main();
