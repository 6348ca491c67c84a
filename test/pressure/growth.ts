/** What a process holds after so many ticks. */
export interface Sample {
  readonly ticks: number;
  /** After a collection of garbage: the heap, and what lies outside of it. */
  readonly bytes: number;
  readonly fileDescriptors: number;
  /** What keeps the event loop alive or would call back, by kind, as Node tells it. */
  readonly resources: Readonly<Record<string, number>>;
}

/** A scrape may be under way while a sample is taken. What is left open again and again is soon more. */
const AT_ONCE = 3;

export interface Growth {
  /** Of the second half of the samples: what one tick adds, as most pairs of samples see it. */
  readonly bytesPerTick: number;
  readonly violations: readonly string[];
}

/** The middle one of the slopes of all pairs (Theil and Sen): single samples that stick out do not tilt it. */
export function slopeOf(samples: readonly Pick<Sample, 'ticks' | 'bytes'>[]): number {
  const slopes = samples
    .flatMap((a, index) => samples.slice(index + 1).map((b) => (b.bytes - a.bytes) / (b.ticks - a.ticks)))
    .toSorted((a, b) => a - b);
  return slopes[Math.floor(slopes.length / 2)] ?? 0;
}

/**
 * Whether memory is flat. Judged is the second half: what is filled at first, caches and histories with a limit, is full
 * by then.
 *
 * @param limit bytes that a tick may seem to add
 */
export function judgeGrowth(samples: readonly Sample[], limit: number): Growth {
  const half = Math.ceil(samples.length / 2);
  const [early, late] = [samples.slice(0, half), samples.slice(half)];
  const bytesPerTick = slopeOf(late);
  const violations = bytesPerTick < limit ? [] : [`a tick leaves ${bytesPerTick.toFixed(1)} bytes behind`];
  const most = (those: readonly Sample[], count: (sample: Sample) => number) => Math.max(...those.map(count));
  const kinds = new Set(samples.flatMap(({ resources }) => Object.keys(resources)));
  const counts: readonly (readonly [string, (sample: Sample) => number])[] = [
    ['file descriptors', (sample) => sample.fileDescriptors],
    ...[...kinds].map((kind) => [kind, (sample: Sample) => sample.resources[kind] ?? 0] as const),
  ];
  for (const [name, count] of counts) {
    const [before, after] = [most(early, count), most(late, count)];
    if (after > before + AT_ONCE) violations.push(`${name}: ${before} at most at first, then ${after}`);
  }
  return { bytesPerTick, violations };
}
