// A thread that plays seeds, over the shipped code or over a broken copy of it. Nothing of what may be broken is imported
// before the hook is there.
import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Violation } from './checker.ts';
import type { FaultCounts } from './fault-counts.ts';
import { mutated, type SimulationMutant } from './mutants.ts';
import type { Script } from './scripted-scenario.ts';

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

/** Runs of the enumeration. */
export interface ScriptBatch {
  readonly scripts: readonly Script[];
}

/** What one run came to. */
export interface RunResult {
  /** The number of the seed, or of the script in its batch. */
  readonly ordinal: number;
  /** Arguments of the command that plays it again. */
  readonly replay: string;
  readonly violations: readonly Violation[];
  readonly hash: string;
  /** Of a run that failed. */
  readonly trace: readonly string[];
}

export interface BatchResult {
  readonly results: readonly RunResult[];
  readonly faults: FaultCounts;
  /** Of scripts: the distinct states that were seen. */
  readonly states: readonly string[];
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
const [{ Disk }, { Simulation }, { seededScenario }, { scriptedScenario, textOf }, { sumCounts }] =
  await Promise.all([
    import('./disk.ts'),
    import('./simulation.ts'),
    import('./seeded-scenario.ts'),
    import('./scripted-scenario.ts'),
    import('./fault-counts.ts'),
  ]);
const disk = await Disk.open(name);

async function playSeeds({ from, count }: SeedRange): Promise<BatchResult> {
  const results: RunResult[] = [];
  const counts: FaultCounts[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const { violations, hash, trace, faults } = await Simulation.play(disk, seededScenario(seed));
    const told = violations.length > 0 ? trace : [];
    results.push({ ordinal: seed, replay: `--seed ${seed}`, violations, hash, trace: told });
    counts.push(faults);
  }
  return { results, faults: sumCounts(counts), states: [] };
}

async function playScripts({ scripts }: ScriptBatch): Promise<BatchResult> {
  const results: RunResult[] = [];
  const states = new Set<string>();
  for (const [ordinal, script] of scripts.entries()) {
    const scenario = scriptedScenario(script, { onState: (state) => states.add(state) });
    const { violations, hash, trace } = await Simulation.play(disk, scenario);
    const told = violations.length > 0 ? trace : [];
    results.push({ ordinal, replay: `--script '${textOf(script)}'`, violations, hash, trace: told });
  }
  return { results, faults: {}, states: [...states] };
}

parentPort?.on('message', (job: SeedRange | ScriptBatch | 'end') => {
  if (job === 'end') {
    disk.close();
    parentPort?.close();
    return;
  }
  const playing = 'scripts' in job ? playScripts(job) : playSeeds(job);
  void playing.then((result) => parentPort?.postMessage(result));
});
