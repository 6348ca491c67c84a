import { expect, test } from 'vitest';
import { DRAWN, drawFiles, staleFiles } from '../../scripts/diagrams.ts';
import { allStates, layOut, readChart } from '../../src/diagram/index.ts';
import { faultsOf } from './faults.ts';

test('the drawings in visualizations/ show the machines as they are: npm run diagrams', async () => {
  expect(staleFiles(await drawFiles())).toEqual([]);
}, 30_000);

test('a file that differs or is missing is stale', () => {
  expect(staleFiles(new Map([['circuit-breaker.svg', 'another text']]))).toEqual(['circuit-breaker.svg']);
  expect(staleFiles(new Map([['no-such-machine.svg', '']]))).toEqual(['no-such-machine.svg']);
});

test.each(Object.entries(DRAWN))(
  '%s: nothing lies on anything else, and every delay is a time',
  async (_, drawn) => {
    const chart = readChart(drawn.machine, { delays: drawn.delays });
    const triggers = [...allStates(chart)].flatMap(({ transitions }) =>
      transitions.map(({ trigger }) => trigger),
    );
    expect(triggers.filter((trigger) => trigger.kind === 'after' && trigger.ms === undefined)).toEqual([]);
    expect(faultsOf(await layOut(chart))).toEqual([]);
  },
  30_000,
);
