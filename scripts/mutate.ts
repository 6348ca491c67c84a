// Mutation testing with Stryker: every mutant of machines/ and src/breaker, against the tests of its part.
//   node scripts/mutate.ts                  all of it, 25 minutes; writes docs/mutation.md
//   node scripts/mutate.ts report           only judges what the last run left, and writes docs/mutation.md
//   node scripts/mutate.ts PART [FILE...]   one part, or these files (or FILE:LINE-LINE) of it, to look at
// Exit 1 when the score is below 95 %, when test/mutants/survivors.ts gives no reason for a survivor, or gives one for a
// mutant that was killed.
import { readFileSync, writeFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import { SURVIVORS } from '../test/mutants/survivors.ts';
import {
  disagreements,
  type Reports,
  readReports,
  scoreOf,
  scoreSection,
  survivorSection,
  withSection,
} from './mutation-report.ts';

const DOCUMENT = 'docs/mutation.md';
const LOWEST_SCORE = 95;

const BREAKER = ['machines/{circuit-breaker,breaker-*,policy,refs,ignore,events}.ts', 'src/breaker/**/*.ts'];
const PAYMENT = ['machines/{disbursement*,payment-*,giving-up,faults,records}.ts'];

/**
 * Three runs, since each part is told from its mutants by tests of its own, and a mutant in what is made when a file is
 * read, such as a chart, meets all tests of its run. What is added to machines/ belongs to the executor until it is
 * named here.
 */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  breaker: BREAKER,
  payment: PAYMENT,
  executor: ['machines/**/*.ts', ...[...BREAKER, ...PAYMENT].map((pattern) => `!${pattern}`)],
};

const reportOf = (part: string): string => `reports/mutation/${part}.json`;

/** Everything in `files` is run; what the part's last report says of others is kept. */
async function runPart(part: string, files: readonly string[]): Promise<void> {
  // Read by vitest.mutation.config.ts.
  process.env['MUTATED'] = part;
  const report = { incremental: true, incrementalFile: reportOf(part), force: true };
  await new Stryker({ mutate: [...files], ...report }).runMutationTest();
}

/** @returns what is wrong, a line for each */
function judge({ scores, found, sources }: Reports): readonly string[] {
  const score = scoreOf(scores);
  const changed = Object.entries(sources).filter(([file, source]) => readFileSync(file, 'utf8') !== source);
  return [
    ...changed.map(([file]) => `${file} is not what was mutated: it has changed since`),
    ...(score < LOWEST_SCORE ? [`the score is ${score.toFixed(1)} %, below ${LOWEST_SCORE} %`] : []),
    ...disagreements(SURVIVORS, found),
  ];
}

function report(): void {
  const reports = readReports(Object.keys(PARTS).map(reportOf));
  const faults = judge(reports);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
  const document = withSection(readFileSync(DOCUMENT, 'utf8'), 'scores', scoreSection(reports.scores));
  writeFileSync(DOCUMENT, withSection(document, 'survivors', survivorSection(SURVIVORS)));
}

const [part, ...files] = process.argv.slice(2);
if (part === undefined) {
  for (const [name, patterns] of Object.entries(PARTS)) await runPart(name, patterns);
  report();
} else if (part === 'report') {
  report();
} else {
  const patterns = PARTS[part];
  if (patterns === undefined) throw new Error(`no part ${part}; there are ${Object.keys(PARTS).join(', ')}`);
  await runPart(part, files.length > 0 ? files : patterns);
}
