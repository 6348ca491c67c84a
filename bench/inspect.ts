// What an inspector costs those that it looks at: npm run bench:inspect -- [--runs 5] [--seconds 2] [--watchers 0,1,10,50,tool]
// [--loads pair,cycle,execute,tick] [--out bench/results/inspect.json]
import { parseArgs } from 'node:util';
import { LOADS, type LoadName } from './inspect/loads.ts';
import type { Situation, SubjectAnswer, SubjectQuestion } from './inspect/subject.ts';
import { askFresh } from './kit/fresh-process.ts';
import { host, hostText } from './kit/host.ts';
import { median } from './kit/median.ts';
import { resultFile, saveResult } from './kit/results.ts';
import { tableText, threeDigits } from './kit/table.ts';

const SUBJECT = new URL('./inspect/subject.ts', import.meta.url);

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    watchers: { type: 'string', default: '0,1,10,50,tool' },
    loads: { type: 'string', default: Object.keys(LOADS).join() },
    out: { type: 'string', default: resultFile('inspect') },
  },
});
const seconds = Number(values.seconds);
const loads = values.loads.split(',').map(loadName);
const situations: readonly Situation[] = [
  'none',
  'empty',
  ...values.watchers.split(',').map((each) => (each === 'tool' ? each : Number(each))),
];

const measured = loads.map((load) => ({
  load,
  title: LOADS[load].title,
  perSecond: (LOADS[load].burst * 1_000) / LOADS[load].everyMs,
  cells: situations.map((situation) => ({ situation, micros: [] as number[] })),
}));

// Round by round, so that what disturbs the machine for a while disturbs every column.
for (let run = 0; run < Number(values.runs); run += 1) {
  for (const { load, cells } of measured) {
    for (const { situation, micros } of cells) {
      const answer = await askFresh<SubjectQuestion, SubjectAnswer>(SUBJECT, { load, situation, seconds });
      micros.push(answer.micros);
    }
  }
}

const TITLES: Readonly<Record<string, string>> = {
  none: 'no `inspect`',
  empty: 'empty `inspect`',
  0: 'nobody watching',
  1: '1 watcher',
  tool: '1 tool of @xstate/inspect',
};
const cellText = (micros: number, baseline: number, situation: Situation) =>
  situation === 'none'
    ? `${threeDigits(micros)} µs`
    : `${threeDigits(micros / baseline)} × (${threeDigits(micros)} µs)`;

const rows = measured.map(({ title, perSecond, cells }) => {
  const baseline = median(cells[0]?.micros ?? []);
  const texts = cells.map(({ situation, micros }) => cellText(median(micros), baseline, situation));
  return [title, perSecond.toLocaleString('en-US'), ...texts];
});
const heads = situations.map((situation) => TITLES[situation] ?? `${situation} watchers`);
console.log(tableText([['CPU time of one', 'a second', ...heads], ...rows]));
console.log(`\n${hostText(host())}; medians of ${values.runs} processes each.`);
saveResult(values.out, { host: host(), seconds, measured });
console.log(`all of it: ${values.out}`);

function loadName(word: string): LoadName {
  if (Object.hasOwn(LOADS, word)) return word as LoadName;
  throw new RangeError(`--loads takes ${Object.keys(LOADS).join()}, got ${JSON.stringify(word)}`);
}
