import type { Clock } from '../clock.ts';

/** The deadlines of a breaker's actor, for the facade: read them, and let what is due happen now. */
export interface Timeline {
  /** Told after each deadline that was let happen here, at its time. */
  afterEach: { tell(): void } | undefined;
  /** A deadline runs right now. */
  readonly isRunning: boolean;
  /** Milliseconds to each deadline, soonest first; 0 for one that is overdue. */
  readonly timesLeft: readonly number[];
  /** Milliseconds to the soonest; Infinity when there is none. */
  untilNext(): number;
  /** Epoch milliseconds; while a deadline runs, the time at which it was due. */
  wallNow(): number;
  /** Lets in what came from elsewhere before now, such as outcomes of other threads. */
  letIn(): void;
  /** Lets that in, and then everything that is due happen, in the order of the due times. From within, nothing is due. */
  catchUp(): void;
  /** After each event of the actor: it may have set or cancelled timers. */
  observe(): void;
  /** Forgets every deadline. */
  clear(): void;
}

/** The wall's time at an instant of a clock: now, or the time of a deadline that is run late. */
export function wallTimeAt(clock: Clock, runningAt: number | undefined): number {
  const wall = clock.wallNow?.() ?? Date.now();
  return runningAt === undefined ? wall : wall - (clock.now() - runningAt);
}
