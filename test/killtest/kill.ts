import { knownTo } from './chain-reader.ts';
import type { Event } from './counts.ts';
import type { Seat } from './seat.ts';
import type { World } from './world.ts';

/**
 * `kill -9`, in one step with a look at what they leave behind: nothing passes the proxies in between. Done when they
 * are gone.
 */
export async function killAll(
  world: World,
  victims: readonly Seat[],
  placeOf: (seat: Seat) => Event,
): Promise<void> {
  const { seats, facts, counts, chain } = world;
  const { work, stagedHashes } = facts.standing();
  const isLying = seats.some(({ wire }) => wire.lie !== undefined);
  const gone = kill(world, victims, placeOf);
  if (isLying) counts.add('  while the RPC lied', gone.length);
  if (work > 0) counts.add('  with payments due', gone.length);
  await Promise.all(gone);
  const known = await knownTo(chain.url, stagedHashes);
  if (known.length > 0) counts.add('  with payments that the chain had and the store took for unsent');
  if (known.length < stagedHashes.length) {
    counts.add('  with signed bytes stored that the chain did not have');
  }
}

/** The ends of those that were there to be killed. */
export function kill(
  { facts, counts }: World,
  victims: readonly Seat[],
  placeOf: (seat: Seat) => Event,
): readonly Promise<unknown>[] {
  // Or nothing would have to be recovered when both are gone.
  facts.close();
  const gone = victims.flatMap((seat) => {
    const place = placeOf(seat);
    const ended = seat.kill();
    if (ended === undefined) return [];
    counts.add('kill -9');
    counts.add(place);
    return [ended];
  });
  if (gone.length > 1) counts.add('  both at once');
  return gone;
}
