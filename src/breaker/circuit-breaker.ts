import { createActor } from 'xstate';
import {
  BREAKER_STATE_CODE,
  type BreakerChange,
  type BreakerEvent,
  type BreakerOutcome,
  type BreakerStateCode,
  type CircuitState,
  circuitBreakerMachine,
  resolvePolicy,
} from '../../machines/index.ts';
import { systemClock } from '../clock.ts';
import { isBusy } from './busy.ts';
import { DeadlineClock } from './deadline-clock.ts';
import { type BrokenCircuitError, refuse } from './errors.ts';
import { callSafely, Listeners } from './listeners.ts';
import {
  type CircuitBreakerSnapshot,
  type Restored,
  readSnapshot,
  snapshotOf,
  unreadable,
} from './snapshot.ts';
import type {
  CircuitBreaker,
  CircuitBreakerEvents,
  CircuitBreakerOptions,
  ErrorVerdict,
  ExecuteOptions,
  Permit,
} from './types.ts';
import { outcomeOf } from './verdict.ts';

let permits = 0;

/** @throws RangeError or TypeError when the policy is not a valid one. */
export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  return new ActorBreaker(options);
}

/**
 * The facade over a breaker's actor. The chart decides everything; this reads it, lets time catch up first, and turns
 * calls into events. An outcome in which the chart would change nothing is not sent.
 *
 * Listeners run between two events, never within one, so that what they read is the new state and what they do counts.
 */
class ActorBreaker implements CircuitBreaker {
  readonly name: string | undefined;
  readonly policy;
  readonly actor;
  readonly #clock: DeadlineClock;
  readonly #listeners = new Listeners();
  readonly #classify: ((error: unknown) => ErrorVerdict) | undefined;
  readonly #captureStack: boolean;
  /** Changes that the chart announced and nobody has been told yet. */
  readonly #announced: BreakerChange[] = [];
  #isSending = false;
  #isTelling = false;
  #isStopped = false;
  /** Taken as it stops, since its deadlines go with its timers. */
  #final: CircuitBreakerSnapshot | undefined;
  #lastFailureNumber = 0;
  #lastFailureAt: number | undefined;
  #changedAt: number | undefined;
  #lastError: unknown;

