import { setTimeout as delay } from 'node:timers/promises';
import { type ExecutorClient, TargetUnreachableError } from './executor-client.ts';
import type { Reading } from './reading.ts';
import type { Limits, Watch } from './until.ts';

interface Pace {
  /** Pause between two looks. Milliseconds. */
  readonly pollMs: number;
  /** For how long it may not answer: a restart takes less. Milliseconds. */
  readonly unreachableForMs: number;
}

const PACE: Pace = { pollMs: 250, unreachableForMs: 10_000 };

/** Looks at a running executor again and again, and keeps what it has seen. */
export class TargetWatch implements Watch {
  readonly readings: Reading[] = [];
  readonly #client: ExecutorClient;
  readonly #limits: Limits;
  readonly #pace: Pace;
  #unreachable: { readonly since: number; readonly why: string } | undefined;

  constructor(client: ExecutorClient, limits: Limits, pace = PACE) {
    this.#pace = pace;
    this.#client = client;
    this.#limits = limits;
  }

  /** The newest reading; the one before when it does not answer. */
  async look(): Promise<Reading | undefined> {
    try {
      const reading = await this.#client.read(this.#limits.signal);
      this.#unreachable = undefined;
      if (reading !== undefined) this.readings.push(reading);
    } catch (error) {
      if (!(error instanceof TargetUnreachableError)) throw error;
      this.#unreachable ??= { since: performance.now(), why: error.message };
    }
    return this.readings.at(-1);
  }

  next(): Promise<void> {
    return delay(this.#pace.pollMs, undefined, { signal: this.#limits.signal }).catch(() => {});
  }

  ending(): string | undefined {
    const gone = this.#unreachable;
    if (gone !== undefined && performance.now() - gone.since > this.#pace.unreachableForMs) return gone.why;
    return this.#limits.ending();
  }
}
