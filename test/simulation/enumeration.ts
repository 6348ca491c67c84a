import { Disk } from './disk.ts';
import { type PoolReport, playScripts } from './run-pool.ts';
import {
  SCRIPTED_FAULTS,
  type Script,
  type ScriptedFault,
  SUBMISSION_OUTCOMES,
  type SubmissionOutcome,
  scriptedScenario,
} from './scripted-scenario.ts';
import { Simulation } from './simulation.ts';

interface EnumerationOptions {
  /** Takes every n-th place to die at. */
  readonly every: number;
  readonly outcomes: readonly (readonly SubmissionOutcome[])[];
  readonly threads?: number;
  readonly withinMs?: number;
  readonly onProgress?: (played: number, failed: number) => void;
}

/** Every pair of ends that the first two submissions can come to. */
export const OUTCOME_PAIRS: readonly (readonly SubmissionOutcome[])[] = SUBMISSION_OUTCOMES.flatMap((first) =>
  SUBMISSION_OUTCOMES.map((second) => [first, second]),
);

/**
 * Two executors, two payments, each pair of outcomes of the two submissions; and one fault: a crash of either executor,
 * before and after each call that it makes, or an error of the store at each of its calls, before it was done or after. There
 * are as many as a run without a fault has calls.
 */
export async function enumerate(options: EnumerationOptions): Promise<PoolReport> {
  const { every, outcomes, ...pool } = options;
  const disk = await Disk.open(`${process.pid}-enumeration`);
  try {
    const scripts: Script[] = [];
    for (const ends of outcomes) {
      scripts.push({ fault: undefined, outcomes: ends });
      for (const name of ['p1', 'p2']) {
        for (const kind of SCRIPTED_FAULTS) {
          const calls = await countCalls(disk, { process: name, kind, call: Number.POSITIVE_INFINITY }, ends);
          for (let call = 1; call <= calls; call += every)
            scripts.push({ fault: { process: name, kind, call }, outcomes: ends });
        }
      }
    }
    return await playScripts(scripts, pool);
  } finally {
    disk.close();
  }
}

/** @param fault one that never comes */
async function countCalls(disk: Disk, fault: ScriptedFault, outcomes: Script['outcomes']): Promise<number> {
  let calls = 0;
  const onCalls = (count: number) => {
    calls = count;
  };
  await Simulation.play(disk, scriptedScenario({ fault, outcomes }, { onCalls }));
  return calls;
}
