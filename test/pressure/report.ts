import { Table } from '../../src/cli/table.ts';
import type { MemoryResult } from './memory.ts';
import { MOMENTS } from './plan.ts';
import type { StateResult } from './stop-in-states.ts';
import type { RestartResult } from './storm.ts';
import type { StuckResult } from './stuck-command.ts';

/** One line of the result: what was put under pressure, how often, and what was not as it should be. */
export interface ResultLine {
  readonly part: string;
  readonly what: string;
  readonly count: string;
  readonly violations: readonly string[];
}

/** A line for each moment at which the command was hit. */
export function stormLines(
  results: readonly RestartResult[],
  ofTreasuries: readonly string[],
): readonly ResultLine[] {
  const lines = MOMENTS.flatMap((moment) =>
    (['run', 'dev'] as const).flatMap((command) => {
      const those = results.filter(({ restart }) => restart.moment === moment && restart.command === command);
      if (those.length === 0) return [];
      const signals = those.reduce((sum, each) => sum + each.signals, 0);
      const unbegun = those.filter(({ isEndedUnbegun }) => isEndedUnbegun).length;
      const ended = unbegun === 0 ? '' : `, ${unbegun} ended unbegun`;
      return {
        part: 'signals',
        what: `treasury ${command}, ${moment}`,
        count: `${those.length} restarts, ${signals} signals${ended}`,
        violations: those.flatMap(({ restart, violations }) =>
          violations.map((violation) => `restart ${restart.ordinal}: ${violation}`),
        ),
      };
    }),
  );
  const all = results.reduce((sum, { signals }) => sum + signals, 0) + results.length;
  return [
    ...lines,
    {
      part: 'signals',
      what: 'both treasuries, all of it',
      count: `${all} signals and restarts`,
      violations: ofTreasuries,
    },
  ];
}

export const stateLines = (
  results: readonly StateResult[],
  ofTreasury: readonly string[],
): readonly ResultLine[] => [
  ...results.map(({ name, signals, violations }) => ({
    part: 'states',
    what: name,
    count: `${signals} SIGTERM`,
    violations,
  })),
  { part: 'states', what: 'whoever comes next', count: `${results.length} payments`, violations: ofTreasury },
];

export const stuckLines = (results: readonly StuckResult[]): readonly ResultLine[] =>
  results.map(({ what, stoppedInMs, violations }) => ({
    part: 'rpc',
    what: `an RPC that ${what}`,
    count: stoppedInMs === undefined ? 'all is paid' : `stopped in ${(stoppedInMs / 1_000).toFixed(1)} s`,
    violations,
  }));

const MB = 2 ** 20;

export const memoryLine = (what: string, result: MemoryResult): ResultLine => ({
  part: 'memory',
  what,
  count:
    `${result.ticks} ticks, ${result.payments} payments, ${result.scrapes} scrapes: ` +
    `${(result.from / MB).toFixed(1)} -> ${(result.to / MB).toFixed(1)} MB, ${result.bytesPerTick.toFixed(1)} bytes a tick`,
  violations: result.violations,
});

/** The table, what was broken in full, and one line for all. */
export function resultText(lines: readonly ResultLine[]): string {
  const table = new Table<ResultLine>(
    [
      { title: 'part', text: ({ part }) => part },
      { title: 'what', text: ({ what }) => what },
      { title: 'how often', text: ({ count }) => count },
      { title: 'broken', text: ({ violations }) => String(violations.length), align: 'right' },
    ],
    Number.POSITIVE_INFINITY,
  );
  const broken = lines.flatMap(({ part, what, violations }) =>
    violations.map((violation) => `${part}, ${what}: ${violation}`),
  );
  return [...table.format(lines), ...broken, `${broken.length} violations`].join('\n');
}
