// The shipped executor, charts and store on a virtual clock, with seeded faults, watched by a checker that reads the chain.
//   npm run simulate -- --seeds 10000 --seed-from 1     plays seeds; --minutes N begins nothing new after that long
//   npm run simulate -- --seed 17                       replays one seed and prints its trace
//   npm run simulate -- --mutants                       broken executors, each of which has to be found out
// Exit 1 when a promise was broken, a fault never fired, or a mutant survived.
import { parseArgs } from 'node:util';
import { Disk } from '../test/simulation/disk.ts';
import { MUTANT_SEEDS, SIMULATION_MUTANTS } from '../test/simulation/mutants.ts';
import { failureText, faultTable, verdictOf } from '../test/simulation/report.ts';
import { failuresIn, playSeeds } from '../test/simulation/seed-pool.ts';
import { seededScenario } from '../test/simulation/seeded-scenario.ts';
import { Simulation } from '../test/simulation/simulation.ts';

/** From so many seeds on each fault has to have happened. */
const ENOUGH_SEEDS = 200;
/** Failing seeds that are told in full. */
const TOLD_FAILURES = 3;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    'seed-from': { type: 'string', default: '1' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    threads: { type: 'string' },
    mutants: { type: 'boolean', default: false },
  },
});

const seconds = (ms: number): string => (ms / 1_000).toFixed(0);

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`--${name} must be a number, got ${text}`);
  return value;
}

const threads = values.threads === undefined ? {} : { threads: numberOf('threads', values.threads) };

async function replay(seed: number): Promise<boolean> {
  const disk = await Disk.open(`${process.pid}`);
  try {
    const outcome = await Simulation.play(disk, seededScenario(seed));
    console.log(outcome.trace.join('\n'));
    console.log(`\ntrace ${outcome.hash}`);
    console.log(verdictOf([outcome]));
    return outcome.violations.length === 0;
  } finally {
    disk.close();
  }
}

async function playMany(): Promise<boolean> {
  const from = numberOf('seed-from', values['seed-from']);
  const count = numberOf('seeds', values.seeds);
  const { results, faults, durationMs } = await playSeeds({
    from,
    count,
    ...threads,
    ...(values.minutes !== undefined && { withinMs: 60_000 * numberOf('minutes', values.minutes) }),
    onProgress: (played, failed) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${played} of ${count} seeds, ${failed} failed `);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const failures = failuresIn(results);
  const table = faultTable(faults);
  console.log(table.text);
  for (const failure of failures.slice(0, TOLD_FAILURES)) console.log(`\n${failureText(failure)}`);
  if (failures.length > TOLD_FAILURES)
    console.log(
      `\nfailed too: ${failures
        .slice(TOLD_FAILURES)
        .map(({ seed }) => seed)
        .join(' ')}`,
    );
  const areMissing = results.length >= ENOUGH_SEEDS && table.missing.length > 0;
  if (areMissing) console.log(`\nnever fired: ${table.missing.join(', ')}`);
  const rate = (results.length / (durationMs / 1_000)).toFixed(0);
  console.log(`\n${verdictOf(results)} (${seconds(durationMs)} s, ${rate} a second)`);
  return failures.length === 0 && !areMissing;
}

async function playMutants(): Promise<boolean> {
  let survivors = 0;
  for (const mutant of [undefined, ...SIMULATION_MUTANTS]) {
    const title = mutant?.title ?? 'untouched';
    const run = { from: 1, count: MUTANT_SEEDS, stopsAtFailure: true, ...threads };
    const { results } = await playSeeds({ ...run, ...(mutant !== undefined && { mutant }) });
    const [first] = failuresIn(results);
    const isOwnFault = first?.violations.some(({ harm }) => harm === 'simulation') === true;
    const isRight = (mutant === undefined) === (first === undefined) && !isOwnFault;
    if (!isRight) survivors += 1;
    const found = first === undefined ? 'no seed' : `seed ${first.seed}: ${first.violations[0]?.what}`;
    console.log(`${isRight ? 'right' : 'WRONG'}  ${title.padEnd(48)} ${found}`);
  }
  return survivors === 0;
}

const isFine =
  values.seed !== undefined
    ? await replay(numberOf('seed', values.seed))
    : await (values.mutants ? playMutants() : playMany());
process.exitCode = isFine ? 0 : 1;
