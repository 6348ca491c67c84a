// A thread that plays seeds, over the shipped code or over a broken copy of it. Nothing of what may be broken is imported
// before the hook is there.
import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Violation } from './checker.ts';
import type { FaultCounts } from './fault-counts.ts';
import { mutated, type SimulationMutant } from './mutants.ts';

export interface WorkerSettings {
  /** Names the worker's folder: unique on this machine. */
  readonly name: string;
  readonly mutant: SimulationMutant | undefined;
}

/** Seeds from `from` on. */
export interface SeedRange {
  readonly from: number;
  readonly count: number;
}

/** What a seed came to. */
export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly hash: string;
  /** Of a seed that failed. */
  readonly trace: readonly string[];
}

export interface RangeResult {
  readonly results: readonly SeedResult[];
  readonly faults: FaultCounts;
}

const { name, mutant } = workerData as WorkerSettings;
if (mutant !== undefined) {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!mutant.edits.some(({ file }) => url.endsWith(`/${file}`))) return loaded;
      return { ...loaded, source: mutated(mutant, url, String(loaded.source)) };
    },
  });
}
const [{ Disk }, { Simulation }, { seededScenario }, { sumCounts }] = await Promise.all([
  import('./disk.ts'),
  import('./simulation.ts'),
  import('./seeded-scenario.ts'),
  import('./fault-counts.ts'),
]);
const disk = await Disk.open(name);

async function play({ from, count }: SeedRange): Promise<RangeResult> {
  const results: SeedResult[] = [];
  const counts: FaultCounts[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const { violations, hash, trace, faults } = await Simulation.play(disk, seededScenario(seed));
    results.push({ seed, violations, hash, trace: violations.length > 0 ? trace : [] });
    counts.push(faults);
  }
  return { results, faults: sumCounts(counts) };
}

parentPort?.on('message', (range: SeedRange | 'end') => {
  if (range === 'end') {
    disk.close();
    parentPort?.close();
  } else void play(range).then((result) => parentPort?.postMessage(result));
});
