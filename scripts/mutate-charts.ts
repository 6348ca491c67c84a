// Takes one transition, one guard or one action at a time out of the executor's charts, and sees that a scenario on a real chain fails.
//   node scripts/mutate-charts.ts [--only SUBSTRING] [--list] [--wait MILLISECONDS]
// Exit 1 when a mutant survives: then either a test is missing, or the edge.
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { hunt, playBaseline, type Verdict } from '../test/support/executor-mutant-hunt.ts';
import { MutantPool } from '../test/support/executor-mutant-pool.ts';
import { MUTANTS } from '../test/support/executor-mutants.ts';
import { SCENARIOS } from '../test/support/scenarios/index.ts';

const WORKERS = 2;
const HARD_LIMIT_MS = 60_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    wait: { type: 'string', default: '3000' },
  },
});
const mutants = MUTANTS.filter(({ name }) => name.includes(values.only));

const oneLine = (text: string): string => stripVTControlCharacters(text).replaceAll(/\s+/g, ' ').slice(0, 90);

function print({ mutant, killer, played, durationMs }: Verdict): void {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  if (killer === undefined) console.log(`SURVIVED ${mutant.name} (${played} scenarios, ${seconds})`);
  else
    console.log(
      `killed   ${mutant.name}\n         by "${killer.scenario}": ${oneLine(killer.failure)} (${seconds})`,
    );
}

async function run(): Promise<number> {
  const begin = performance.now();
  const pool = new MutantPool({ size: WORKERS, hardLimitMs: HARD_LIMIT_MS });
  try {
    const waitMs = Number(values.wait);
    const baseline = await playBaseline(pool, [...SCENARIOS.keys()], { waitMs });
    const verdicts = await hunt(pool, mutants, baseline, { waitMs, onVerdict: print });
    const survivors = verdicts.filter(({ killer }) => killer === undefined);
    const seconds = ((performance.now() - begin) / 1000).toFixed(0);
    console.log(`\n${verdicts.length} mutants, ${survivors.length} survived, ${seconds} s`);
    for (const { mutant } of survivors) console.log(`  ${mutant.name}`);
    return survivors.length === 0 ? 0 : 1;
  } finally {
    pool.close();
  }
}

if (values.list) for (const { name } of mutants) console.log(name);
else process.exitCode = await run();
