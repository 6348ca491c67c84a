import assert from 'node:assert/strict';
import { waitFor } from 'xstate';
import type { TreasuryExecutor } from '../../src/index.ts';

/** Waiting for executors, never longer than a limit. */
export class Waits {
  readonly #waitMs: number;

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** Waits at most as long as the bench allows. */
  async within<Result>(work: PromiseLike<Result>, what: string): Promise<Result> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`waited ${this.#waitMs} ms for ${what}`)), this.#waitMs);
    try {
      return await Promise.race([work, promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  tick(executor: TreasuryExecutor): Promise<void> {
    return this.within(executor.tick(), 'a tick');
  }

  stop(executor: TreasuryExecutor): Promise<void> {
    return this.within(executor.stop(), 'stop()');
  }

  /** What the tick rejects with. */
  async faultOf(ticking: Promise<void>): Promise<unknown> {
    const outcome = ticking.then(
      () => assert.fail('the tick ended well'),
      (error: unknown) => error,
    );
    return this.within(outcome, 'a tick to reject');
  }

  async isIn(executor: TreasuryExecutor, state: TreasuryExecutor['snapshot']['state']): Promise<void> {
    await this.within(
      waitFor(executor.actor, () => executor.snapshot.state === state, { timeout: Number.POSITIVE_INFINITY }),
      `state ${state} instead of ${executor.snapshot.state}`,
    );
  }

  /** Resolves when the executor has ended this many ticks. */
  async ticked(executor: TreasuryExecutor, ticks: number): Promise<void> {
    if (executor.snapshot.ticks >= ticks) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const listening = executor.actor.on('tick.ended', ({ tick }) => {
      if (tick >= ticks) resolve();
    });
    await this.within(promise, `the end of tick ${ticks}`);
    listening.unsubscribe();
  }

  /** Waits until the executor's lease, within a tick, is in this state. */
  async leaseIs(executor: TreasuryExecutor, lease: 'kept' | 'renewing' | 'lost'): Promise<void> {
    const isThere = () => executor.actor.getSnapshot().matches({ ticking: { holding: { lease } } });
    await this.within(
      waitFor(executor.actor, isThere, { timeout: Number.POSITIVE_INFINITY }),
      `a lease that is ${lease}`,
    );
  }
}
