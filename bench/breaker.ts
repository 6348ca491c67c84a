// The breaker beside opossum, cockatiel and a bare call: npm run bench:breaker -- [--runs 7] [--warm-up 2]
// [--seconds 0.25] [--only closed] [--out bench/results/breaker.json]
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildLibrary } from '../scripts/build-library.ts';
import { CONTENDERS, type ContenderName } from './breaker/contenders.ts';
import type { LoadName } from './breaker/loads.ts';
import type { OwnLoadName } from './breaker/own.ts';
import type { Measure, SubjectAnswer, SubjectQuestion } from './breaker/subject.ts';
import { askFresh } from './kit/fresh-process.ts';
import { host, hostText } from './kit/host.ts';
import { median } from './kit/median.ts';
import { resultFile, saveResult } from './kit/results.ts';
import { tableText, threeDigits } from './kit/table.ts';

const SUBJECT = new URL('./breaker/subject.ts', import.meta.url);
const IMPORT_SUBJECT = new URL('./breaker/import-subject.ts', import.meta.url);
/** Within the package, so that what is built finds xstate. */
const BUILT = fileURLToPath(new URL('../node_modules/.cache/bench-breaker', import.meta.url));

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    'warm-up': { type: 'string', default: '2' },
    seconds: { type: 'string', default: '0.25' },
    /** Measures nothing but those whose name has this in it. */
    only: { type: 'string', default: '' },
    out: { type: 'string', default: resultFile('breaker') },
  },
});
const warmUpSeconds = Number(values['warm-up']);
const seconds = Number(values.seconds);

interface Measured {
  readonly name: string;
  readonly ask: () => Promise<SubjectAnswer>;
  readonly values: number[];
}

const all: Measured[] = [];

function measured(name: string, ask: Measured['ask']): Measured {
  const one = { name, ask, values: [] };
  if (name.includes(values.only)) all.push(one);
  return one;
}

const subject = (name: string, measure: Measure): Measured =>
  measured(name, () =>
    askFresh<SubjectQuestion, SubjectAnswer>(SUBJECT, { measure, warmUpSeconds, seconds }),
  );

const ofEach = (contenders: readonly ContenderName[], measure: (of: ContenderName) => Measure) =>
  new Map(contenders.map((of) => [of, subject(`${JSON.stringify(measure(of))}`, measure(of))]));

const load = (name: LoadName, contenders: readonly ContenderName[]) =>
  ofEach(contenders, (of) => ({ kind: 'load', load: name, of }));

const OURS = 'treasury-breaker';
const PEER = 'cockatiel, consecutive';
const PLAIN: readonly ContenderName[] = CONTENDERS.filter(
  (name) => !['treasury-breaker, captureStack', 'treasury-breaker, inspected'].includes(name),
);
/** Of the peers only those that open after five failures in a row. */
const IN_A_ROW: readonly ContenderName[] = ['bare', OURS, PEER, 'opossum'];
const BREAKERS = PLAIN.filter((name) => name !== 'bare');

const closed = load('closed', [...PLAIN, 'treasury-breaker, inspected']);
const mixed = load('mixed', [...PLAIN, 'treasury-breaker, inspected']);
const refused = load('refused', [...PLAIN, 'treasury-breaker, captureStack']);
const crowd = load('crowd', PLAIN);
const whole = ofEach(IN_A_ROW, (of) => ({ kind: 'cycle', part: 'whole', of }));
const probe = ofEach(IN_A_ROW, (of) => ({ kind: 'cycle', part: 'probe', of }));
const heap = ofEach(BREAKERS, (of) => ({ kind: 'heap', of }));
const growth = ofEach([OURS, PEER], (of) => ({ kind: 'growth', of }));
const own = (name: OwnLoadName) => subject(name, { kind: 'own', load: name });
const [allowClosed, allowOpen, slot, permit] = [
  own('allowClosed'),
  own('allowOpen'),
  own('slot'),
  own('permit'),
];

const imported = (name: string, modules: readonly string[]) =>
  measured(`import ${name}`, () => askFresh<object, SubjectAnswer>(IMPORT_SUBJECT, { modules }));
const importXstate = imported('xstate', ['xstate']);
const importMachines = imported('treasury-breaker/machines', [`${BUILT}/machines/index.js`]);
const importAll = imported('with treasury-breaker itself', [
  `${BUILT}/machines/index.js`,
  `${BUILT}/src/index.js`,
]);

if (all.some(({ name }) => name.startsWith('import'))) {
  await buildLibrary(BUILT);
  // As in the package: without it Node would read each file twice, to find out what it is.
  writeFileSync(`${BUILT}/package.json`, '{ "type": "module" }');
}

