import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setup } from 'xstate';
import { layOut, mermaidText, readChart, svgFile } from '../../src/diagram/index.ts';

const kettleMachine = setup({
  types: {} as { events: { type: 'SWITCH' } },
  guards: { isFilled: () => true },
  delays: { boiling: 180_000 },
}).createMachine({
  id: 'kettle',
  initial: 'off',
  states: {
    off: { on: { SWITCH: { guard: 'isFilled', target: 'heating' } } },
    heating: { on: { SWITCH: 'off' }, after: { boiling: 'off' } },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'kettle-'));
const chart = readChart(kettleMachine, { delays: { boiling: 180_000 } });
const drawing = await layOut(chart);
await writeFile(join(folder, 'kettle.svg'), svgFile(drawing, 'light'));
await writeFile(join(folder, 'kettle-dark.svg'), svgFile(drawing, 'dark'));
console.log(mermaidText(chart));
await rm(folder, { recursive: true });
