/**
 * Where time comes from. `now` is monotonic, in milliseconds from any origin; `wallNow` gives epoch milliseconds.
 *
 * XState's `SimulatedClock` is one.
 */
export interface Clock {
  readonly now: () => number;
  readonly setTimeout: (fn: () => void, delayMs: number) => unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the handle is whatever this clock's setTimeout gave
  readonly clearTimeout: (handle: any) => void;
  readonly wallNow?: () => number;
}

/** The real one: monotonic, and its timers never keep a process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (fn, delayMs) => setTimeout(fn, delayMs).unref(),
  clearTimeout: (handle) => clearTimeout(handle),
  wallNow: () => Date.now(),
};
