import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Event } from './counts.ts';
import { kill, killAll } from './kill.ts';
import { after, atMoment, leaderOf, MOMENT_WITHIN_MS, msUntil, otherThan } from './moments.ts';
import type { BirthRound, KillRound, Round, StopRound } from './plan.ts';
import type { Seat } from './seat.ts';
import { until } from './until.ts';
import { endure } from './weather.ts';
import { LEASE_MS, type World } from './world.ts';

/** A process starts within a second; a busy machine has many. */
const READY_WITHIN_MS = 60_000;
/** Much less than the ten seconds after which an executor gives up on a store that another has locked. */
const TAKEN_WITHIN_MS = 3_000;
const WRITTEN_WITHIN_MS = 1_000;
const AWAKE_MS = 2_000;

export function playRound(world: World, round: Round): Promise<void> {
  switch (round.kind) {
    case 'birth':
      return playBirth(world, round);
    case 'kill':
      return playKill(world, round);
    case 'stop':
      return playStop(world, round);
  }
}

/** Both are killed while they make the store. What is left of it is sound, or nothing. */
async function playBirth(world: World, { delayMs }: BirthRound): Promise<void> {
  const { seats, facts, broken } = world;
  for (const seat of seats) seat.start({ isKept: false });
  if (!(await until(() => facts.isThere, READY_WITHIN_MS, 1))) throw new Error('no executor made a store');
  await pause(delayMs);
  await Promise.all(kill(world, seats, () => '  while the store was being made'));
  for (const what of facts.damage()) broken('invariant', `a store that was being made: ${what}`);
  facts.close();
  for (const ending of ['', '-wal', '-shm']) await rm(`${facts.path}${ending}`, { force: true });
}

/** Starts both for good, and waits until there is something to be paid. */
export async function begin({ seats, facts, feeder }: World): Promise<void> {
  for (const seat of seats) seat.start({ isKept: true });
  if (!(await until(() => seats.every((seat) => seat.isReady), READY_WITHIN_MS)))
    throw new Error('the executors did not come up');
  feeder.start();
  if (!(await until(() => facts.unfinished().length > 0, READY_WITHIN_MS)))
    throw new Error('nothing was imported');
}

async function playKill(world: World, { moment, weather, losesReply, victim }: KillRound): Promise<void> {
  if (moment.at !== 'start') await until(() => leaderOf(world) !== undefined, MOMENT_WITHIN_MS);
  let ends: readonly Promise<void>[] = [];
  const spring = (actor: Seat, isSubmission: boolean): boolean => {
    const placeOf = (seat: Seat): Event => {
      if (!seat.isReady) return '  while it was starting';
      return isSubmission ? '  within 20 ms of a submission' : '  elsewhere';
    };
    ends = [
      ...(weather === undefined ? [] : [endure(world, weather)]),
      after(msUntil(moment, actor), () => killAll(world, victimsOf(world, actor, victim), placeOf)),
    ];
    return losesReply;
  };
  await atMoment(world, moment, spring);
  await Promise.all(ends);
}

/** Who holds the lease sleeps while the other takes it over, and wakes to find out. */
async function playStop(world: World, round: StopRound): Promise<void> {
  const { seats, facts, counts, broken } = world;
  const isCalm = () => leaderOf(world) !== undefined && seats.every((seat) => seat.isReady);
  if (!(await until(isCalm, READY_WITHIN_MS))) throw new Error('the executors did not come up');
  const sleep = await putToSleep(world, round);
  if (sleep === undefined) return playStop(world, round);
  const { asleep, fence, sleptAt } = sleep;
  const other = otherThan(world, asleep);
  const isTakenOver = () => other.holdsLease && facts.lease().fence > fence;
  if (!(await until(isTakenOver, TAKEN_WITHIN_MS)) && (await isHeld(world))) {
    counts.add('  asleep within a write: it held the file, and nobody could');
    asleep.wake();
    // Who waited for the file has to have it before the ten seconds are over.
    await pause(AWAKE_MS);
    return playStop(world, round);
  }
  if (!(await until(isTakenOver, READY_WITHIN_MS)))
    broken('invariant', `executor ${other.name} does not take over from one that sleeps`);
  await pause(Math.max(0, sleptAt + LEASE_MS - performance.now()) + round.beyondMs);
  const { ticks } = asleep;
  asleep.wake();
  counts.add('SIGSTOP for longer than the lease, until the other took over');
  await until(() => asleep.ticks > ticks, MOMENT_WITHIN_MS);
}

interface Sleep {
  readonly asleep: Seat;
  readonly sleptAt: number;
  /** Of its lease. */
  readonly fence: number;
}

/** Who holds the lease, at the moment of the round, unless somebody is within a write then. */
async function putToSleep(world: World, { moment }: StopRound): Promise<Sleep | undefined> {
  const { seats, facts } = world;
  let sleep: Sleep | undefined;
  await atMoment(world, moment, () => {
    if (facts.isLocked()) return false;
    const { owner, fence } = facts.lease();
    const asleep = seats.find((seat) => seat.isOwner(owner));
    if (asleep === undefined) return false;
    asleep.sleep();
    sleep = { asleep, fence, sleptAt: performance.now() };
    return false;
  });
  return sleep;
}

/** Somebody is within one write for a long time: who is awake is done with it in a moment. */
const isHeld = async ({ facts }: World): Promise<boolean> =>
  !(await until(() => !facts.isLocked(), WRITTEN_WITHIN_MS));

function victimsOf(world: World, actor: Seat, victim: KillRound['victim']): readonly Seat[] {
  if (victim === 'both') return world.seats;
  return [victim === 'actor' ? actor : otherThan(world, actor)];
}
