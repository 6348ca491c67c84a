import type { ActorRefFrom } from 'xstate';
import {
  BREAKER_STATE_CODE,
  type BreakerChange,
  type BreakerEvent,
  type BreakerOutcome,
  type BreakerStateCode,
  type CircuitBreakerPolicy,
  type CircuitState,
  type circuitBreakerMachine,
} from '../../machines/index.ts';
import { isBusy } from './busy.ts';
import { type BrokenCircuitError, refuse } from './errors.ts';
import { type CallGuard, guardedCall, Ticket } from './guarded-call.ts';
import type { Listeners } from './listeners.ts';
import { dependsOnTime, matters } from './matters.ts';
import { permitOf } from './permit.ts';
import { type CircuitBreakerSnapshot, type Restored, snapshotOf } from './snapshot.ts';
import type { Timeline } from './timeline.ts';
import type {
  CircuitBreaker,
  CircuitBreakerEvents,
  CircuitBreakerOptions,
  ErrorVerdict,
  ExecuteOptions,
  Permit,
} from './types.ts';
import { outcomeOf } from './verdict.ts';

export type BreakerActor = ActorRefFrom<typeof circuitBreakerMachine>;

/** What a facade is made of. */
export interface BreakerParts {
  readonly actor: BreakerActor;
  readonly timeline: Timeline;
  readonly listeners: Listeners;
  readonly options: Pick<CircuitBreakerOptions, 'classify' | 'captureStack'>;
  readonly restored?: Restored | undefined;
  /** Whether the actor goes with the facade. One of somebody else's lives on. */
  readonly ownsActor: boolean;
}

let permits = 0;

function nextPermit(): string {
  permits += 1;
  return `permit-${permits}`;
}

/**
 * The facade over a breaker's actor. The chart decides everything; this reads it, lets time catch up first, and turns
 * calls into events. An outcome in which the chart would change nothing is not sent.
 *
 * Listeners run between two events, never within one, so that what they read is the new state and what they do counts.
 */
export class ActorBreaker implements CircuitBreaker, CallGuard {
  readonly actor: BreakerActor;
  readonly #clock: Timeline;
  readonly #listeners: Listeners;
  readonly #classify: ((error: unknown) => ErrorVerdict) | undefined;
  readonly #captureStack: boolean;
  /** At an actor of somebody else's. One of ours forgets its observers as it stops. */
  readonly #subscription: { unsubscribe(): void } | undefined;
  /** The last change that was noticed. */
  #change: BreakerChange | undefined;
  /** Changes that nobody has been told of yet. */
  #untold: BreakerChange[] | undefined;
  #isSending = false;
  #isTelling = false;
  #isStopped = false;
  /** Taken as it stops, since its deadlines go with its timers. */
  #final: CircuitBreakerSnapshot | undefined;
  /** How many failures counted after the last event: one more, and one has come. */
  #seenFailures: number;
  #lastFailureAt: number | undefined;
  #changedAt: number | undefined;
  #lastError: unknown;
  /** Shared by the calls that are admitted in CLOSED, as long as it lasts. */
  #ticket: Ticket | undefined;

  /** Of a live actor, or of one that is started right after; `restored` is what it was restored from. */
  constructor(parts: BreakerParts) {
    const { actor, timeline, listeners, options, restored, ownsActor } = parts;
    const { context } = actor.getSnapshot();
    this.actor = actor;
    this.#clock = timeline;
    this.#listeners = listeners;
    this.#classify = options.classify;
    this.#captureStack = options.captureStack ?? false;
    this.#lastFailureAt = restored?.lastFailureAt;
    this.#changedAt = restored?.changedAt;
    this.#seenFailures = context.failures;
    this.#change = context.change;
    timeline.afterEach = this;
    const subscription = actor.subscribe(this);
    this.#subscription = ownsActor ? undefined : subscription;
  }

  get name(): string | undefined {
    return this.actor.getSnapshot().context.name;
  }

  get policy(): CircuitBreakerPolicy {
    return this.actor.getSnapshot().context.policy;
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
    return this.untilNextChance();
  }

  get admits(): boolean {
    this.#clock.catchUp();
    return this.#admits();
  }

  allowRequest(): boolean {
    this.#clock.catchUp();
    return this.#admit(undefined);
  }

