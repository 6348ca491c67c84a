import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Work at a steady pace, as a service has it, instead of as much as the machine can: so that what is done a moment later,
 * such as handing records to watchers, is done as often as in life.
 */
export interface Pace {
  /** Between the beginnings of two bursts. Milliseconds. */
  readonly everyMs: number;
  readonly bursts: number;
}

/** Does a burst of work at each beat. One that comes late is not skipped. */
export async function paced({ everyMs, bursts }: Pace, burst: () => Promise<void>): Promise<void> {
  const start = performance.now();
  for (let done = 0; done < bursts; done += 1) {
    await burst();
    await sleep(Math.max(0, start + (done + 1) * everyMs - performance.now()));
  }
}
