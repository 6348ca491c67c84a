// A process of its own that plays scenarios over broken charts: what loops for ever can be killed with it.
import { SHIPPED_CHARTS } from '../../src/executor/executor-actors.ts';
import { startTestChain } from './chain.ts';
import { takenIn } from './executor-coverage.ts';
import { MUTANTS } from './executor-mutants.ts';
import { SCENARIOS } from './scenarios/index.ts';

export interface Job {
  readonly scenario: string;
  /** Without one the charts are those that are shipped. */
  readonly mutant: string | undefined;
  readonly waitMs: number;
}

export interface Played {
  /** What failed; `undefined` when the scenario passed. */
  readonly failure: string | undefined;
  readonly durationMs: number;
  /** Transitions that were taken, told for the shipped charts only. */
  readonly taken: readonly string[];
}

export interface Ready {
  readonly chainPid: number;
}

const chain = await startTestChain();
await chain.setAutomine(false);

async function play({ scenario, mutant, waitMs }: Job): Promise<Played> {
  const broken = MUTANTS.find(({ name }) => name === mutant);
  const taken = new Set<string>();
  const begin = performance.now();
  let failure: string | undefined;
  try {
    const { run } = SCENARIOS.get(scenario) ?? {};
    if (run === undefined) throw new Error(`no scenario ${scenario}`);
    await run({
      chain,
      charts: broken?.charts() ?? SHIPPED_CHARTS,
      waitMs,
      ...(broken === undefined && {
        inspect: (event) => {
          for (const key of takenIn(event)) taken.add(key);
        },
      }),
    });
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  return { failure, durationMs: performance.now() - begin, taken: [...taken] };
}

// What a broken chart leaves behind may fail later, when its scenario has been judged.
process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});
console.warn = () => {};
console.error = () => {};

process.on('message', (job: Job) => {
  void play(job).then((played) => process.send?.(played));
});
process.on('disconnect', () => process.exit());
process.send?.({ chainPid: chain.pid } satisfies Ready);
