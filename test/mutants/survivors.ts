/** A mutant that no test can tell from the code, because nobody could. */
export interface Survivor {
  readonly file: string;
  /** The line on which the mutation begins, as it is in the file; without indentation. */
  readonly code: string;
  /** That line as the mutation makes it. */
  readonly becomes: string;
  /** On how many such lines of the file. @defaultValue 1 */
  readonly times?: number;
  /** Why nothing that a user could observe changes. */
  readonly why: string;
}

/**
 * Every mutant that `npm run mutate` may leave alive. A run fails on one that is missing here, and on one here that was
 * killed; the tests fail when the line of one is no longer in its file.
 */
export const SURVIVORS: readonly Survivor[] = [];
