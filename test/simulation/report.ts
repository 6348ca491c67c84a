import type { Violation } from './checker.ts';
import { FAULT_NAMES, type FaultCounts } from './fault-counts.ts';

interface Played {
  readonly replay: string;
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
}

/** Lines of a failing trace that are shown; all of it comes with a replay. */
const TAIL = 40;

/** One line on the promises of all runs. */
export function verdictOf(results: readonly Pick<Played, 'violations'>[], unit = 'seed'): string {
  const broken = results.flatMap(({ violations }) => violations);
  const count = (harm: Violation['harm']) => broken.filter((each) => each.harm === harm).length;
  const own = count('simulation') > 0 ? `, ${count('simulation')} faults of the simulation` : '';
  const runs = `${results.length} ${unit}${results.length === 1 ? '' : 's'}`;
  return `${runs}: ${count('double')} double, ${count('lost')} lost, ${count('invariant')} invariants broken${own}`;
}

/** What went wrong with one run, and how to see it again. */
export const failureText = ({ replay, violations, trace }: Played): string =>
  [
    `${replay} failed:`,
    ...violations.map(({ harm, what }) => `  ${harm}: ${what}`),
    ...trace.slice(-TAIL).map((line) => `  | ${line}`),
    `  replay it: npm run simulate -- ${replay}`,
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