  tryAcquire(): Permit | undefined {
    this.#clock.catchUp();
    const id = nextPermit();
    if (!this.#admit(id)) return undefined;
    const { generation } = this.actor.getSnapshot().context;
    return permitOf(id, generation, (outcome) => this.#record(outcome, generation, id));
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
    return guardedCall(this, work, options);
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
    // An actor of somebody else lives on: it is not to hold this facade, nor are listeners to hear of it any more.
    if (this.#subscription === undefined) this.actor.stop();
    else this.#subscription.unsubscribe();
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

  /** Admits by what is so now, and in HALF_OPEN takes the slot. */
  #admit(id: string | undefined): boolean {
    if (!this.#admits()) return this.#reject();
    const { value, context } = this.actor.getSnapshot();
    if (value === 'CLOSED') return true;
    if (isBusy(this.actor)) return this.#reject();
    this.#send({ type: 'PERMIT', id });
    // Where threads share it another one may have been faster, and whoever saw it may have asked, too, meanwhile.
    const { probes } = this.actor.getSnapshot().context;
    const isOut = probes.some((probe) => probe.id === id && !context.probes.includes(probe));
    return isOut || this.#reject();
  }

  #reject(): false {
    if (this.#listeners.hearRejections) {
      const state = this.actor.getSnapshot().value as CircuitState;
      this.#listeners.rejected({ state, retryAfterMs: this.untilNextChance() });
    }
    return false;
  }

  /** Admission with a ticket, for {@link guardedCall}. CLOSED does not end with time, so no clock is read there. */
  enter(): Ticket | undefined {
    this.#clock.letIn();
    const { value, context } = this.actor.getSnapshot();
    if (value === 'CLOSED' && this.#isAlive) {
      if (this.#ticket?.generation !== context.generation)
        this.#ticket = new Ticket(this, context.generation, undefined);
      return this.#ticket;
    }
    this.#clock.catchUp();
    const id = nextPermit();
    if (!this.#admit(id)) return undefined;
    return new Ticket(this, this.actor.getSnapshot().context.generation, id);
  }

  judge(error: unknown, signal: AbortSignal | undefined): ErrorVerdict {
    const verdict = outcomeOf(error, signal, this.#classify, (thrown) => this.#listeners.report(thrown));
    if (verdict === 'failure') this.#lastError = error;
    return verdict;
  }

  settle(outcome: BreakerOutcome, { generation, permit }: Ticket): void {
    this.#record(outcome, generation, permit);
  }

  /** Sends an outcome where the chart does something with it, and lets time catch up where that could change what. */
  #record(type: BreakerOutcome, generation?: number, permit?: string): void {
    this.#clock.letIn();
    if (dependsOnTime(type, this.actor.getSnapshot())) this.#clock.catchUp();
    if (matters(type, this.actor.getSnapshot())) this.#send({ type, generation, permit });
  }

  refusal(): BrokenCircuitError {
    const { status, value } = this.actor.getSnapshot();
    const code = this.#isStopped || status === 'stopped' ? 'ESHUTDOWN' : 'EOPENBREAKER';
    const refusal = {
      state: value as CircuitState,
      retryAfterMs: this.untilNextChance(),
      code,
      cause: this.#lastError,
    } as const;
    return refuse(refusal, this.name, this.#captureStack);
  }

  /** {@link retryAfterMs} without catching up. Outside CLOSED every deadline is one that could admit again. */
  untilNextChance(): number {
    if (this.#admits()) return 0;
    return this.#clock.untilNext();
  }

  #send(event: BreakerEvent): void {
    if (!this.#isAlive) return;
    this.#isSending = true;
    try {
      this.actor.send(event);
    } finally {
      this.#isSending = false;
    }
    this.tell();
  }

  /** As an observer of the actor: after each of its events, whoever sent it. */
  next(): void {
    this.#clock.observe();
    const { failures, change } = this.actor.getSnapshot().context;
    if (failures > this.#seenFailures) this.#lastFailureAt = this.#clock.wallNow();
    this.#seenFailures = failures;
    // An event changes the state once at most.
    if (change !== undefined && change !== this.#change) this.#notice(change);
    if (!this.#isSending && !this.#clock.isRunning) this.tell();
  }

  /** As an observer of the actor, which has died. */
  error(error: unknown): void {
    this.#listeners.report(error);
  }

  #notice(change: BreakerChange): void {
    this.#change = change;
    this.#changedAt = this.#clock.wallNow();
    if (change.from === 'HALF_OPEN' && change.to === 'OPEN') this.#lastFailureAt = this.#changedAt;
    this.#untold ??= [];
    this.#untold.push(change);
  }

  /** Tells the listeners what has changed. */
  tell(): void {
    if (this.#isTelling || this.#untold === undefined) return;
    this.#isTelling = true;
    try {
      for (let change = this.#untold.shift(); change !== undefined; change = this.#untold.shift()) {
        this.#listeners.stateChanged({ ...change, retryAfterMs: this.untilNextChance() });
      }
    } finally {
      this.#isTelling = false;
      this.#untold = undefined;
    }
  }
}
