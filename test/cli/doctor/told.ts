import type { Finding } from '../../../src/cli/doctor/check.ts';

/** Findings in lines, each with its remedy behind an arrow. */
export const told = (findings: readonly Finding[]): string =>
  findings
    .map(
      ({ verdict, finding, remedy }) => `${verdict} ${finding}${remedy === undefined ? '' : ` -> ${remedy}`}`,
    )
    .join('\n');
