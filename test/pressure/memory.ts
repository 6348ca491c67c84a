import { fileURLToPath } from 'node:url';
import { type LiveTreasury, startLive } from '../system/cli/live-treasury.ts';
import { type Growth, judgeGrowth, type Sample } from './growth.ts';
import { leftoversAt, openSite } from './site.ts';
import type { TickingOptions } from './ticking-executor.ts';

const PROGRAM = fileURLToPath(new URL('ticking-executor.ts', import.meta.url));
const PAY_EVERY = 50;

export interface MemoryOptions {
  readonly ticks: number;
  readonly samples: number;
  /** The inspector looks on, and a page follows its feed. */
  readonly isInspected: boolean;
  /** What a tick may seem to add. Bytes. */
  readonly limit: number;
  readonly onProgress?: (ticks: number) => void;
}

export interface MemoryResult extends Growth {
  readonly ticks: number;
  readonly payments: number;
  readonly scrapes: number;
  /** The first and the last of the second half: bytes. */
  readonly from: number;
  readonly to: number;
}

/** Lets a treasury tick in a process of its own, scrapes it at each sample, and judges what it holds. */
export async function watchMemory(options: MemoryOptions): Promise<MemoryResult> {
  const { ticks, isInspected, limit } = options;
  const site = await openSite();
  try {
    const sampleEvery = Math.floor(ticks / options.samples);
    const order: TickingOptions = { db: site.db, ticks, sampleEvery, payEvery: PAY_EVERY, isInspected };
    const live = startLive(site.folder, [JSON.stringify(order)], {
      program: PROGRAM,
      env: site.env,
      nodeOptions: ['--expose-gc'],
    });
    const url = await live.url();
    const following = isInspected ? follow(url) : undefined;
    const { samples, scrapes } = await scrapeAndSample(live, url, options);
    const code = await live.ended;
    following?.abort();
    const growth = judgeGrowth(samples, limit);
    const { msg = '' } = await live.line((line) => line.msg?.startsWith('paid ') ?? false);
    const late = samples.slice(Math.ceil(samples.length / 2));
    return {
      ...growth,
      ...{ ticks, scrapes, payments: Number(msg.slice('paid '.length)) },
      from: late.at(0)?.bytes ?? 0,
      to: late.at(-1)?.bytes ?? 0,
      violations: [
        ...growth.violations,
        ...(code === 0 ? [] : [`it ended with ${code}: ${live.stderr()}`]),
        ...(await leftoversAt(site)),
      ],
    };
  } finally {
    await site.remove();
  }
}

/** Reads the feed to nowhere, as a page does that nobody looks at. */
function follow(url: string): AbortController {
  const end = new AbortController();
  const read = async () => {
    const { body } = await fetch(`${url}/inspect/feed`, { signal: end.signal });
    for await (const _ of body ?? []);
  };
  // It ends with its server.
  read().catch(() => {});
  return end;
}

async function scrapeAndSample(
  live: LiveTreasury,
  url: string,
  { ticks, samples: count, onProgress }: MemoryOptions,
): Promise<{ readonly samples: readonly Sample[]; readonly scrapes: number }> {
  const samples: Sample[] = [];
  let scrapes = 0;
  let seen = 0;
  while (samples.length < count) {
    const { msg = '' } = await live.line((line) => line.msg?.startsWith('sample ') ?? false, seen);
    seen = live.mark();
    const sample = JSON.parse(msg.slice('sample '.length)) as Sample;
    samples.push(sample);
    onProgress?.(sample.ticks);
    if (sample.ticks + ticks / count > ticks) break;
    const page = await fetch(`${url}/metrics`, { headers: { connection: 'close' } });
    if ((await page.text()).includes('treasury_executor_lease_held 1')) scrapes += 1;
  }
  return { samples, scrapes };
}
