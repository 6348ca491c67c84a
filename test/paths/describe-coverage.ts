import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { DeclaredTransitions, TransitionCoverage } from '../../src/testing/index.ts';
import type { Chart } from './charts.ts';
import { activeLeaves, leavesOf } from './leaves.ts';

/**
 * The generated paths of a chart leave nothing out; what is missing is named by the test that fails.
 *
 * @param cannotCome by state, the events that nobody is there to send
 */
export function describeCoverage<Machine extends AnyStateMachine>(
  { machine, runs, taken }: Chart<Machine>,
  cannotCome: Readonly<Record<string, readonly string[]>> = {},
) {
  const paths = runs.flatMap((run) => run.paths);

  describe('every event of the chart in every state', () => {
    const types = machine.events.filter((type: string) => !type.startsWith('xstate.'));
    const tried = new Set(
      paths.flatMap(({ source, edge }) => activeLeaves(source).map((leaf) => `${leaf} ${edge.event.type}`)),
    );
    for (const state of leavesOf(machine)) {
      const possible = types.filter((type: string) => !cannotCome[state]?.includes(type));
      it.each(possible)(`${state} is sent %s`, (type) => expect(tried).toContain(`${state} ${type}`));
    }
  });

  describe('every transition that the chart declares', () => {
    const coverage = new TransitionCoverage(machine);
    const declared = [...new DeclaredTransitions(machine)];

    beforeAll(() => {
      for (const path of paths) coverage.add(taken(path));
    });

    for (const { title, guard } of declared) {
      it(`${title} is taken`, () => expect(coverage.isTaken(title)).toBe(true));
      if (guard === undefined) continue;
      it(`${title} is refused by its guard`, () => expect(coverage.isRefused(title)).toBe(true));
    }
  });
}
