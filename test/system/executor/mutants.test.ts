import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Baseline, hunt, playBaseline, suspectsOf } from '../../support/executor-mutant-hunt.ts';
import { MutantPool } from '../../support/executor-mutant-pool.ts';
import { MUTANTS } from '../../support/executor-mutants.ts';
import { SCENARIOS } from '../../support/scenarios/index.ts';
import { restarting } from '../../support/scenarios/restarting.ts';

// A sample, so that every test run shows that the scenarios can tell a broken chart. `npm run mutate:charts` tries all.
const SAMPLE = [
  'treasuryExecutor: ticking on STOP[0] -> noteStop, deleted',
  'treasuryExecutor: ticking.leasing invoke onDone[1] isStandby -> done, without its guard',
  'treasuryExecutor: ticking.holding on OUTCOME[0] isFromPaymentOut -> countOutcome, tellBreaker, without tellBreaker',
  'treasuryExecutor: ticking.holding.lease.renewing invoke onDone[1] -> lost, deleted',
  'treasuryExecutor: ticking.holding.work.processing always[1] breakerRefuses -> draining, deleted',
  'treasuryExecutor: ticking.holding.work.processing always[2] canBump -> bumpNext, without its guard',
  'treasuryExecutor: ticking.holding.work.processing always[3] canFill -> fillNext, deleted',
  'treasuryExecutor: ticking.holding.work.processing always[4] canSubmit -> submitNext, without its guard',
  'treasuryExecutor: ticking.holding.work.draining always[0] isIdle -> #treasuryExecutor.ticking.done, without its guard',
  'disbursement: submitting invoke onDone[3] isAlreadyKnown -> lookingUp, deleted',
  'disbursement: submitting invoke onDone[5] mayBeCancelled -> recording, without its guard',
  'disbursement: lookingUp invoke onDone[2] isGapClosed -> recording, deleted',
  'disbursement: lookingUp invoke onDone[4] isReplacedForGood -> recording, without its guard',
  'disbursement: lookingUp invoke onDone[5] hasVanished -> recording, deleted',
  'disbursement: recording invoke onError[0] -> resting, without noteRecordingFault',
];
/** Kills at every step take long and meet no edge that others do not. */
const QUICK = [...SCENARIOS.keys()].filter((title) => !restarting.some((slow) => slow.title === title));

let pool: MutantPool;
let baseline: readonly Baseline[];

beforeAll(async () => {
  pool = new MutantPool({ size: Math.min(2, availableParallelism()), hardLimitMs: 60_000 });
  baseline = await playBaseline(pool, QUICK, { waitMs: 20_000 });
}, 120_000);
afterAll(() => pool.close());

test('every transition and guard of the charts is met by a scenario', () => {
  const unmet = MUTANTS.filter((mutant) => suspectsOf(mutant, baseline).length === 0);
  expect(unmet.map(({ name }) => name)).toEqual([]);
});

test('broken charts are found out', async () => {
  const sample = MUTANTS.filter(({ name }) => SAMPLE.includes(name));
  expect(sample.map(({ name }) => name)).toEqual(SAMPLE);
  const verdicts = await hunt(pool, sample, baseline, { waitMs: 2_000 });
  const survivors = verdicts.filter(({ killer }) => killer === undefined);
  expect(survivors.map(({ mutant }) => mutant.name)).toEqual([]);
});
