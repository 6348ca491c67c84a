import { describe, expect, test } from 'vitest';
import { DRAWN } from '../../scripts/diagrams.ts';
import { allStates, layOut, readChart, svgFile } from '../../src/diagram/index.ts';
import { faultsOf } from './faults.ts';

describe('counts in a drawing', () => {
  const chart = readChart(DRAWN.disbursement.machine);
  const ids = [...allStates(chart)].flatMap(({ transitions }) => transitions.map(({ id }) => id));

  test('stand at each transition, and nothing lies on anything else', async () => {
    const drawing = await layOut(chart, { counts: new Map(ids.map((id, at) => [id, 1000 + at])) });
    const svg = svgFile(drawing, 'light');
    for (const [at] of ids.entries()) expect(svg).toMatch(new RegExp(`[> ]${1000 + at}×[< ]`));
    expect(faultsOf(drawing)).toEqual([]);
  });

  test('say in words that a transition was never taken', async () => {
    const [missing, ...others] = ids;
    const counts = new Map(others.map((id) => [id, 1]));
    const svg = svgFile(await layOut(chart, { counts }), 'dark');
    expect(missing).toBeDefined();
    expect(svg.match(/NOT TAKEN/g)).toHaveLength(1);
  });

  test('change nothing where nobody counts', async () => {
    expect(svgFile(await layOut(chart), 'light')).not.toMatch(/count"|×|NOT TAKEN/);
  });
});
