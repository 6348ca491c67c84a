import { messageOf } from '../../message-of.ts';
import { NotFinishedError } from '../live/run-live.ts';

/** What a step has seen, by name; numbers as they stand on the pages that they come from. `null`: it is not there. */
export type Evidence = Readonly<Record<string, string | number | null | Readonly<Record<string, number>>>>;

/** What came of a step. */
export interface Finding {
  readonly evidence: Evidence;
  /** What is not as it should be. */
  readonly problems: readonly string[];
  /** What the step waits for has come, so that others can go on from there. @defaultValue true */
  readonly isReached?: boolean;
}

/** One step of a drill. */
export interface DrillStep {
  readonly name: string;
  /** What is to be seen, as a sentence. */
  readonly title: string;
  /** Steps that have to be reached before, by name. */
  readonly needs: readonly string[];
  /** What a person has to do for it. */
  readonly todo?: string;
  run(): Promise<Finding>;
}

/** `notReached`: what it needs did not come. `stopped`: by a signal from outside, which ends the drill. */
export type Verdict = 'ok' | 'failed' | 'notReached' | 'stopped';

export interface StepResult {
  /** From 1. */
  readonly step: number;
  readonly name: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  readonly problems: readonly string[];
  readonly durationMs: number;
}

/** Hears of steps as they begin and end. */
export interface StepListener {
  begin(step: number, of: DrillStep): Promise<unknown>;
  end(result: StepResult): Promise<unknown>;
}

/** A step did not show what it should: exit code 1. */
export class DrillFailedError extends Error {
  override readonly name = 'DrillFailedError';
}

/** A problem that there may be. */
export const listed = (problem: string | undefined): readonly string[] =>
  problem === undefined ? [] : [problem];

/**
 * Runs the steps in their order, those that can be reached. A step that fails hides nothing: what does not depend on it
 * is run all the same.
 *
 * @param stop a signal from outside
 * @throws NotFinishedError when it was stopped: there is no verdict then
 */
export async function runSteps(
  steps: readonly DrillStep[],
  listener: StepListener,
  stop: AbortSignal,
): Promise<readonly StepResult[]> {
  const reached = new Set<string>();
  const results: StepResult[] = [];
  for (const [index, step] of steps.entries()) {
    const number = index + 1;
    const result = step.needs.every((name) => reached.has(name))
      ? await runStep(number, step, listener, reached)
      : resultOf(number, step, 'notReached', { evidence: {}, problems: [] }, 0);
    if (stop.aborted) {
      await listener.end({ ...result, verdict: 'stopped', problems: [] });
      throw new NotFinishedError(
        `the drill was stopped in step ${number} of ${steps.length} (${step.title}): it has no verdict`,
      );
    }
    results.push(result);
    await listener.end(result);
  }
  return results;
}

async function runStep(
  number: number,
  step: DrillStep,
  listener: StepListener,
  reached: Set<string>,
): Promise<StepResult> {
  const startedAt = performance.now();
  await listener.begin(number, step);
  const finding = await step
    .run()
    .catch((thrown: unknown): Finding => ({ evidence: {}, problems: [messageOf(thrown)], isReached: false }));
  if (finding.isReached ?? true) reached.add(step.name);
  const verdict = finding.problems.length === 0 ? 'ok' : 'failed';
  return resultOf(number, step, verdict, finding, performance.now() - startedAt);
}

const resultOf = (
  step: number,
  { name, title }: DrillStep,
  verdict: Verdict,
  { evidence, problems }: Finding,
  durationMs: number,
): StepResult => ({ step, name, title, verdict, evidence, problems, durationMs: Math.round(durationMs) });

/** @throws DrillFailedError that names the first step that failed */
export function assertPassed(results: readonly StepResult[]): void {
  const failed = results.find(({ verdict }) => verdict !== 'ok');
  if (failed === undefined) return;
  const [problem = 'it was not reached'] = failed.problems;
  throw new DrillFailedError(
    `drill failed: step ${failed.step} of ${results.length} (${failed.title}): ${problem}`,
  );
}
