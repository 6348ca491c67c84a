/** Something that goes on, and that can be waited for. */
export interface Watch {
  /** Resolves when there may be something new to see, or nothing more to wait for. */
  next(): Promise<void>;
  /** Why nothing more can come; `undefined` while it can. */
  ending(): string | undefined;
}

/**
 * Waits until a condition holds. It is looked at once more after the end, as far as it can be looked at then.
 *
 * @returns `undefined` when it holds, or why it did not come to that
 */
export async function until(
  watch: Watch,
  holds: () => boolean | Promise<boolean>,
): Promise<string | undefined> {
  for (;;) {
    const ending = watch.ending();
    const next = watch.next();
    try {
      if (await holds()) return undefined;
    } catch (error) {
      // What was cut off by the end says nothing of what was looked at.
      const end = watch.ending();
      if (end === undefined) throw error;
      return end;
    }
    if (ending !== undefined) return ending;
    await next;
  }
}

/** Wakes whoever waits for the next event. */
export class Wakeups {
  #next = Promise.withResolvers<void>();

  wake(): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    resolve();
  }

  next(): Promise<void> {
    return this.#next.promise;
  }
}

/** The end of all waiting: a stop from outside, or the time that it may take. */
export class Limits {
  /** Aborted at the end. */
  readonly signal: AbortSignal;
  readonly #stop: AbortSignal;
  readonly #time: AbortSignal;
  readonly #timeoutMs: number;

  constructor(stop: AbortSignal, timeoutMs: number) {
    this.#stop = stop;
    this.#timeoutMs = timeoutMs;
    this.#time = AbortSignal.timeout(timeoutMs);
    this.signal = AbortSignal.any([this.#stop, this.#time]);
  }

  ending(): string | undefined {
    if (this.#stop.aborted) return 'it was stopped';
    return this.#time.aborted
      ? `it did not come to that within ${this.#timeoutMs / 1000} s, the time of the whole drill: see --timeout`
      : undefined;
  }
}
