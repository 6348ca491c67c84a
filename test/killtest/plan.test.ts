import { expect, test } from 'vitest';
import { LIES, planOf, type Round } from './plan.ts';

const killsOf = (rounds: readonly Round[]): number =>
  rounds.reduce((sum, round) => {
    if (round.kind === 'stop') return sum;
    return sum + (round.kind === 'birth' || round.victim === 'both' ? 2 : 1);
  }, 0);

test.each([
  { kills: 200, stops: 20 },
  { kills: 6, stops: 1 },
  { kills: 1, stops: 0 },
])('$kills kills and $stops stops are as many', (amounts) => {
  const rounds = planOf(7, amounts);
  expect(killsOf(rounds)).toBe(amounts.kills);
  expect(rounds.filter(({ kind }) => kind === 'stop')).toHaveLength(amounts.stops);
});

test('a seed is one plan', () => {
  const amounts = { kills: 60, stops: 5 };
  expect(planOf(7, amounts)).toEqual(planOf(7, amounts));
  expect(planOf(7, amounts)).not.toEqual(planOf(8, amounts));
});

test('every lie comes within the first four rounds in which one is killed', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const weathers = planOf(seed, { kills: 8, stops: 1 }).flatMap((round) =>
      round.kind === 'kill' ? [round.weather?.what] : [],
    );
    expect(new Set(weathers.slice(0, LIES.length))).toEqual(new Set(LIES));
  }
});

test('a long plan kills at every moment, one of them and both, in fair weather and while no block is made', () => {
  const rounds = planOf(1, { kills: 200, stops: 20 }).filter((round) => round.kind === 'kill');
  const seen = (of: (round: (typeof rounds)[number]) => unknown) => new Set(rounds.map(of));
  expect(seen(({ moment }) => moment.at)).toEqual(new Set(['submission', 'question', 'start', 'anyTime']));
  expect(seen(({ victim }) => victim)).toEqual(new Set(['actor', 'other', 'both']));
  expect(seen(({ weather }) => weather?.what)).toEqual(new Set([...LIES, 'standstill', undefined]));
  expect(seen(({ losesReply }) => losesReply)).toEqual(new Set([true, false]));
});
