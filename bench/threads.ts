// What it costs threads to share a breaker: npm run bench:threads -- [--runs 5] [--seconds 0.2] [--threads 1,2,5,10]
// [--failures 20000] [--out bench/results/threads.json]
import { parseArgs } from 'node:util';
import { host, hostText } from './kit/host.ts';
import { median } from './kit/median.ts';
import { resultFile, saveResult } from './kit/results.ts';
import { tableText, threeDigits } from './kit/table.ts';
import { admissionNanos } from './threads/admissions.ts';
import type { AdmittingLoad } from './threads/admitting-worker.ts';
import { reportHereMicros, reportMicros } from './threads/reports.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.2' },
    threads: { type: 'string', default: '1,2,5,10' },
    failures: { type: 'string', default: '20000' },
    out: { type: 'string', default: resultFile('threads') },
  },
});
const runs = Number(values.runs);
const seconds = Number(values.seconds);
const failures = Number(values.failures);
const counts = values.threads.split(',').map(Number);

const LOADS = {
  bare: 'a bare `Atomics.load`',
  closed: 'admitted in CLOSED',
  open: 'refused in OPEN',
  full: 'refused in HALF_OPEN',
} as const satisfies Record<AdmittingLoad, string>;

const cells = Object.keys(LOADS).flatMap((load) =>
  counts.map((threads) => ({ load: load as AdmittingLoad, threads, nanos: [] as number[] })),
);
const reports = counts.map((threads) => ({ threads, micros: [] as number[] }));
const here: number[] = [];

// Round by round, so that what disturbs the machine for a while disturbs all alike.
for (let run = 0; run < runs; run += 1) {
  for (const { load, threads, nanos } of cells) nanos.push(await admissionNanos(load, threads, seconds));
  for (const { threads, micros } of reports) micros.push(await reportMicros(threads, failures));
  here.push(reportHereMicros(failures));
}

const nanosOf = (load: AdmittingLoad, threads: number | undefined): number =>
  median(cells.find((cell) => cell.load === load && cell.threads === threads)?.nanos ?? []);

const times = (value: number): string => `${threeDigits(value)} ×`;

const admissionRows = cells.map(({ load, threads, nanos }) => {
  const own = median(nanos);
  return [
    LOADS[load],
    String(threads),
    `${threeDigits(own)} ns`,
    times(own / nanosOf(load, counts[0])),
    times(own / nanosOf('bare', threads)),
  ];
});
console.log(
  tableText([
    ['one admission, CPU time', 'threads', '', 'to one thread', 'to a bare load'],
    ...admissionRows,
  ]),
);

const reportRows = reports.map(({ threads, micros }) => [
  'a failure, until the owner has counted it',
  String(threads),
  `${threeDigits(median(micros))} µs`,
  times(median(micros) / median(here)),
]);
console.log(`\n${tableText([['one report, time', 'threads', '', "to the owner's own"], ...reportRows])}`);
console.log(`\n${hostText(host())}; medians of ${values.runs} runs each.`);
saveResult(values.out, { host: host(), seconds, failures, admissions: cells, reports, here });
console.log(`all of it: ${values.out}`);
