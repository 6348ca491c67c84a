// What telemetry costs a tick, and what a scrape costs: npm run bench:telemetry -- [--runs 7] [--seconds 1]
// [--finished 1000,100000] [--out bench/results/telemetry.json]
import { parseArgs } from 'node:util';
import { askFresh } from './kit/fresh-process.ts';
import { host, hostText } from './kit/host.ts';
import { median } from './kit/median.ts';
import { resultFile, saveResult } from './kit/results.ts';
import { tableText, threeDigits } from './kit/table.ts';
import type { SubjectAnswer, SubjectQuestion } from './telemetry/subject.ts';

const SUBJECT = new URL('./telemetry/subject.ts', import.meta.url);

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '1' },
    finished: { type: 'string', default: '1000,100000' },
    out: { type: 'string', default: resultFile('telemetry') },
  },
});
const seconds = Number(values.seconds);
const stores = values.finished.split(',').map(Number);
const [fewest = 0] = stores;

interface Row {
  readonly title: string;
  readonly finished: number;
  readonly subject: Pick<SubjectQuestion, 'work' | 'hasTelemetry'>;
  readonly peer: Pick<SubjectQuestion, 'work' | 'hasTelemetry'>;
}

const TICKS = [
  ['a tick with nothing to do', 'idleTick'],
  ['a tick that pays 20', 'payingTick'],
] as const;
const PAGES = [
  ['a page', 'scrape', 'barePage'],
  ['a page over HTTP', 'httpScrape', 'bareHttp'],
] as const;

const rows: readonly Row[] = [
  ...TICKS.map(([title, work]) => ({
    title: `${title}: with telemetry, to without`,
    finished: fewest,
    subject: { work, hasTelemetry: true },
    peer: { work, hasTelemetry: false },
  })),
  ...PAGES.flatMap(([title, work, bare]) =>
    stores.map((finished) => ({
      title: `${title}: to as many constants of prom-client`,
      finished,
      subject: { work, hasTelemetry: true },
      peer: { work: bare, hasTelemetry: true },
    })),
  ),
];
const measured = rows.map((row) => ({ ...row, micros: [] as number[], peerMicros: [] as number[] }));

// Round by round, so that what disturbs the machine for a while disturbs both of a pair.
for (let run = 0; run < Number(values.runs); run += 1) {
  for (const { subject, peer, finished, micros, peerMicros } of measured) {
    const ask = (question: Row['subject']) =>
      askFresh<SubjectQuestion, SubjectAnswer>(SUBJECT, { ...question, finished, seconds });
    micros.push((await ask(subject)).micros);
    peerMicros.push((await ask(peer)).micros);
  }
}

const cells = measured.map(({ title, finished, micros, peerMicros }) => {
  const [own, other] = [median(micros), median(peerMicros)];
  return [
    title,
    finished.toLocaleString('en-US'),
    `${threeDigits(own / other)} ×`,
    `${threeDigits(own)} µs`,
    `${threeDigits(other)} µs`,
  ];
});
console.log(tableText([['CPU time', 'paid before', 'ratio', 'this', 'to'], ...cells]));
console.log(`\n${hostText(host())}; medians of ${values.runs} processes each.`);
saveResult(values.out, { host: host(), seconds, measured });
console.log(`all of it: ${values.out}`);
