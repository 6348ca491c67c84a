// The shipped executor, charts and store on a virtual clock, with seeded faults, watched by a checker that reads the chain.
//   npm run simulate -- --seeds 10000 --seed-from 1     plays seeds; --minutes N begins nothing new after that long
//   npm run simulate -- --seed 17                       replays one seed and prints its trace
//   npm run simulate -- --exhaustive                    2 executors, 2 payments, a fault at every call, every RPC outcome
//   npm run simulate -- --script 'p1@33 crash: accepted, 503'   replays one run of that
//   npm run simulate -- --mutants                       broken executors, each of which has to be found out
// Exit 1 when a promise was broken, a fault never fired, or a mutant survived.
import { parseArgs } from 'node:util';
import { Disk, removeDisks } from '../test/simulation/disk.ts';
import { enumerate, OUTCOME_PAIRS } from '../test/simulation/enumeration.ts';
import { MUTANT_SEEDS, SIMULATION_MUTANTS } from '../test/simulation/mutants.ts';
import { failureText, faultTable, verdictOf } from '../test/simulation/report.ts';
import { failuresIn, type PoolReport, playSeeds } from '../test/simulation/run-pool.ts';
import { parseScript, scriptedScenario } from '../test/simulation/scripted-scenario.ts';
import { seededScenario } from '../test/simulation/seeded-scenario.ts';
import { type Scenario, Simulation } from '../test/simulation/simulation.ts';

/** From so many seeds on each fault has to have happened. */
const ENOUGH_SEEDS = 1_000;
/** Failing seeds that are told in full. */
const TOLD_FAILURES = 3;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    'seed-from': { type: 'string', default: '1' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    threads: { type: 'string' },
    exhaustive: { type: 'boolean', default: false },
    script: { type: 'string' },
    mutants: { type: 'boolean', default: false },
  },
});

const seconds = (ms: number): string => (ms / 1_000).toFixed(0);

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`--${name} must be a number, got ${text}`);
  return value;
}

const limit = values.minutes === undefined ? {} : { withinMs: 60_000 * numberOf('minutes', values.minutes) };
const threads = values.threads === undefined ? {} : { threads: numberOf('threads', values.threads) };

const onProgress = (played: number, failed: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${played} played, ${failed} failed `);
};

async function replay(scenario: Scenario): Promise<boolean> {
  const disk = await Disk.open(`${process.pid}-replay`);
  try {
    const outcome = await Simulation.play(disk, scenario);
    console.log(outcome.trace.join('\n'));
    console.log(`\ntrace ${outcome.hash}`);
    console.log(verdictOf([outcome], 'run'));
    return outcome.violations.length === 0;
  } finally {
    disk.close();
  }
}

function tellFailures({ results }: PoolReport): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const failures = failuresIn(results);
  for (const failure of failures.slice(0, TOLD_FAILURES)) console.log(`\n${failureText(failure)}`);
  const others = failures.slice(TOLD_FAILURES).map(({ replay: again }) => again);
  if (others.length > 0) console.log(`\nfailed too: ${others.join('; ')}`);
}

async function playMany(): Promise<boolean> {
  const range = { from: numberOf('seed-from', values['seed-from']), count: numberOf('seeds', values.seeds) };
  const report = await playSeeds(range, {
    ...threads,
    ...limit,
    onProgress,
  });
  const { results, faults, durationMs } = report;
  const table = faultTable(faults);
  console.log(table.text);
  tellFailures(report);
  const areMissing = results.length >= ENOUGH_SEEDS && table.missing.length > 0;
  if (areMissing) console.log(`\nnever fired: ${table.missing.join(', ')}`);
  const rate = (results.length / (durationMs / 1_000)).toFixed(0);
  console.log(`\n${verdictOf(results)} (${seconds(durationMs)} s, ${rate} a second)`);
  return failuresIn(results).length === 0 && !areMissing;
}

async function playAll(): Promise<boolean> {
  const report = await enumerate({ every: 1, outcomes: OUTCOME_PAIRS, ...threads, ...limit, onProgress });
  const { results, states, durationMs } = report;
  tellFailures(report);
  const histories = new Set(results.map(({ hash }) => hash)).size;
  console.log(`${histories} distinct histories, ${states.size} distinct states of rows, breaker and account`);
  console.log(`${verdictOf(results, 'run')} (${seconds(durationMs)} s)`);
  return failuresIn(results).length === 0;
}

async function playMutants(): Promise<boolean> {
  let survivors = 0;
  for (const mutant of [undefined, ...SIMULATION_MUTANTS]) {
    const title = mutant?.title ?? 'untouched';
    const options = { stopsAtFailure: true, ...threads, ...(mutant !== undefined && { mutant }) };
    const { results } = await playSeeds(MUTANT_SEEDS, options);
    const [first] = failuresIn(results);
    const isOwnFault = first?.violations.some(({ harm }) => harm === 'simulation') === true;
    const isRight = (mutant === undefined) === (first === undefined) && !isOwnFault;
    if (!isRight) survivors += 1;
    const found = first === undefined ? 'no seed' : `seed ${first.ordinal}: ${first.violations[0]?.what}`;
    console.log(`${isRight ? 'right' : 'WRONG'}  ${title.padEnd(48)} ${found}`);
  }
  return survivors === 0;
}

function playAsAsked(): Promise<boolean> {
  if (values.seed !== undefined) return replay(seededScenario(numberOf('seed', values.seed)));
  if (values.script !== undefined) return replay(scriptedScenario(parseScript(values.script)));
  if (values.exhaustive) return playAll();
  return values.mutants ? playMutants() : playMany();
}

// Whoever interrupts it leaves no files behind.
process.on('exit', () => removeDisks(`${process.pid}-`));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = (await playAsAsked()) ? 0 : 1;
