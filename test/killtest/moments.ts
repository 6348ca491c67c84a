import { setTimeout as pause } from 'node:timers/promises';
import type { Moment } from './plan.ts';
import type { Seat } from './seat.ts';
import { until } from './until.ts';
import type { World } from './world.ts';

/** A moment may not come: the breaker may be open, or nobody hold the lease. */
export const MOMENT_WITHIN_MS = 15_000;

/** What happens then, in the very call: whose it was, and whether a payment was on its way. `true`: its reply is lost. */
type Spring = (actor: Seat, isSubmission: boolean) => boolean;

export const leaderOf = ({ seats }: World): Seat | undefined => seats.find((seat) => seat.holdsLease);

export const otherThan = ({ seats: [one, other] }: World, seat: Seat): Seat => (seat === one ? other : one);

/** Calls `spring` once: at the moment, or when that has not come for too long. */
export async function atMoment(world: World, { at, skip }: Moment, spring: Spring): Promise<void> {
  const [one, other] = world.seats;
  if (at === 'start') {
    spring(one.startedAt > other.startedAt ? one : other, false);
  } else if (at === 'anyTime') {
    spring(leaderOf(world) ?? one, false);
  } else {
    await atCall(world, at, skip, spring);
  }
}

async function atCall(
  world: World,
  at: 'submission' | 'question',
  skip: number,
  spring: Spring,
): Promise<void> {
  let isOver = false;
  const once: Spring = (actor, isSubmission) => {
    if (isOver) return false;
    isOver = true;
    return spring(actor, isSubmission);
  };
  const away = world.seats.map((seat) => seat.wire.trap(at, skip, () => once(seat, at === 'submission')));
  await until(() => isOver, MOMENT_WITHIN_MS);
  for (const take of away) take();
  once(leaderOf(world) ?? world.seats[0], false);
}

/** How long it is until then: the life of a process counts from its start. */
export const msUntil = ({ at, delayMs }: Moment, actor: Seat): number =>
  at === 'start' ? Math.max(0, actor.startedAt + delayMs - performance.now()) : delayMs;

/** Does it within this call where nothing is to be waited for. */
export async function after(ms: number, work: () => Promise<void>): Promise<void> {
  if (ms > 0) await pause(ms);
  await work();
}
