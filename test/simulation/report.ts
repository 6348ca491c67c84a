import type { Violation } from './checker.ts';
import { FAULT_NAMES, type FaultCounts } from './fault-counts.ts';

interface Played {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
}

/** Lines of a failing trace that are shown; all of it comes with a replay. */
const TAIL = 40;

/** One line on the promises of all runs. */
export function verdictOf(results: readonly Pick<Played, 'violations'>[]): string {
  const broken = results.flatMap(({ violations }) => violations);
  const count = (harm: Violation['harm']) => broken.filter((each) => each.harm === harm).length;
  const seeds = results.length === 1 ? '1 seed' : `${results.length} seeds`;
  return `${seeds}: ${count('double')} double, ${count('lost')} lost, ${count('invariant')} invariants broken`;
}

/** What went wrong with one seed, and how to see it again. */
export const failureText = ({ seed, violations, trace }: Played): string =>
  [
    `seed ${seed} failed:`,
    ...violations.map(({ harm, what }) => `  ${harm}: ${what}`),
    ...trace.slice(-TAIL).map((line) => `  | ${line}`),
    `  replay it: npm run simulate -- --seed ${seed}`,
  ].join('\n');

/** How often each fault happened, and those that never did. */
export function faultTable(faults: FaultCounts): {
  readonly text: string;
  readonly missing: readonly string[];
} {
  const rows = FAULT_NAMES.map((name) => ({ name, count: faults[name] ?? 0 }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  return {
    text: rows.map(({ name, count }) => `${name.padEnd(width)} ${String(count).padStart(9)}`).join('\n'),
    missing: rows.filter(({ count }) => count === 0).map(({ name }) => name),
  };
}
