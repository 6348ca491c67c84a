import type { Subject } from './subject.ts';

export type Verdict = 'ok' | 'warning' | 'failed';

/** One thing that a check found. */
export interface Finding {
  readonly verdict: Verdict;
  /** What is so, in one line. It may hold text from outside, never a secret. */
  readonly finding: string;
  /** What to do about it; `undefined` where nothing has to be done, or the finding says it. */
  readonly remedy: string | undefined;
}

/** One line of the deployment checklist. */
export interface Check {
  readonly name: string;
  /**
   * Looks at one thing, and changes nothing. Gives everything that is wrong with it, or in one finding that all is well;
   * one that throws has failed.
   */
  examine(subject: Subject, context: { readonly signal: AbortSignal }): Promise<readonly Finding[]>;
}

export const ok = (finding: string): Finding => ({ verdict: 'ok', finding, remedy: undefined });

/** It works, and an operator should know; also what could not be looked at. */
export const warning = (finding: string, remedy: string): Finding => ({
  verdict: 'warning',
  finding,
  remedy,
});

/** Not fit for money. */
export const failed = (finding: string, remedy?: string): Finding => ({
  verdict: 'failed',
  finding,
  remedy,
});

/** The problems, or that there are none. */
export const problemsOr = (problems: readonly Finding[], allIsWell: string): readonly Finding[] =>
  problems.length > 0 ? problems : [ok(allIsWell)];

/** What could not be looked at because of a fault that another line tells. */
export const unexamined = (what: string, line: string): Finding =>
  warning(`not looked at: ${what}`, `mend what the line "${line}" tells, then run treasury doctor again`);