  constructor(options: CircuitBreakerOptions) {
    this.name = options.name;
    this.policy = resolvePolicy(options.policy);
    this.#classify = options.classify;
    this.#captureStack = options.captureStack ?? false;
    this.#clock = new DeadlineClock(options.clock ?? systemClock, () => this.#tell());
    const restored = this.#restore(options.snapshot);
    this.#lastFailureAt = restored?.lastFailureAt;
    this.#changedAt = restored?.changedAt;
    this.actor = createActor(circuitBreakerMachine, {
      clock: this.#clock,
      input: {
        policy: this.policy,
        name: this.name,
        random: options.random,
        memory: restored?.memory,
        retryAfterMs: () => this.#retryAfterMs(),
      },
      ...(options.inspect === undefined ? {} : { inspect: this.#guarded(options.inspect) }),
    });
    this.#lastFailureNumber = this.actor.getSnapshot().context.lastFailure;
    this.actor.on('*', (change) => this.#announce(change));
    this.actor.subscribe({ next: () => this.#observe(), error: (error) => this.#listeners.report(error) });
    this.actor.start();
  }

  get state(): CircuitState {
    this.#clock.catchUp();
    return this.actor.getSnapshot().value as CircuitState;
  }

  get stateCode(): BreakerStateCode {
    return BREAKER_STATE_CODE[this.state];
  }

  get failures(): number {
    this.#clock.catchUp();
    return this.actor.getSnapshot().context.failures;
  }

  get successes(): number {
    this.#clock.catchUp();
    return this.actor.getSnapshot().context.successes;
  }

  get generation(): number {
    this.#clock.catchUp();
    return this.actor.getSnapshot().context.generation;
  }

  get lastFailureAt(): number | undefined {
    this.#clock.catchUp();
    return this.#lastFailureAt;
  }

  get changedAt(): number | undefined {
    this.#clock.catchUp();
    return this.#changedAt;
  }

  get retryAfterMs(): number {
    this.#clock.catchUp();
    return this.#retryAfterMs();
  }

  get admits(): boolean {
    this.#clock.catchUp();
    return this.#admits();
  }

  allowRequest(): boolean {
    return this.#admit(undefined);
  }

  tryAcquire(): Permit | undefined {
    permits += 1;
    const id = `permit-${permits}`;
    return this.#admit(id) ? this.#permit(id, this.actor.getSnapshot().context.generation) : undefined;
  }

  recordSuccess(): void {
    this.#record('SUCCESS');
  }

  recordFailure(): void {
    this.#record('FAILURE');
  }

  recordCancelled(): void {
    this.#record('CANCELLED');
  }

  recordStorageFatal(): void {
    this.#record('STORAGE_FATAL');
  }

  execute<Result>(
    work: (call: { readonly signal: AbortSignal | undefined }) => Result | PromiseLike<Result>,
    options?: ExecuteOptions,
  ): Promise<Result> {
    const signal = options?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const permit = this.tryAcquire();
    if (permit === undefined) return Promise.reject(this.#refusal());
    let result: Result | PromiseLike<Result>;
    try {
      result = work({ signal });
    } catch (error) {
      result = Promise.reject(error);
    }
    return Promise.resolve(result).then(
      (value) => {
        permit.success();
        return value;
      },
      (error) => {
        this.#settle(permit, error, signal);
        throw error;
      },
    );
  }

  isolate(reason?: string): void {
    this.#clock.catchUp();
    this.#send({ type: 'ISOLATE', reason });
  }

  reset(reason?: string): void {
    this.#clock.catchUp();
    this.#send({ type: 'RESET', reason });
  }

  on<Name extends keyof CircuitBreakerEvents>(
    event: Name,
    listener: (detail: CircuitBreakerEvents[Name]) => void,
  ): () => void {
    return this.#listeners.add(event, listener);
  }

  toJSON(): CircuitBreakerSnapshot {
    return this.#final ?? this.#takeSnapshot();
  }

  stop(): void {
    this.#clock.catchUp();
    this.#final ??= this.#takeSnapshot();
    this.#isStopped = true;
    this.actor.stop();
    this.#clock.clear();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #takeSnapshot(): CircuitBreakerSnapshot {
    const { state } = this;
    const { context } = this.actor.getSnapshot();
    const wallNow = this.#clock.wallNow();
    const deadlines = this.#clock.timesLeft.map((left) => wallNow + left);
    return snapshotOf({
      state,
      failures: context.failures,
      successes: context.successes,
      generation: context.generation,
      openings: context.openings,
      failuresUntil: state === 'CLOSED' ? deadlines : [],
      openLengthMs: context.openLengthMs,
      openUntil: state === 'OPEN' ? (deadlines[0] ?? wallNow + context.openLengthMs) : null,
      lastFailureAt: this.#lastFailureAt ?? null,
      changedAt: this.#changedAt ?? null,
    });
  }

  /** An actor that listeners stop is stopped only when it is done with the event that they hear of. */
  get #isAlive(): boolean {
    return !this.#isStopped && this.actor.getSnapshot().status === 'active';
  }

  #admits(): boolean {
    if (!this.#isAlive) return false;
    const { value, context } = this.actor.getSnapshot();
    if (value === 'CLOSED') return true;
    return value === 'HALF_OPEN' && context.probesInFlight < this.policy.halfOpenMaxProbes;
  }

  /** Admits, and in HALF_OPEN takes the slot. */
  #admit(id: string | undefined): boolean {
    this.#clock.catchUp();
    if (!this.#admits()) return false;
    if (this.actor.getSnapshot().value === 'CLOSED') return true;
    if (isBusy(this.actor)) return false;
    this.#send({ type: 'PERMIT', id });
    return true;
  }

  #permit(id: string, generation: number): Permit {
    let settled = false;
    const settle = (type: BreakerOutcome) => {
      if (settled) return;
      settled = true;
      this.#record(type, generation, id);
    };
    return {
      id,
      generation,
      success: () => settle('SUCCESS'),
      failure: () => settle('FAILURE'),
      cancelled: () => settle('CANCELLED'),
      storageFatal: () => settle('STORAGE_FATAL'),
    };
  }

  #settle(permit: Permit, error: unknown, signal: AbortSignal | undefined): void {
    const verdict = outcomeOf(error, signal, this.#classify, (thrown) => this.#listeners.report(thrown));
    if (verdict === 'failure') this.#lastError = error;
    permit[verdict]();
  }

  /** Sends an outcome where the chart does something with it. */
  #record(type: BreakerOutcome, generation?: number, permit?: string): void {
    this.#clock.catchUp();
    const { value, context } = this.actor.getSnapshot();
    const matters =
      value === 'CLOSED'
        ? type === 'FAILURE' || (type === 'SUCCESS' && context.failures > 0)
        : value === 'HALF_OPEN';
    if (!matters) return;
    this.#send({ type, generation, permit });
  }

  #refusal(): BrokenCircuitError {
    const { status, value } = this.actor.getSnapshot();
    const code = this.#isStopped || status === 'stopped' ? 'ESHUTDOWN' : 'EOPENBREAKER';
    const refusal = {
      state: value as CircuitState,
      retryAfterMs: this.#retryAfterMs(),
      code,
      cause: this.#lastError,
    } as const;
    return refuse(refusal, this.name, this.#captureStack);
  }

  /** Outside CLOSED every deadline is one that could admit again, so the first of them is the next chance. */
  #retryAfterMs(): number {
    if (this.#admits()) return 0;
    return this.#clock.timesLeft[0] ?? Number.POSITIVE_INFINITY;
  }

  #restore(snapshot: unknown): Restored | undefined {
    if (snapshot === undefined) return undefined;
    try {
      return readSnapshot(snapshot, this.policy, this.#clock.wallNow());
    } catch (cause) {
      const error = new Error(
        'the snapshot of the circuit breaker cannot be read: it is OPEN for a full time-out',
        {
          cause,
        },
      );
      queueMicrotask(() => this.#listeners.report(error));
      return unreadable(this.policy);
    }
  }

  #send(event: BreakerEvent): void {
    if (!this.#isAlive) return;
    this.#isSending = true;
    try {
      this.actor.send(event);
    } finally {
      this.#isSending = false;
    }
    this.#tell();
  }

  #announce(change: BreakerChange): void {
    this.#changedAt = this.#clock.wallNow();
    if (change.from === 'HALF_OPEN' && change.to === 'OPEN') this.#lastFailureAt = this.#changedAt;
    this.#announced.push(change);
  }

  /** After each event of the actor, whoever sent it. */
  #observe(): void {
    const { lastFailure } = this.actor.getSnapshot().context;
    if (lastFailure !== this.#lastFailureNumber) {
      this.#lastFailureNumber = lastFailure;
      this.#lastFailureAt = this.#clock.wallNow();
    }
    if (!this.#isSending && !this.#clock.isRunning) this.#tell();
  }

  #tell(): void {
    if (this.#isTelling || this.#announced.length === 0) return;
    this.#isTelling = true;
    try {
      for (let change = this.#announced.shift(); change !== undefined; change = this.#announced.shift()) {
        const { from, to, generation, reason } = change;
        this.#listeners.stateChanged({ from, to, generation, reason, retryAfterMs: this.#retryAfterMs() });
      }
    } finally {
      this.#isTelling = false;
    }
  }

  #guarded<Event>(inspect: (event: Event) => void): (event: Event) => void {
    return (event) => callSafely(inspect, event, (error) => this.#listeners.report(error));
  }
}
