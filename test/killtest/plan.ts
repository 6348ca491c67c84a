import type { OutageMode } from '../../src/dev/rpc-proxy.ts';
import { Random } from '../simulation/random.ts';

/** Every way in which the proxy fails. */
export const LIES = ['dropReply', 'unavailable', 'hang', 'refuse'] as const satisfies readonly OutageMode[];

/** What is wrong around a kill; `standstill`: no block is made. */
export interface Weather {
  readonly what: OutageMode | 'standstill';
  readonly forMs: number;
}

/**
 * When it happens, and how long after:
 * - `submission`, `question`: a transaction, or any call, arrives at the proxy, after so many that are let pass;
 * - `start`: the process that began last was started;
 * - `anyTime`: now.
 */
export interface Moment {
  readonly at: 'submission' | 'question' | 'start' | 'anyTime';
  readonly skip: number;
  readonly delayMs: number;
}

/** Both are killed while the first of them makes the store. */
export interface BirthRound {
  readonly kind: 'birth';
  readonly delayMs: number;
}

export interface KillRound {
  readonly kind: 'kill';
  readonly moment: Moment;
  /** `actor`: whose call it was. */
  readonly victim: 'actor' | 'other' | 'both';
  /** The call that is the moment reaches the chain, and is not answered. */
  readonly losesReply: boolean;
  readonly weather: Weather | undefined;
}

/** Who holds the lease sleeps until the other has had it for a while. */
export interface StopRound {
  readonly kind: 'stop';
  readonly moment: Moment;
  readonly beyondMs: number;
}

export type Round = BirthRound | KillRound | StopRound;

export interface Amounts {
  readonly kills: number;
  readonly stops: number;
}

const KILLS_PER_BIRTH = 40;
const FAIR = 'fair';

/** Cards in an order of chance, dealt to the last before they are shuffled again: in a short run, too, all come. */
function* dealt<Card>(random: Random, ...parts: (readonly Card[])[]): Generator<Card, never> {
  for (;;) for (const part of parts) yield* shuffled(random, part);
}

function shuffled<Card>(random: Random, cards: readonly Card[]): readonly Card[] {
  return cards
    .map((card) => ({ card, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ card }) => card);
}

/** Most often within the few milliseconds in which a submission is under way. */
const shortDelay = (random: Random): number => random.pick([0, random.int(0, 3), random.int(0, 20)]);

function momentOf(random: Random, at: Moment['at']): Moment {
  switch (at) {
    case 'submission':
      return { at, skip: random.int(0, 12), delayMs: shortDelay(random) };
    case 'question':
      return { at, skip: random.int(0, 80), delayMs: shortDelay(random) };
    case 'start':
      return { at, skip: 0, delayMs: random.int(20, 900) };
    case 'anyTime':
      return { at, skip: 0, delayMs: random.int(0, 700) };
  }
}

/** The rounds of a seed: what is killed when, under which weather. What time makes of it no seed can tell. */
export function planOf(seed: number | string, { kills, stops }: Amounts): readonly Round[] {
  const random = new Random(`killtest/${seed}`);
  const births = kills < 2 ? 0 : Math.max(1, Math.floor(kills / KILLS_PER_BIRTH));
  const rounds: Round[] = killRounds(random.fork('kills'), kills - 2 * births);
  const pauses = random.fork('stops');
  for (let stop = 0; stop < stops; stop += 1) {
    rounds.splice(pauses.int(0, rounds.length), 0, {
      kind: 'stop',
      moment: momentOf(pauses, pauses.pick(['submission', 'question', 'question', 'anyTime'])),
      beyondMs: pauses.int(100, 900),
    });
  }
  const cradle = random.fork('births');
  const atBirth = (): Round => ({ kind: 'birth', delayMs: cradle.pick([0, cradle.int(0, 80)]) });
  return [...Array.from({ length: births }, atBirth), ...rounds];
}

function killRounds(random: Random, kills: number): Round[] {
  const weathers = dealt<Weather['what'] | typeof FAIR>(random.fork('weather'), LIES, [
    ...(['standstill', FAIR, FAIR, FAIR, FAIR] as const),
  ]);
  const moments = dealt<Moment['at']>(random.fork('moments'), [
    ...(['submission', 'submission', 'submission', 'submission'] as const),
    ...(['question', 'question', 'start', 'start', 'anyTime'] as const),
  ]);
  const victims = dealt<KillRound['victim']>(random.fork('victims'), [
    ...(['actor', 'actor', 'actor', 'both', 'both', 'other'] as const),
  ]);
  const rounds: Round[] = [];
  for (let left = kills; left > 0; ) {
    const what = weathers.next().value;
    const drawn = victims.next().value;
    const victim = left === 1 && drawn === 'both' ? 'actor' : drawn;
    rounds.push({
      kind: 'kill',
      moment: momentOf(random, moments.next().value),
      victim,
      losesReply: random.chance(0.4),
      weather: what === FAIR ? undefined : { what, forMs: random.int(200, 1_500) },
    });
    left -= victim === 'both' ? 2 : 1;
  }
  return rounds;
}
