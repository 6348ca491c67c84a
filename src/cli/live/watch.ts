import type { TreasuryExecutorSnapshot } from '../../executor/types.ts';
import type { Treasury } from '../../treasury.ts';
import { type Progress, Rate, type Summary } from './progress.ts';
import type { Report } from './report.ts';

/** How often the display is renewed between ticks, for the countdown of an open breaker. Milliseconds. */
const REDRAW_MS = 500;

/** How a run ended. */
export type Ending = 'settled' | 'timedOut' | 'stopped';

export interface WatchOptions {
  readonly once: boolean;
  /** With `once`: how long to try. Milliseconds. */
  readonly timeoutMs: number;
  /** Ends the run from outside: a signal, a key. */
  readonly stop: AbortSignal;
}

/**
 * Runs a treasury and shows what it does, until it is stopped or, with `once`, until nothing due is left.
 *
 * @throws what ended the executor: a StorageError or ConfigurationError
 */
export async function watch(treasury: Treasury, report: Report, options: WatchOptions): Promise<Ending> {
  const ending = Promise.withResolvers<Ending>();
  const rate = new Rate();
  let progress: Progress | undefined;
  let lastError: string | undefined;

  const draw = () => {
    if (progress === undefined) return;
    const breaker = treasury.executor.circuitBreaker;
    progress = { ...progress, circuit: breaker?.state, retryAfterMs: breaker?.retryAfterMs ?? 0 };
    report.progress(progress);
  };
  const afterTick = async (snapshot: TreasuryExecutorSnapshot) => {
    const { paidAmount: _, ...counts } = await treasury.store.progress();
    const { epoch, leaseHeld, error } = snapshot;
    if (error !== undefined && error !== lastError) report.warn(error);
    lastError = error;
    progress = {
      ...counts,
      epoch,
      leaseHeld,
      error,
      circuit: snapshot.circuitState,
      retryAfterMs: 0,
      rate: rate.sample(performance.now(), counts.paid),
    };
    draw();
    if (options.once && snapshot.epochKnown && counts.outstanding === 0) ending.resolve('settled');
  };

  const unsubscribe = treasury.onTick(({ fault, snapshot }) => {
    if (fault === undefined) afterTick(snapshot).catch(ending.reject);
    else ending.reject(fault);
  });
  const stop = () => ending.resolve('stopped');
  options.stop.addEventListener('abort', stop, { once: true });
  const redraw = setInterval(draw, REDRAW_MS);
  const limit = options.once ? setTimeout(() => ending.resolve('timedOut'), options.timeoutMs) : undefined;
  try {
    // Who wants it to stop before it began wants nothing paid.
    if (options.stop.aborted) stop();
    else treasury.start();
    return await ending.promise;
  } finally {
    clearInterval(redraw);
    clearTimeout(limit);
    unsubscribe();
    options.stop.removeEventListener('abort', stop);
  }
}

/** What everything came to, from the store. */
export async function summarise(treasury: Treasury): Promise<Summary> {
  const { paidAmount, ...counts } = await treasury.store.progress();
  return { ...counts, totalAmount: paidAmount.toString(), breakerOpenings: treasury.openings };
}
