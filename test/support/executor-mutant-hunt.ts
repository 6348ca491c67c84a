import type { MutantPool } from './executor-mutant-pool.ts';
import type { Played } from './executor-mutant-worker.ts';
import type { Mutant } from './executor-mutants.ts';

/** How a scenario went on the charts that are shipped. */
export interface Baseline extends Played {
  readonly scenario: string;
}

export interface Verdict {
  readonly mutant: Mutant;
  /** The scenario that failed, and how; `undefined`: it survived. */
  readonly killer: { readonly scenario: string; readonly failure: string } | undefined;
  /** Scenarios that were played over it. */
  readonly played: number;
  readonly durationMs: number;
}

/** Works through a list with as many at once as there are workers; results in the order of the list. */
async function spread<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next;
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}

/**
 * Plays scenarios over the shipped charts.
 *
 * @throws Error when one fails: nothing can be said of mutants then
 */
export async function playBaseline(
  pool: MutantPool,
  scenarios: readonly string[],
  { waitMs }: { readonly waitMs: number },
): Promise<readonly Baseline[]> {
  const baseline = await spread(scenarios, pool.size, async (scenario) => {
    const played = await pool.play({ scenario, mutant: undefined, waitMs });
    return { scenario, ...played };
  });
  const failed = baseline.find(({ failure }) => failure !== undefined);
  if (failed) throw new Error(`${failed.scenario}: fails on the shipped charts: ${failed.failure}`);
  return baseline;
}

/**
 * The scenarios that can tell a mutant from the original, quickest first. Where a transition is deleted, those that
 * took it; where a guard is gone, those in which its group was asked, and first of all those that took a later one of it.
 */
export function suspectsOf(
  { group, index, kind }: Mutant,
  baseline: readonly Baseline[],
): readonly Baseline[] {
  const isAt = (key: string, at: (index: number) => boolean): boolean =>
    key.startsWith(`${group}[`) && at(Number(key.slice(group.length + 1, -1)));
  const took = ({ taken }: Baseline, at: (index: number) => boolean): boolean =>
    taken.some((key) => isAt(key, at));
  const quickest = baseline.toSorted((a, b) => a.durationMs - b.durationMs);
  if (kind !== 'without its guard') return quickest.filter((each) => took(each, (at) => at === index));
  const passed = quickest.filter((each) => took(each, (at) => at > index));
  const asked = quickest.filter((each) => took(each, () => true) && !passed.includes(each));
  return [...passed, ...asked];
}

/** Plays scenarios over each mutant until one fails. */
export function hunt(
  pool: MutantPool,
  mutants: readonly Mutant[],
  baseline: readonly Baseline[],
  { waitMs, onVerdict }: { readonly waitMs: number; readonly onVerdict?: (verdict: Verdict) => void },
): Promise<readonly Verdict[]> {
  return spread(mutants, pool.size, async (mutant) => {
    const begin = performance.now();
    let played = 0;
    let killer: Verdict['killer'];
    for (const { scenario } of suspectsOf(mutant, baseline)) {
      played += 1;
      const { failure } = await pool.play({ scenario, mutant: mutant.name, waitMs });
      if (failure === undefined) continue;
      killer = { scenario, failure };
      break;
    }
    const verdict = { mutant, killer, played, durationMs: performance.now() - begin };
    onVerdict?.(verdict);
    return verdict;
  });
}
