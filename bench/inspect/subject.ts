// One measurement in a process of its own: a load in one situation, in microseconds of CPU time for each.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createInspector, type Inspector } from '../../src/inspect/index.ts';
import { createXStateInspectBridge } from '../../visualizations/xstate-inspect/index.ts';
import { cpuTime } from '../kit/cpu-time.ts';
import { question, reply } from '../kit/fresh-process.ts';
import { paced } from '../kit/paced.ts';
import { warmUp } from '../kit/warm-up.ts';
import { type Inspect, LOADS, type LoadName } from './loads.ts';

/**
 * `none`: no `inspect` at all; `empty`: one that does nothing; a number: an inspector with so many watchers; `tool`: an
 * inspector whose bridge has one tool of @xstate/inspect.
 */
export type Situation = 'none' | 'empty' | 'tool' | number;

export interface SubjectQuestion {
  readonly load: LoadName;
  readonly situation: Situation;
  /** How long to measure. */
  readonly seconds: number;
}

export interface SubjectAnswer {
  /** CPU time for one, without what the process spends on doing nothing. */
  readonly micros: number;
}

const { load: name, situation, seconds } = question<SubjectQuestion>();
const load = LOADS[name];
const pace = { everyMs: load.everyMs, bursts: Math.max(1, Math.round((seconds * 1_000) / load.everyMs)) };

const inspector = situation === 'none' || situation === 'empty' ? undefined : createInspector();
const inspects: Readonly<Record<string, Inspect>> = { none: undefined, empty: () => {} };
const running = load.start(inspector?.inspect ?? inspects[situation]);
const watchers = inspector && (await watch(inspector, situation));

const burst = async () => {
  for (let i = 0; i < load.burst; i += 1) {
    const done = running.once();
    // A load that is done at once is not made to wait for a microtask.
    if (done !== undefined) await done;
  }
};

await warmUp(burst, seconds);
const half = { ...pace, bursts: Math.ceil(pace.bursts / 2) };
await paced(half, burst);
// What the warm-up left behind would be cleared away while others are measured.
globalThis.gc?.();
const idle = (await cpuTime(() => paced(half, async () => {}))) * (pace.bursts / half.bursts);
const busy = await cpuTime(async () => {
  await paced(pace, burst);
  await sleep(25); // the last records are handed out
});
running.check();
watchers?.kill();
const answer: SubjectAnswer = { micros: (busy - idle) / (pace.bursts * load.burst) };
reply(answer);

/** Real connections from another process, whose work is not counted. */
async function watch(inspector: Inspector, situation: Situation) {
  if (situation === 0) return undefined;
  const bridge = situation === 'tool' ? createXStateInspectBridge({ inspector }) : undefined;
  const server = createServer(inspector.handler).listen(0, '127.0.0.1');
  server.on('upgrade', (request, socket, head) => bridge?.upgrade(request, socket, head));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return situation === 'tool'
    ? await connected(new URL('./tool.ts', import.meta.url), `ws://${host}/xstate-inspect`)
    : await connected(
        new URL('./watchers.ts', import.meta.url),
        `http://${host}/inspect/feed`,
        String(situation),
      );
}

async function connected(module: URL, ...args: readonly string[]) {
  const child = fork(fileURLToPath(module), args, { execArgv: [] });
  await once(child, 'message');
  return child;
}
