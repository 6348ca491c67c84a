import { threadId } from 'node:worker_threads';
// Not by the index: a thread that attaches needs no machines, and loads in a third of the time without XState.
import { BREAKER_STATE_CODE } from '../../machines/events.ts';
import type {
  BreakerOutcome,
  BreakerStateCode,
  CircuitBreakerPolicy,
  CircuitState,
} from '../../machines/index.ts';
import { type BrokenCircuitError, refuse } from '../breaker/errors.ts';
import { type CallGuard, guardedCall, Ticket } from '../breaker/guarded-call.ts';
import { Listeners } from '../breaker/listeners.ts';
import { permitOf } from '../breaker/permit.ts';
import type { ErrorVerdict, ExecuteOptions, Permit } from '../breaker/types.ts';
import { outcomeOf } from '../breaker/verdict.ts';
import { type BreakerHandle, probeIdOf } from './handle.ts';
import type { Outbox } from './outbox.ts';
import { sharedNow } from './shared-time.ts';
import type { StateView } from './state-view.ts';
import { epochOf, isClosed, isHalfOpen, stateOf, wasStopped } from './state-word.ts';
import type { AttachOptions, SharedBreaker } from './types.ts';

let permits = 0;

function nextPermit(): string {
  permits += 1;
  return `permit-${threadId}-${permits}`;
}

/** That this thread was admitted: under which state, and with which slot. */
class Admission extends Ticket {
  readonly word: number;
  /** In HALF_OPEN its index. */
  readonly slot: number | undefined;
  /** By {@link sharedNow}; nothing without a slot. */
  readonly takenAt: number;

  constructor(
    guard: AttachedBreaker,
    word: number,
    slot: number | undefined = undefined,
    takenAt = Number.NaN,
  ) {
    const generation = guard.generationOf(word);
    super(guard, generation, slot === undefined ? undefined : guard.probeId(generation, slot));
    this.word = word;
    this.slot = slot;
    this.takenAt = takenAt;
  }
}

/**
 * The facade of another thread. What is not decided by the words that all threads see is decided by the owner's chart, to
 * which outcomes go: those that the chart would do something with, as far as this thread can see.
 */
export class AttachedBreaker implements SharedBreaker, CallGuard {
  readonly name: string | undefined;
  readonly policy: CircuitBreakerPolicy;
  readonly #id: string;
  readonly #baseGeneration: number;
  readonly #view: StateView;
  readonly #outbox: Outbox;
  readonly #options: AttachOptions;
  /** Nobody can listen here: what `classify` throws becomes a warning of the process. */
  readonly #faults = new Listeners();
  /** Shared by what is admitted in CLOSED, as long as it lasts. */
  #closed: Admission | undefined;
  /** What `allowRequest` took, oldest first. */
  readonly #anonymous: Admission[] = [];
  #lastError: unknown;

  constructor(handle: BreakerHandle, view: StateView, outbox: Outbox, options: AttachOptions) {
    this.name = handle.name;
    this.policy = handle.policy;
    this.#id = handle.id;
    this.#baseGeneration = handle.baseGeneration;
    this.#view = view;
    this.#outbox = outbox;
    this.#options = options;
  }

  get state(): CircuitState {
    return stateOf(this.#view.look());
  }

  get stateCode(): BreakerStateCode {
    return BREAKER_STATE_CODE[this.state];
  }

  get failures(): number {
    return this.#view.failures;
  }

  get successes(): number {
    return this.#view.successes;
  }

  get generation(): number {
    return this.generationOf(this.#view.look());
  }

  get retryAfterMs(): number {
    return this.#view.untilNextChance(this.#view.look());
  }

  get admits(): boolean {
    const word = this.#view.look();
    const admits = this.#view.admits(word);
    if (!admits) this.#refuse(word);
    return admits;
  }

  allowRequest(): boolean {
    const word = this.#view.look();
    if (isClosed(word)) return true;
    if (!isHalfOpen(word)) return false;
    const admission = this.enter();
    if (admission?.slot !== undefined) this.#anonymous.push(admission);
    return admission !== undefined;
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

  tryAcquire(): Permit | undefined {
    const admission = this.enter();
    if (admission === undefined) return undefined;
    const { permit = nextPermit(), generation } = admission;
    return permitOf(permit, generation, (outcome) => this.settle(outcome, admission));
  }

  execute<Result>(
    work: (call: { readonly signal: AbortSignal | undefined }) => Result | PromiseLike<Result>,
    options?: ExecuteOptions,
  ): Promise<Result> {
    return guardedCall(this, work, options);
  }

  /** Admits, and in HALF_OPEN takes a slot. */
  enter(): Admission | undefined {
    for (;;) {
      const word = this.#view.look();
      if (isClosed(word)) return this.#admitInClosed(word);
      if (!this.#view.admits(word)) return this.#refuse(word);
      // Read before it is taken, so that the owner's time-out is never the earlier one.
      const takenAt = sharedNow();
      const slot = this.#view.take(word);
      if (slot === undefined) continue;
      this.#outbox.ring();
      return new Admission(this, word, slot, takenAt);
    }
  }

  judge(error: unknown, signal: AbortSignal | undefined): ErrorVerdict {
    const { classify } = this.#options;
    const verdict = outcomeOf(error, signal, classify, (thrown) => this.#faults.report(thrown));
    if (verdict === 'failure') this.#lastError = error;
    return verdict;
  }

  settle(outcome: BreakerOutcome, { word, slot, takenAt }: Admission): void {
    if (this.#view.look() !== word) return;
    const isLate = slot !== undefined && this.#view.isOverdue(takenAt);
    if (!isLate) this.#report(outcome, word, slot);
  }

  refusal(): BrokenCircuitError {
    const word = this.#view.look();
    const refusal = {
      state: stateOf(word),
      retryAfterMs: this.#view.untilNextChance(word),
      code: wasStopped(word) ? 'ESHUTDOWN' : 'EOPENBREAKER',
      cause: this.#lastError,
    } as const;
    return refuse(refusal, this.name, this.#options.captureStack ?? false);
  }

  generationOf(word: number): number {
    return this.#baseGeneration + epochOf(word);
  }

  probeId(generation: number, slot: number): string {
    return probeIdOf(this.#id, generation, slot);
  }

  #admitInClosed(word: number): Admission {
    if (this.#closed?.word !== word) this.#closed = new Admission(this, word);
    return this.#closed;
  }

  /** An outcome without a permit: of the oldest slot that `allowRequest` took in this HALF_OPEN, if any. */
  #record(outcome: BreakerOutcome): void {
    const word = this.#view.look();
    let oldest = this.#anonymous.shift();
    while (oldest !== undefined && oldest.word !== word) oldest = this.#anonymous.shift();
    if (oldest === undefined) this.#report(outcome, word, undefined);
    else this.settle(outcome, oldest);
  }

  /** Sends an outcome, where the chart would do something with it. */
  #report(type: BreakerOutcome, word: number, slot: number | undefined): void {
    if (isHalfOpen(word) || (isClosed(word) && this.#matters(type))) this.#outbox.send({ type, word, slot });
  }

  /** A success in CLOSED matters while failures count, or may come to count by what the owner has not heard yet. */
  #matters(type: BreakerOutcome): boolean {
    if (type === 'SUCCESS') return !this.#outbox.isQuiet || this.#view.failures > 0;
    return type === 'FAILURE';
  }

  /** The owner hears of slots whose taker could not tell it. */
  #refuse(word: number): undefined {
    if (isHalfOpen(word) && this.#view.hasUnheard) this.#outbox.ring();
  }
}
