import { describe, expect, test } from 'vitest';
import { Random } from '../simulation/random.ts';
import { MOMENTS, planRestart, STOPS, STRANGE } from './plan.ts';

const plans = (seed: string, count: number, signals = 20) =>
  Array.from({ length: count }, (_, ordinal) =>
    planRestart({ random: new Random(seed).fork(ordinal), ordinal, signals }),
  );

describe('the plan of a storm', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(plans('a', 30)).toEqual(plans('a', 30));
    expect(plans('a', 30)).not.toEqual(plans('b', 30));
  });

  test('asks each process to stop once before anything is awaited of it, and gives it all its signals', () => {
    for (const signals of [1, 2, 40]) {
      for (const { before, after } of plans('a', 100, signals)) {
        expect(STOPS).toContain(before.at(-1));
        expect(before.slice(0, -1).every((signal) => STRANGE.some((each) => each === signal))).toBe(true);
        expect(before.length + after.length).toBe(signals);
      }
    }
  });

  test('has every moment, both commands, readers that leave, and every signal, within 120 restarts', () => {
    const all = plans('pressure 1', 120);
    expect(new Set(all.map(({ moment }) => moment))).toEqual(new Set(MOMENTS));
    expect(new Set(all.map(({ command }) => command))).toEqual(new Set(['run', 'dev']));
    expect(new Set(all.map(({ closes }) => closes))).toEqual(new Set(['stdout', 'stderr', undefined]));
    expect(new Set(all.flatMap(({ before, after }) => [...before, ...after]))).toEqual(
      new Set([...STOPS, ...STRANGE]),
    );
  });

  test('lets no RPC hang that is not ours, and opens no debugger before the program could refuse it', () => {
    for (const { command, moment, isInstalled } of plans('c', 500)) {
      if (command === 'dev') expect(['loading', 'serving', 'ticking']).toContain(moment);
      if (moment === 'loading') expect(isInstalled).toBe(false);
    }
  });
});
