// One measurement in a process of its own.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { cpuTime } from '../kit/cpu-time.ts';
import { question, reply } from '../kit/fresh-process.ts';
import { warmUp } from '../kit/warm-up.ts';
import { type Contender, type ContenderName, type ContenderOptions, contender } from './contenders.ts';
import { bringToOpen, cycle, LOADS, type LoadName } from './loads.ts';
import { OWN_CALLS, OWN_LOADS, type OwnLoadName } from './own.ts';

export type Measure =
  /** CPU time of a call, in nanoseconds; `crowd`: calls a second instead. */
  | { readonly kind: 'load'; readonly load: LoadName; readonly of: ContenderName }
  /** CPU time of one, in nanoseconds. */
  | { readonly kind: 'own'; readonly load: OwnLoadName }
  /** CPU time of a whole cycle or of the probe in it, in nanoseconds. */
  | { readonly kind: 'cycle'; readonly part: 'whole' | 'probe'; readonly of: ContenderName }
  /** Bytes of heap that each of 10,000 breakers takes. */
  | { readonly kind: 'heap'; readonly of: ContenderName }
  /** Bytes by which the heap grew over 10 million calls, every tenth a failure. */
  | { readonly kind: 'growth'; readonly of: ContenderName };

export interface SubjectQuestion {
  readonly measure: Measure;
  /** CPU time before anything is measured. Seconds. */
  readonly warmUpSeconds: number;
  /** CPU time that is measured, about. Seconds. */
  readonly seconds: number;
}

export interface SubjectAnswer {
  readonly value: number;
}

const LONG_MS = 2 ** 31 - 1;
const BREAKERS = 10_000;
const MANY_CALLS = 10_000_000;
const CYCLES = 400;
const OPEN_MS = 250;

const { measure, warmUpSeconds, seconds } = question<SubjectQuestion>();
reply({ value: await take(measure) } satisfies SubjectAnswer);

async function take(measure: Measure): Promise<number> {
  switch (measure.kind) {
    case 'load': {
      const make = await contender(measure.of);
      return measure.load === 'crowd' ? crowd(make) : load(make, measure.load);
    }
    case 'own': {
      const run = await OWN_LOADS[measure.load]();
      return repeated(async () => run(), OWN_CALLS);
    }
    case 'cycle':
      return cycles(await contender(measure.of), measure.part);
    case 'heap':
      return heap(await contender(measure.of));
    case 'growth':
      return growth(await contender(measure.of));
  }
}

type Make = (options: ContenderOptions) => Contender;

/** Nanoseconds of CPU time for one of so many that `run` does. */
async function repeated(run: () => Promise<void>, count: number): Promise<number> {
  await warmUp(run, warmUpSeconds);
  globalThis.gc?.();
  let micros = 0;
  let runs = 0;
  while (micros < seconds * 1_000_000) {
    micros += await cpuTime(run);
    // As the loop of a service does all the time: when it did not, a bare call that fails now and then took half as long again.
    await nextTurn();
    runs += 1;
  }
  return (micros * 1_000) / (runs * count);
}

async function load(make: Make, name: LoadName): Promise<number> {
  const subject = make({ openMs: LONG_MS });
  if (name === 'refused') await bringToOpen(subject);
  const { calls, run } = LOADS[name];
  return repeated(() => run(subject), calls);
}

async function crowd(make: Make): Promise<number> {
  const subject = make({ openMs: LONG_MS });
  const { calls, run } = LOADS.crowd;
  await warmUp(() => run(subject), warmUpSeconds);
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < seconds * 1_000) {
    await run(subject);
    runs += 1;
  }
  return (runs * calls * 1_000) / (performance.now() - start);
}

/** The first ones only warm up: each is a breaker's first cycle, as it is in life. */
async function cycles(make: Make, part: 'whole' | 'probe'): Promise<number> {
  const fresh = () => Array.from({ length: CYCLES }, () => make({ openMs: OPEN_MS }));
  for (let round = 0; round < 3; round += 1) await cycle(fresh(), OPEN_MS);
  globalThis.gc?.();
  return (await cycle(fresh(), OPEN_MS))[part] * 1_000;
}

function heapUsed(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function heap(make: Make): number {
  const one = () => make({}).breaker;
  for (let made = 0; made < BREAKERS / 10; made += 1) one();
  const before = heapUsed();
  const all = Array.from({ length: BREAKERS }, one);
  const after = heapUsed();
  // Named after the measurement, so that they are there until then.
  return (after - before) / all.length;
}

async function growth(make: Make): Promise<number> {
  const subject = make({ openMs: LONG_MS });
  const { calls, run } = LOADS.mixed;
  await warmUp(() => run(subject), warmUpSeconds);
  const before = heapUsed();
  for (let made = 0; made < MANY_CALLS; made += calls) await run(subject);
  return heapUsed() - before;
}
