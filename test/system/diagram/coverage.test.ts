import { beforeAll, describe, expect, test } from 'vitest';
import { DRAWN, staleFiles } from '../../../scripts/diagrams.ts';
import { drawCoverage } from '../../../scripts/paths.ts';
import { allStates, readChart } from '../../../src/diagram/index.ts';
import { type Covered, coverAll } from '../../paths/covered.ts';

// Here, since it walks every path of every chart once more: too long for the tests that run on every save.
describe('the drawings of what the paths cover', () => {
  let all: readonly Covered[] = [];

  beforeAll(() => {
    all = coverAll();
  }, 60_000);

  test('show what the generated paths take now: npm run paths', async () => {
    expect(staleFiles(await drawCoverage(all))).toEqual([]);
  }, 30_000);

  test('know every transition that is drawn', () => {
    for (const { name, transitions } of all) {
      const { machine } = DRAWN[name];
      const drawn = [...allStates(readChart(machine))].flatMap((state) => state.transitions);
      expect(transitions.map(({ id }) => id).toSorted()).toEqual(drawn.map(({ id }) => id).toSorted());
    }
  });
});
