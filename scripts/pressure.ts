// The process under pressure: real processes, real signals, a real store.
//   npm run pressure                                    all of it
//   npm run pressure -- --signals 9880 --restarts 120   signals and restarts; --seed N plays others
//   npm run pressure -- --states                        SIGTERM in every state of the charts
//   npm run pressure -- --ticks 100000                  whether memory is flat
//   npm run pressure -- --rpc                           an RPC that is slow, or hangs
// Exit 1 when anything was left behind, or not as it should be.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { watchMemory } from '../test/pressure/memory.ts';
import {
  memoryLine,
  type ResultLine,
  resultText,
  stateLines,
  stormLines,
  stuckLines,
} from '../test/pressure/report.ts';
import { situations } from '../test/pressure/situations.ts';
import { stopInAll } from '../test/pressure/stop-in-states.ts';
import { playStorm } from '../test/pressure/storm.ts';
import { playStuckRpcs } from '../test/pressure/stuck-command.ts';

const { values } = parseArgs({
  options: {
    signals: { type: 'string' },
    restarts: { type: 'string' },
    ticks: { type: 'string' },
    states: { type: 'boolean', default: false },
    rpc: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

// Hundreds of processes are started: what is compiled once is not compiled again.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('../node_modules/.cache/node-compile', import.meta.url),
);

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`--${name} must be a whole number, got ${text}`);
  return value;
}

const say = (what: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what} `);
};

async function storm(): Promise<readonly ResultLine[]> {
  const { results, violations } = await playStorm({
    seed: numberOf('seed', values.seed),
    signals: numberOf('signals', values.signals ?? '9880'),
    restarts: numberOf('restarts', values.restarts ?? '120'),
    onProgress: (played) => say(`restart ${played}`),
  });
  return stormLines(results, violations);
}

async function states(): Promise<readonly ResultLine[]> {
  const { results, violations } = await stopInAll(situations(), { onProgress: say });
  return stateLines(results, violations);
}

/** Bytes that a tick may seem to add: one object that is left behind is more. */
const GROWTH_LIMIT = 20;
const SAMPLES = 200;

async function memory(): Promise<readonly ResultLine[]> {
  const ticks = numberOf('ticks', values.ticks ?? '100000');
  const watch = (isInspected: boolean) =>
    watchMemory({
      ...{ ticks, samples: SAMPLES, isInspected, limit: GROWTH_LIMIT },
      onProgress: (at) => say(`tick ${at}`),
    });
  // Each is busy with itself alone.
  const [plain, inspected] = await Promise.all([watch(false), watch(true)]);
  return [
    memoryLine('an executor, scraped', plain),
    memoryLine('with the inspector and a page that follows', inspected),
  ];
}

const stuck = async (): Promise<readonly ResultLine[]> => stuckLines(await playStuckRpcs(say));

const PARTS = [
  { isAskedFor: values.signals !== undefined || values.restarts !== undefined, play: storm },
  { isAskedFor: values.states, play: states },
  { isAskedFor: values.rpc, play: stuck },
  { isAskedFor: values.ticks !== undefined, play: memory },
];

// Whoever interrupts it leaves no process and no file behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const isAnyAskedFor = PARTS.some(({ isAskedFor }) => isAskedFor);
// Each part is told as it ends: some of them take many minutes.
for (const { isAskedFor, play } of PARTS) {
  if (isAnyAskedFor && !isAskedFor) continue;
  const lines = await play();
  say('\n');
  console.log(`${resultText(lines)}\n`);
  if (lines.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
}
