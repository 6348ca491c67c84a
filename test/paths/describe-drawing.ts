import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { DRAWN, staleFiles } from '../../scripts/diagrams.ts';
import { drawCoverage } from '../../scripts/paths.ts';
import { allStates, readChart } from '../../src/diagram/index.ts';
import type { Chart } from './charts.ts';
import { type Covered, cover } from './covered.ts';

/** The drawing of what the paths of a chart cover; beside its paths, so that none is walked for it once more. */
export function describeDrawing<Machine extends AnyStateMachine>(
  name: Covered['name'],
  chart: Chart<Machine>,
) {
  describe('the drawing of what the paths cover', () => {
    let covered: Covered;

    beforeAll(() => {
      covered = cover(name, chart);
    });

    it('shows what they take now: npm run paths', async () => {
      expect(staleFiles(await drawCoverage([covered]))).toEqual([]);
    }, 30_000);

    it('knows every transition that is drawn', () => {
      const drawn = [...allStates(readChart(DRAWN[name].machine))].flatMap((state) => state.transitions);
      const known = covered.transitions.map(({ id }) => id);
      expect(known.toSorted()).toEqual(drawn.map(({ id }) => id).toSorted());
    });
  });
}
