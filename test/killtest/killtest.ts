import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Violation } from '../simulation/checker.ts';
import { check } from './checker.ts';
import type { Counts } from './counts.ts';
import type { Evidence } from './evidence.ts';
import { type Amounts, planOf, type Round } from './plan.ts';
import { gather, settle } from './quiet.ts';
import { begin, playRound } from './rounds.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';

export interface KilltestOptions extends WorldOptions, Amounts {
  readonly onProgress?: (counts: Counts) => void;
}

export interface KilltestReport {
  readonly counts: Counts;
  readonly violations: readonly Violation[];
  /** Where store, logs and what the chain said are kept; `undefined` when nothing is broken. */
  readonly kept: string | undefined;
  readonly durationMs: number;
}

/** Kills executors and looks at what has become of the money. */
export async function runKilltest(options: KilltestOptions): Promise<KilltestReport> {
  const begun = performance.now();
  const world = await openWorld(options);
  const { counts, folder } = world;
  let evidence: Evidence | undefined;
  // Whatever becomes of one step, the next one may still tell what is wrong.
  const attempt = (step: Promise<void>) =>
    step.catch((error) => world.broken('simulation', error instanceof Error ? error.stack : String(error)));
  await attempt(playAll(world, options));
  await attempt(settle(world));
  await attempt(
    gather(world).then((gathered) => {
      evidence = gathered;
      for (const { harm, what } of check(gathered)) world.broken(harm, what);
      tally(world, gathered);
    }),
  );
  await attempt(world.close());
  const { violations } = world;
  const isFine = violations.length === 0;
  if (isFine) await rm(folder, { recursive: true });
  else await writeFile(join(folder, 'evidence.json'), asText({ violations, evidence }));
  return { counts, violations, kept: isFine ? undefined : folder, durationMs: performance.now() - begun };
}

async function playAll(world: World, options: KilltestOptions): Promise<void> {
  const { counts } = world;
  const play = async (rounds: readonly Round[]) => {
    for (const round of rounds) {
      // What comes after a fault tells less than the fault.
      if (world.violations.length > 0) return;
      await playRound(world, round);
      options.onProgress?.(counts);
    }
  };
  const rounds = planOf(options.seed, options);
  await play(rounds.filter(({ kind }) => kind === 'birth'));
  await begin(world);
  await play(rounds.filter(({ kind }) => kind !== 'birth'));
  // Who ended by itself in the moment before could not be killed.
  for (let more = 1; counts.of('kill -9') < options.kills && world.violations.length === 0; more += 1)
    await play(planOf(`${options.seed}/more ${more}`, { kills: 1, stops: 0 }));
}

/** What can be told only afterwards. */
function tally({ counts, seats, facts }: World, { rows, chain }: Evidence): void {
  const mined = new Set(chain.transactions.map(({ hash }) => hash));
  const [sent, unanswered] = [
    seats.flatMap(({ wire }) => wire.sent),
    seats.flatMap(({ wire }) => wire.unanswered),
  ];
  const unheard = [...new Set(unanswered)].filter((hash) => mined.has(hash));
  counts.add('  payments that it took, and whose reply was lost', unheard.length);
  counts.add('  again, the same bytes', sent.length - new Set(sent).size);
  counts.add('  outbid', facts.outbids());
  counts.add('leases taken', facts.lease().fence);
  counts.add('  paid', rows.filter(({ status }) => status === 'finalized').length);
  counts.add(
    '  cancelled, beyond what the account has',
    rows.filter(({ status }) => status === 'cancelled').length,
  );
  facts.close();
}

const asText = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, each: unknown) => {
      if (typeof each === 'bigint') return each.toString();
      return each instanceof Map ? Object.fromEntries(each) : each;
    },
    1,
  );
