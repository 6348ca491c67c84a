import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { costOf } from '../../src/diagram/cost.ts';
import { layOut, readChart } from '../../src/diagram/index.ts';
import { faultsOf } from './faults.ts';
import { randomMachine } from './random-machine.ts';
import { samples } from './samples.ts';

test.each(Object.entries(samples))('%s: nothing lies on anything else', async (_, machine) => {
  expect(faultsOf(await layOut(readChart(machine), { attempts: 3 }))).toEqual([]);
});

// 65 has a state whose own rows are wider than all that is within it.
test.each([65, ...Array.from({ length: 24 }, (_, i) => 1000 + i)])(
  'random chart %i: nothing lies on anything else',
  async (seed) => {
    expect(faultsOf(await layOut(readChart(randomMachine(seed)), { attempts: 1 }))).toEqual([]);
  },
);

test('states stand in the order in which the machine declares them, whatever leads to them first', async () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { on: { TO_C: 'c' } }, b: { on: { TO_C: 'c' } }, c: { on: { TO_B: 'b', TO_A: 'a' } } },
  });
  const { states } = await layOut(readChart(machine), { attempts: 1 });
  const tops = states.slice(1).map(({ area }) => area.y);
  expect(tops).toEqual(tops.toSorted((a, b) => a - b));
});

test('a line leads from its source to its target', async () => {
  for (const machine of Object.values(samples)) {
    const { states, edges } = await layOut(readChart(machine), { attempts: 1 });
    const areaOf = (id: string) =>
      states.find(({ state }) => state.id === id)?.area ?? { x: 0, y: 0, width: 0, height: 0 };
    for (const { edge, points } of edges) {
      for (const [end, id] of [
        [points.at(0), edge.source],
        [points.at(-1), edge.target],
      ] as const) {
        const { x, y, width, height } = areaOf(id);
        expect(end?.x, `${edge.id} at ${id}`).toBeGreaterThanOrEqual(x);
        expect(end?.x, `${edge.id} at ${id}`).toBeLessThanOrEqual(x + width);
        expect(end?.y, `${edge.id} at ${id}`).toBeGreaterThanOrEqual(y);
        expect(end?.y, `${edge.id} at ${id}`).toBeLessThanOrEqual(y + height);
      }
    }
  }
});

test('a line from a state into itself begins at the rule beneath its title', async () => {
  const { states, edges } = await layOut(readChart(samples.nestedMachine), { attempts: 1 });
  const into = edges.filter(({ edge }) =>
    edge.entries.some(({ trigger }) => trigger === 'HALT' || trigger === 'STOP'),
  );
  expect(into).toHaveLength(2);
  for (const { edge, points } of into) {
    const top = states.find(({ state }) => state.id === edge.source)?.area.y ?? Number.NaN;
    expect(points[0]?.y).toBe(top + 30);
  }
});

test('more attempts give a drawing that is easier to read', async () => {
  const chart = readChart(samples.nestedMachine);
  const costs = [costOf(await layOut(chart, { attempts: 1 })), costOf(await layOut(chart, { attempts: 6 }))];
  expect(costs[1]).toBeLessThan(costs[0] ?? 0);
});
