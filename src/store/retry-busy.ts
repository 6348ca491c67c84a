/** How to wait for a database that another connection has locked. */
export interface BusyRetry {
  /** Waits so many milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>;
  /** No further attempt once the waits add up to this many milliseconds. */
  readonly limitMs: number;
}

const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 50;

/**
 * Repeats what failed only because the database was busy. The waiting is done here, between attempts, because SQLite
 * waits by blocking the thread: with its own `busy_timeout` no timer of the process would fire meanwhile.
 * The last error is thrown when the limit is reached.
 */
export async function retryBusy<T>(
  attempt: () => Promise<T>,
  isBusy: (error: unknown) => boolean,
  { sleep, limitMs }: BusyRetry,
): Promise<T> {
  let waitedMs = 0;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || waitedMs >= limitMs) throw error;
      await sleep(waitMs);
      waitedMs += waitMs;
    }
  }
}
