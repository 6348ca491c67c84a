import { describe, expect, test } from 'vitest';
import { judgeGrowth, type Sample, slopeOf } from './growth.ts';

const samples = (count: number, at: (index: number) => Partial<Sample>): readonly Sample[] =>
  Array.from({ length: count }, (_, index) => ({
    ticks: (index + 1) * 100,
    bytes: 20_000_000,
    fileDescriptors: 20,
    resources: { Timeout: 2 },
    ...at(index),
  }));

/** Plus and minus the same, by turns. */
const noise = (index: number, size: number): number => (index % 2 === 0 ? size : -size);

describe('the growth of memory', () => {
  test('is the slope, whatever the noise and single samples say', () => {
    const grows = samples(40, (index) => ({ bytes: 1_000_000 + index * 5_000 + noise(index, 300) }));
    expect(slopeOf(grows)).toBeCloseTo(50, 0);
    const spiked = grows.map((sample, index) => (index % 9 === 0 ? { ...sample, bytes: 9_000_000 } : sample));
    expect(slopeOf(spiked)).toBeGreaterThan(40);
    expect(slopeOf(spiked)).toBeLessThan(60);
  });

  test('is judged by the second half: what fills up first is no leak', () => {
    const filling = samples(40, (index) => ({ bytes: 1_000_000 + Math.min(index, 18) * 100_000 }));
    expect(judgeGrowth(filling, 10)).toEqual({ bytesPerTick: 0, violations: [] });
  });

  test('is a violation beyond the limit', () => {
    const leaking = samples(40, (index) => ({ bytes: 1_000_000 + index * 2_000 + noise(index, 50_000) }));
    expect(judgeGrowth(leaking, 10).violations).toEqual([
      expect.stringMatching(/^a tick leaves .* bytes behind$/),
    ]);
  });

  test('is no violation when it shrinks', () => {
    expect(
      judgeGrowth(
        samples(40, (index) => ({ bytes: 9_000_000 - index * 1_000 })),
        10,
      ).violations,
    ).toEqual([]);
  });

  test('timers and files that become more are one, of a kind that was not there too', () => {
    const open = samples(40, (index) => ({
      fileDescriptors: index < 30 ? 20 : 24,
      resources: index < 25 ? { Timeout: 2 } : { Timeout: 6, FSReqPromise: 4 },
    }));
    expect(judgeGrowth(open, 10).violations).toEqual([
      'file descriptors: 20 at most at first, then 24',
      'Timeout: 2 at most at first, then 6',
      'FSReqPromise: 0 at most at first, then 4',
    ]);
  });

  test('what a scrape holds open for a moment is none', () => {
    const scraped = samples(40, (index) => ({ fileDescriptors: index === 30 ? 23 : 20 }));
    expect(judgeGrowth(scraped, 10).violations).toEqual([]);
  });
});
