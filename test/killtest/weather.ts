import { setTimeout as pause } from 'node:timers/promises';
import type { Counts, Event } from './counts.ts';
import type { Weather } from './plan.ts';
import { until } from './until.ts';
import type { World } from './world.ts';

/** So much longer than planned it lasts at most, for somebody to meet it. */
const PATIENCE_MS = 15_000;

const HITS: Readonly<Record<Weather['what'], Event>> = {
  refuse: 'RPC refused connections: told by an executor',
  hang: 'RPC hung: calls',
  unavailable: 'RPC answered 503: calls',
  dropReply: 'RPC dropped the reply: calls',
  standstill: 'RPC without new blocks: times',
};

/** Lets it be bad for a while, and until somebody has noticed: done when it is fair again. */
export async function endure({ seats, miner, counts }: World, { what, forMs }: Weather): Promise<void> {
  const wires = seats.map(({ wire }) => wire);
  const before = counts.of(HITS[what]);
  if (what === 'standstill') {
    miner.isStanding = true;
    counts.add(HITS[what]);
  } else {
    await Promise.all(wires.map((wire) => wire.begin(what)));
  }
  await pause(forMs);
  await until(() => hasHit(counts, HITS[what], before), PATIENCE_MS);
  miner.isStanding = false;
  if (what !== 'standstill') await Promise.all(wires.map((wire) => wire.end()));
}

const hasHit = (counts: Counts, event: Event, before: number): boolean => counts.of(event) > before;
