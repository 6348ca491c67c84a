import type { Random } from '../simulation/random.ts';

/** Ask for an end. */
export const STOPS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const satisfies NodeJS.Signals[];

/** Mean nothing here, whatever Node or the system would do at them. */
export const STRANGE = [
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
  'SIGPIPE',
  'SIGCONT',
  'SIGSTOP',
] as const satisfies NodeJS.Signals[];

/**
 * Where a process is when it is hit:
 * - `loading`: it has read `loadedBytes`, nearly all of it its own code: nothing is set up, or just about to be.
 * - `connecting`: it has asked a hanging RPC which chain that is.
 * - `serving`: it has said where it serves, and has not paid.
 * - `ticking`: a tick has ended.
 * - `submitting`: bytes of a payment are on their way.
 * - `hanging`: a call of a tick is out that gets no answer, until the first signals are through.
 * - `hanging for good`: the same, and it gets none.
 */
export const MOMENTS = [
  'loading',
  'connecting',
  'serving',
  'ticking',
  'submitting',
  'hanging',
  'hanging for good',
] as const;

export type Moment = (typeof MOMENTS)[number];

/** One start of the command, and what it is hit with. */
export interface Restart {
  readonly ordinal: number;
  readonly command: 'run' | 'dev';
  readonly moment: Moment;
  /** Without what package.json gives Node, which an installed package does not. */
  readonly isInstalled: boolean;
  readonly loadedBytes: number;
  /** Whose reader leaves before the signals. */
  readonly closes: 'stdout' | 'stderr' | undefined;
  /** Up to the first that asks for an end, and that one. */
  readonly before: readonly NodeJS.Signals[];
  /** Sent while it is stopping; those that come too late are not counted. */
  readonly after: readonly NodeJS.Signals[];
  /** Told to stop again every millisecond until it is gone; not counted. */
  readonly isPressed: boolean;
}

interface PlanOptions {
  readonly random: Random;
  readonly ordinal: number;
  /** Signals that are meant to reach it. */
  readonly signals: number;
}

/** So many bytes, about, a process reads until it serves, nearly all of it its own code. */
const LOADING_BYTES = 10_000_000;
/** Out of so many restarts one is of `treasury dev`. */
const DEV_EVERY = 8;
/** Each of these costs the whole time of a request. */
const FOR_GOOD_EVERY = 60;

/** The restart of this number: the same for the same seed, whatever came before. */
export function planRestart({ random, ordinal, signals }: PlanOptions): Restart {
  const moment =
    ordinal % FOR_GOOD_EVERY === FOR_GOOD_EVERY - 1
      ? 'hanging for good'
      : random.pick(MOMENTS.filter((each) => each !== 'hanging for good'));
  const command = ordinal % DEV_EVERY === DEV_EVERY - 1 && hasProxy(moment) ? 'dev' : 'run';
  const strange = random.int(0, moment === 'loading' ? Math.min(3, signals - 1) : signals - 1);
  const later = signals - strange - 1;
  return {
    ordinal,
    command,
    moment,
    // Before the first line of the program runs, only those options keep a signal from opening a port.
    isInstalled: moment !== 'loading' && random.chance(0.5),
    loadedBytes: random.int(0, LOADING_BYTES),
    closes: random.chance(0.2) ? random.pick(['stdout', 'stderr'] as const) : undefined,
    isPressed: moment !== 'loading' && random.chance(0.3),
    before: [...Array.from({ length: strange }, () => random.pick(STRANGE)), random.pick(STOPS)],
    after: Array.from({ length: later }, () => random.pick([...STOPS, ...STRANGE])),
  };
}

/** `treasury dev` has a proxy of its own, which nobody else can let hang at its start. */
const hasProxy = (moment: Moment): boolean => ['loading', 'serving', 'ticking'].includes(moment);
