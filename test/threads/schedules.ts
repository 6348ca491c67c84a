/** What a thread does, from its beginning. All that it shares with others it reaches by `Atomics`; it may be called often. */
export type Program = (memory: SharedArrayBuffer) => unknown;

/** How a schedule ended. */
export interface End {
  readonly memory: SharedArrayBuffer;
  /** What each thread came to; {@link ASLEEP} for one that nobody woke, {@link KILLED} for one that stopped for good. */
  readonly results: readonly unknown[];
}

export const ASLEEP = Symbol('asleep');
export const KILLED = Symbol('killed');

interface Plot {
  readonly newMemory: () => SharedArrayBuffer;
  readonly threads: readonly Program[];
  /** Those that may stop for good before any of their operations, by their places. */
  readonly mortals?: readonly number[];
  readonly check: (end: End) => void;
}

interface Thread {
  /** What its operations gave so far: by these it is played again up to where it stands. */
  readonly log: readonly unknown[];
  /** The word for which it is registered, as long as nobody has notified it. */
  readonly waitsFor: unknown;
  /** It comes next to {@link sleepUntilNotified}, or is within `wait`. */
  readonly liesDown: boolean;
  readonly isDone: boolean;
  readonly result: unknown;
}

interface State {
  readonly bytes: string;
  readonly threads: readonly Thread[];
}

const BEGINNING: Thread = { log: [], waitsFor: undefined, liesDown: false, isDone: false, result: ASLEEP };

const canGoOn = ({ isDone, liesDown, waitsFor }: Thread): boolean =>
  !isDone && !(liesDown && waitsFor !== undefined);

const keyOf = ({ bytes, threads }: State): string =>
  bytes +
  threads.map(({ log, waitsFor, isDone, liesDown }) => [...log, waitsFor, isDone, liesDown]).join('|');

/**
 * Plays threads in every order in which their operations on shared memory can come, and checks each end. So it covers what
 * real threads come to once in a million times, or not on this machine.
 *
 * A thread is paused by being left in the middle. To go on it is called anew, is told what its operations gave before, and
 * does one more. States that were reached before, by another way, are not played again.
 *
 * @returns how many states there were
 */
export function playSchedules({ newMemory, threads, mortals = [], check }: Plot): number {
  const memory = newMemory();
  const bytes = Buffer.from(memory);
  const start = { bytes: bytes.toString('latin1'), threads: threads.map(() => BEGINNING) };
  const seen = new Set([keyOf(start)]);
  const open: State[] = [start];
  const reach = (state: State): void => {
    const key = keyOf(state);
    if (seen.has(key)) return;
    seen.add(key);
    open.push(state);
  };
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const { threads: now } = state;
    if (!now.some(canGoOn)) {
      bytes.write(state.bytes, 'latin1');
      check({ memory, results: now.map(({ result }) => result) });
    }
    for (const [at, program] of threads.entries()) {
      const thread = now[at] as Thread;
      if (mortals.includes(at) && !thread.isDone) {
        const killed = { ...thread, waitsFor: undefined, isDone: true, result: KILLED };
        reach({ bytes: state.bytes, threads: now.with(at, killed) });
      }
      if (!canGoOn(thread)) continue;
      bytes.write(state.bytes, 'latin1');
      const after = new Turn(now, at).play(program, memory);
      reach({ bytes: bytes.toString('latin1'), threads: after });
    }
  }
  return seen.size;
}

type Operation = (...args: unknown[]) => unknown;

const atomics = Atomics as unknown as Record<string, Operation>;

/** In a program, after a `waitAsync` that was registered: the thread sleeps until its word is notified. */
export let sleepUntilNotified = (): void => {};

class Pause extends Error {}

/** One operation of a thread, with what it does by itself up to the next one. */
class Turn {
  readonly #threads: readonly Thread[];
  readonly #at: number;
  readonly #before: readonly unknown[];
  readonly #log: unknown[] = [];
  readonly #waitsFor: unknown[];
  #liesDown = false;

  constructor(threads: readonly Thread[], at: number) {
    this.#threads = threads;
    this.#at = at;
    this.#before = (threads[at] as Thread).log;
    this.#waitsFor = threads.map(({ waitsFor }) => waitsFor);
  }

  /** All threads, after it. */
  play(program: Program, memory: SharedArrayBuffer): readonly Thread[] {
    const originals = { ...Object.fromEntries(NAMES.map((name) => [name, atomics[name] as Operation])) };
    Object.assign(atomics, this.#operations(originals));
    sleepUntilNotified = () => this.#perform(() => undefined, true);
    let end = {};
    try {
      end = { isDone: true, result: program(memory) };
    } catch (error) {
      if (!(error instanceof Pause)) throw error;
    } finally {
      Object.assign(atomics, originals);
    }
    return this.#threads.map((thread, each) => ({
      ...thread,
      waitsFor: this.#waitsFor[each],
      ...(each === this.#at && { log: this.#log, liesDown: this.#liesDown, ...end }),
    }));
  }

  #perform<Result>(operation: () => Result, isSleep = false): Result {
    if (this.#log.length > this.#before.length) {
      this.#liesDown = isSleep;
      throw new Pause();
    }
    const isNew = this.#log.length === this.#before.length;
    this.#log.push(isNew ? operation() : this.#before[this.#log.length]);
    return this.#log.at(-1) as Result;
  }

  #operations(originals: Readonly<Record<string, Operation>>): Record<string, Operation> {
    const plain = PLAIN.map((name) => {
      const original = originals[name] as Operation;
      return [name, (...args: unknown[]) => this.#perform(() => original(...args))] as const;
    });
    const register = (args: unknown[]) => this.#perform(() => this.#register(...(args as WaitArguments)));
    return {
      ...Object.fromEntries(plain),
      notify: (_, index) => this.#perform(() => this.#notify(index)),
      waitAsync: (...args) => ({ async: register(args), value: Promise.resolve() }),
      wait: (...args) => {
        if (!register(args)) return 'not-equal';
        sleepUntilNotified();
        return 'ok';
      },
    };
  }

  #register(words: Int32Array, index: number, value: number): boolean {
    if (words[index] !== value) return false;
    this.#waitsFor[this.#at] = index;
    return true;
  }

  #notify(index: unknown): number {
    const woken = [...this.#waitsFor.keys()].filter((each) => this.#waitsFor[each] === index);
    for (const each of woken) this.#waitsFor[each] = undefined;
    return woken.length;
  }
}

type WaitArguments = [words: Int32Array, index: number, value: number];

const PLAIN = ['load', 'store', 'compareExchange', 'exchange', 'add', 'sub', 'and', 'or'];
const NAMES = [...PLAIN, 'notify', 'wait', 'waitAsync'];
