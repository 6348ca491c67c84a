import type { Clock } from '../clock.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Ends the work from outside. */
  readonly signal: AbortSignal;
  /** What a time-out rejects with. */
  readonly onTimeout: () => Error;
}

/**
 * Calls `work` at once and waits for it until its time is over. Work that is late is told by its signal; whether it
 * listens or not, the result is the time-out.
 */
export function withDeadline<Result>(
  work: (signal: AbortSignal) => Result | PromiseLike<Result>,
  { clock, timeoutMs, signal, onTimeout }: Deadline,
): Promise<Result> {
  const controller = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const giveUp = () => {
    controller.abort(signal.reason);
    reject(signal.reason);
  };
  const timer = clock.setTimeout(() => {
    const error = onTimeout();
    controller.abort(error);
    reject(error);
  }, timeoutMs);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    Promise.resolve(work(controller.signal)).then(resolve, reject);
  } catch (error) {
    reject(error);
  }
  return promise.finally(() => {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  });
}
