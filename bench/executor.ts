// What the executor pays a second on a local chain, beside its two floors and the same work by hand, without a chart, in the
// same run: npm run bench:executor -- [--rows 5000] [--in-flight 1,4,16,64] [--runs 3] [--block-time 1] [--batch 2000]
// [--finished 1000,1000000] [--seconds 2] [--out bench/results/executor.json]
import { parseArgs } from 'node:util';
import type { ByHandAnswer, ByHandQuestion } from './executor/by-hand.ts';
import type { ChainFloorAnswer, ChainFloorQuestion } from './executor/chain-floor.ts';
import type { CommitFloorAnswer, CommitFloorQuestion } from './executor/commit-floor.ts';
import type { PayerAnswer, PayerQuestion } from './executor/payer.ts';
import type { TickerAnswer, TickerQuestion } from './executor/ticker.ts';
import { askFresh } from './kit/fresh-process.ts';
import { host, hostText } from './kit/host.ts';
import { median } from './kit/median.ts';
import { percentile } from './kit/percentile.ts';
import { resultFile, saveResult } from './kit/results.ts';
import { tableText, threeDigits } from './kit/table.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '5000' },
    'in-flight': { type: 'string', default: '1,4,16,64' },
    runs: { type: 'string', default: '3' },
    'block-time': { type: 'string', default: '1' },
    batch: { type: 'string', default: '2000' },
    finished: { type: 'string', default: '1000,1000000' },
    seconds: { type: 'string', default: '2' },
    out: { type: 'string', default: resultFile('executor') },
  },
});
const numbers = (list: string): readonly number[] => list.split(',').map(Number);
const rows = Number(values.rows);
const blockTime = Number(values['block-time']);
const seconds = Number(values.seconds);
const load = { rows, warmUpRows: Math.ceil(rows / 5), blockTime };
const runs = Array.from({ length: Number(values.runs) }, (_, run) => run);

const ask = {
  payer: (question: PayerQuestion) =>
    askFresh<PayerQuestion, PayerAnswer>(new URL('./executor/payer.ts', import.meta.url), question),
  byHand: (question: ByHandQuestion) =>
    askFresh<ByHandQuestion, ByHandAnswer>(new URL('./executor/by-hand.ts', import.meta.url), question),
  chainFloor: (question: ChainFloorQuestion) =>
    askFresh<ChainFloorQuestion, ChainFloorAnswer>(
      new URL('./executor/chain-floor.ts', import.meta.url),
      question,
    ),
  commitFloor: (question: CommitFloorQuestion) =>
    askFresh<CommitFloorQuestion, CommitFloorAnswer>(
      new URL('./executor/commit-floor.ts', import.meta.url),
      question,
    ),
  ticker: (question: TickerQuestion) =>
    askFresh<TickerQuestion, TickerAnswer>(new URL('./executor/ticker.ts', import.meta.url), question),
};

const measured = numbers(values['in-flight']).map((inFlight) => ({
  inFlight,
  payers: [] as PayerAnswer[],
  byHand: [] as ByHandAnswer[],
  floors: [] as ChainFloorAnswer[],
}));
const commitFloors: CommitFloorAnswer[] = [];
const ticks = numbers(values.finished).map((finished) => ({ finished, answers: [] as TickerAnswer[] }));

// Round by round, each beside its floor, so that what disturbs the machine for a while disturbs both.
for (const _ of runs) {
  for (const { inFlight, payers, byHand, floors } of measured) {
    const paying = { ...load, inFlight, batchSize: Number(values.batch) };
    floors.push(await ask.chainFloor({ ...load, inFlight }));
    payers.push(await ask.payer(paying));
    byHand.push(await ask.byHand(paying));
  }
  commitFloors.push(await ask.commitFloor({ commits: rows }));
  for (const { finished, answers } of ticks) answers.push(await ask.ticker({ finished, seconds }));
}

const middle = <Answer>(answers: readonly Answer[], of: (answer: Answer) => number): number =>
  median(answers.map(of));
const ms = (value: number): string => `${threeDigits(value)} ms`;

const paid = measured.map(({ inFlight, payers, byHand, floors }) => {
  const each = (of: (answer: PayerAnswer) => number) => middle(payers, of);
  const perSecond = each(({ paidPerSecond }) => paidPerSecond);
  const floor = middle(floors, ({ minedPerSecond }) => minedPerSecond);
  const handMicros = middle(byHand, ({ cpuMicros }) => cpuMicros);
  const waits = (of100: number) => each(({ dueToPaidMs }) => percentile(dueToPaidMs, of100));
  const tick = (of100: number) => each(({ tickMs }) => percentile(tickMs, of100));
  return [
    `${inFlight} in flight`,
    threeDigits(perSecond),
    threeDigits(floor),
    `${threeDigits(perSecond / floor)} ×`,
    threeDigits(middle(floors, ({ acceptedPerSecond }) => acceptedPerSecond)),
    threeDigits(each(({ commits }) => commits / rows)),
    threeDigits(each(({ calls }) => calls / rows)),
    threeDigits(each(({ requests }) => requests / rows)),
    `${threeDigits(each(({ cpuMicros }) => cpuMicros))} µs`,
    chainCpuText(payers),
    `${threeDigits(handMicros)} µs`,
    `${threeDigits(1e6 / handMicros / floor)} ×`,
    ms(tick(50)),
    ms(tick(99)),
    ms(waits(50)),
    ms(waits(99)),
  ];
});
function chainCpuText(payers: readonly PayerAnswer[]): string {
  const known = payers.flatMap(({ chainCpuMicros }) => chainCpuMicros ?? []);
  return known.length === 0 ? 'unknown' : `${threeDigits(median(known))} µs`;
}
const titles = ['payments a second', 'paid', 'bare, mined', 'ratio', 'bare, accepted'];
const costs = ['commits each', 'calls each', 'requests each', 'CPU each', 'CPU of the chain'];
// What one thread could pay that did nothing but this work and never waited, beside the bare chain.
const byHandTitles = ['CPU by hand', 'ratio of that'];
const times = ['tick p50', 'tick p99', 'due to paid p50', 'p99'];
console.log(tableText([[...titles, ...costs, ...byHandTitles, ...times], ...paid]));

const [fewest] = ticks;
const tickOf = (answers: readonly TickerAnswer[], name: keyof TickerAnswer) =>
  middle(answers, (answer) => answer[name]);
console.log(
  `\n${tableText([
    ['CPU time of a tick', 'with nothing to do', 'ratio', 'that pays 20', 'ratio'],
    ...ticks.map(({ finished, answers }) => [
      `${finished.toLocaleString('en-US')} paid before`,
      ...(['idleMicros', 'payingMicros'] as const).flatMap((name) => [
        `${threeDigits(tickOf(answers, name))} µs`,
        `${threeDigits(tickOf(answers, name) / tickOf(fewest?.answers ?? [], name))} ×`,
      ]),
    ]),
  ])}`,
);

const share = measured.map(({ inFlight, payers }) => {
  const percent = 100 * middle(payers, ({ breakerShare }) => breakerShare);
  return `${inFlight} in flight ${threeDigits(percent)} %`;
});
console.log(`\nThe breaker's share of the ticks: ${share.join(', ')}.`);
const commits = middle(commitFloors, ({ commitsPerSecond }) => commitsPerSecond);
console.log(`Durable commits of the store alone: ${threeDigits(commits)} a second.`);
console.log(`${rows} rows, a block every ${blockTime} s; ${hostText(host())}; medians of ${values.runs}.`);
saveResult(values.out, { host: host(), load, measured, commitFloors, ticks });
console.log(`all of it: ${values.out}`);
