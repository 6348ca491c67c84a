import type { Clock } from '../clock.ts';

/**
 * Milliseconds of the one clock that all threads share, from any origin. `performance.now()` is not it: each thread counts
 * from its own start.
 */
export function sharedNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

const SAMPLES = 5;

/**
 * What must be added to a time of this clock to make it one of {@link sharedNow}; `undefined` if the clock has a time of
 * its own, such as one that stands still, or one of a breaker while a deadline runs.
 *
 * Never too little: an instant that has passed by the shared clock has passed by this one, too.
 */
export function offsetOf(clock: Pick<Clock, 'now'>): number | undefined {
  let offset = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const before = performance.now();
    const now = clock.now();
    const after = performance.now();
    if (now < before || now > after) return undefined;
    offset = Math.min(offset, sharedNow() - now);
  }
  return offset;
}

const HIGHEST = 2n ** 64n - 1n;

/** Milliseconds, or Infinity, as a word of 64 bits: to the microsecond, rounded up. */
export const toTimeWord = (ms: number): bigint =>
  Number.isFinite(ms) ? BigInt(Math.ceil(ms * 1e3)) : HIGHEST;

export const fromTimeWord = (word: bigint): number =>
  word === HIGHEST ? Number.POSITIVE_INFINITY : Number(word) / 1e3;
