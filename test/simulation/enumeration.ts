import { Disk } from './disk.ts';
import { type PoolReport, playScripts } from './run-pool.ts';
import {
  type Script,
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
  readonly onProgress?: (played: number, failed: number) => void;
}

/** Every pair of ends that the first two submissions can come to. */
export const OUTCOME_PAIRS: readonly (readonly SubmissionOutcome[])[] = SUBMISSION_OUTCOMES.flatMap((first) =>
  SUBMISSION_OUTCOMES.map((second) => [first, second]),
);

/**
 * Two executors, two payments, each pair of outcomes of the two submissions; and one crash, of either executor, before and
 * after each call that it makes, of which there are as many as a run without a crash has.
 */
export async function enumerate(options: EnumerationOptions): Promise<PoolReport> {
  const { every, outcomes, ...pool } = options;
  const disk = await Disk.open(`${process.pid}-enumeration`);
  const scripts: Script[] = [];
  try {
    for (const ends of outcomes) {
      scripts.push({ crash: undefined, outcomes: ends });
      for (const name of ['p1', 'p2']) {
        // A crash that never comes counts the calls.
        const script = { crash: { process: name, call: Number.POSITIVE_INFINITY }, outcomes: ends };
        let calls = 0;
        const onCalls = (count: number) => {
          calls = count;
        };
        await Simulation.play(disk, scriptedScenario(script, { onCalls }));
        for (let call = 1; call <= calls; call += every)
          scripts.push({ crash: { process: name, call }, outcomes: ends });
      }
    }
  } finally {
    disk.close();
  }
  return playScripts(scripts, pool);
}