// Round by round, so that what disturbs the machine for a while disturbs all of them.
for (let run = 0; run < Number(values.runs); run += 1) {
  for (const { name, ask, values } of all) {
    // Ten million calls are enough: growth is measured once.
    if (name.includes('"growth"') && run > 0) continue;
    values.push((await ask()).value);
  }
  process.stderr.write(`round ${run + 1} of ${values.runs}\n`);
}
rmSync(BUILT, { recursive: true, force: true });

type Row = ReadonlyMap<ContenderName, Measured>;

const of = (row: Row, name: ContenderName): number => median(row.get(name)?.values ?? []);
const overhead = (row: Row, name: ContenderName): number => of(row, name) - of(row, 'bare');
const has = (row: Row, name: ContenderName): boolean => row.has(name);

function cells(
  title: string,
  row: Row,
  value: (name: ContenderName) => string,
  ratio: number,
  reach: string,
) {
  return [
    title,
    ...PLAIN.map((name) => (has(row, name) ? value(name) : '')),
    Number.isNaN(ratio) ? '' : `${threeDigits(ratio)} ×`,
    reach,
  ];
}

const nanos = (title: string, row: Row, reach: string, name: ContenderName = OURS) =>
  cells(
    title,
    name === OURS
      ? row
      : new Map([...row].filter(([key]) => key === name).map(([, one]) => [OURS, one] as const)),
    (key) =>
      key === 'bare'
        ? threeDigits(of(row, key))
        : `+${threeDigits(overhead(row, key === OURS ? name : key))}`,
    overhead(row, name) / overhead(row, PEER),
    reach,
  );

/** Without the rows of what was not measured. */
const shown = (rows: readonly (readonly string[])[]): string =>
  tableText(rows.filter((row) => !row.some((cell) => cell.includes('NaN'))));

const table = [
  ['CPU time in ns', ...PLAIN, `to ${PEER}`, 'reach'],
  nanos('a call that succeeds, CLOSED', closed, '0.4'),
  nanos('the same, an inspector attached', closed, '', 'treasury-breaker, inspected'),
  nanos('a call, every tenth fails', mixed, '1'),
  nanos('the same, an inspector attached', mixed, '', 'treasury-breaker, inspected'),
  nanos('a call that is refused, OPEN', refused, '0.25'),
  nanos('the same, with a stack', refused, '', 'treasury-breaker, captureStack'),
  nanos('5 failures, OPEN, probe, success', whole, ''),
  nanos('the probe in it', probe, ''),
];
console.log(shown(table));

const perSecond = cells(
  'calls a second, 1,000 in flight',
  crowd,
  (name) => threeDigits(of(crowd, name)),
  Number.NaN,
  '',
);
const bytes = cells('heap of a breaker, bytes', heap, (name) => threeDigits(of(heap, name)), Number.NaN, '');
console.log(`\n${shown([['', ...PLAIN], perSecond.slice(0, -2), bytes.slice(0, -2)])}\n`);

const micros = (value: number) => `${threeDigits(value / 1_000)} µs`;
const importRatio = (what: Measured) => median(what.values) / median(importXstate.values);
console.log(
  shown([
    ['', 'measured', 'reach'],
    ['1,000 in flight: throughput, to a bare call', threeDigits(of(crowd, OURS) / of(crowd, 'bare')), '0.95'],
    ['allowRequest(), CLOSED', `${threeDigits(median(allowClosed.values))} ns`, '10 ns'],
    ['allowRequest(), OPEN', `${threeDigits(median(allowOpen.values))} ns`, '60 ns'],
    ['heap of a breaker with its live actor', `${threeDigits(of(heap, OURS))} bytes`, '4.0 kB'],
    ['growth over 10 million calls', `${threeDigits(of(growth, OURS) / 1_024)} KiB`, 'none'],
    ['a slot of HALF_OPEN, taken and given back', micros(median(slot.values)), ''],
    ['PERMIT by message, and its answer', micros(median(permit.values)), ''],
    ['import of treasury-breaker/machines, to xstate', threeDigits(importRatio(importMachines)), ''],
    ['import of that and treasury-breaker, to xstate', threeDigits(importRatio(importAll)), '1.2'],
  ]),
);
console.log(`\n${hostText(host())}; medians of ${values.runs} processes each.`);
saveResult(values.out, {
  host: host(),
  warmUpSeconds,
  seconds,
  measured: all.map(({ name, values }) => ({ name, values })),
});
console.log(`all of it: ${values.out}`);
