import type { CircuitState } from '../../machines/index.ts';
import type { BreakerActor } from '../breaker/actor-breaker.ts';
import type { DeadlineClock } from '../breaker/deadline-clock.ts';
import type { ProbeLedger } from './probe-ledger.ts';
import { FAILURES, OPEN_DUE, PROBE_DUE, type SharedMemory, STATE, SUCCESSES } from './shared-memory.ts';
import { offsetOf, toTimeWord } from './shared-time.ts';
import { epochOf, wordOf } from './state-word.ts';

const HIGHEST_COUNT = 2 ** 31 - 1;

/**
 * Where the owner shows what its chart has come to: the counts, then deadline and slots, and last the state, so that who
 * sees a state finds what belongs to it.
 *
 * Each state is shown once, and by a plain store, though threads write that word, too: one of them ends OPEN by itself when
 * its time is over, by a swap that succeeds in the place of exactly that OPEN. If the swap comes before the store, the next
 * state of the chart takes its place; if it comes after, it fails. Nothing but time ends OPEN within the facade, so that the
 * next state is the same. Only what is sent to the actor directly, past the facade, can end an OPEN that is over otherwise;
 * then the chart is right.
 */
export class StateBoard {
  /** What makes a time of the owner's clock one of all threads; `undefined` when its clock has a time of its own. */
  readonly clockOffset: number | undefined;
  readonly #actor: BreakerActor;
  readonly #clock: DeadlineClock;
  readonly #memory: SharedMemory;
  readonly #ledger: ProbeLedger;
  readonly #baseGeneration: number;
  #shown: number | undefined;

  /** @param baseGeneration the generation at which epochs begin */
  constructor(
    actor: BreakerActor,
    clock: DeadlineClock,
    memory: SharedMemory,
    ledger: ProbeLedger,
    baseGeneration: number,
  ) {
    this.clockOffset = offsetOf(clock);
    this.#actor = actor;
    this.#clock = clock;
    this.#memory = memory;
    this.#ledger = ledger;
    this.#baseGeneration = baseGeneration;
  }

  /** The state that the chart is in, whatever threads see. */
  get word(): number {
    const { value, context } = this.#actor.getSnapshot();
    return wordOf(value as CircuitState, context.generation - this.#baseGeneration);
  }

  /** After each event of the chart. */
  show(): void {
    const { words } = this.#memory;
    const { value, context } = this.#actor.getSnapshot();
    Atomics.store(words, FAILURES, Math.min(context.failures, HIGHEST_COUNT));
    Atomics.store(words, SUCCESSES, Math.min(context.successes, HIGHEST_COUNT));
    const { word } = this;
    if (word === this.#shown && value !== 'HALF_OPEN') return;
    this.#showDeadlines(value as CircuitState, word !== this.#shown);
    this.#ledger.follow(epochOf(word));
    Atomics.store(words, STATE, word);
    this.#shown = word;
  }

  /** For good. @param why one of `STOPPED` and `DEAD` */
  end(why: number): void {
    Atomics.or(this.#memory.words, STATE, why);
  }

  #showDeadlines(state: CircuitState, isNew: boolean): void {
    const { wide } = this.#memory;
    if (state === 'OPEN' && isNew) Atomics.store(wide, OPEN_DUE, this.#nextDeadline());
    const probeDue = state === 'HALF_OPEN' ? this.#nextDeadline() : toTimeWord(Number.POSITIVE_INFINITY);
    Atomics.store(wide, PROBE_DUE, probeDue);
  }

  /** As an instant that all threads share, or where there is none as what is left. */
  #nextDeadline(): bigint {
    const [next] = this.#clock.deadlines;
    if (next === undefined) return toTimeWord(Number.POSITIVE_INFINITY);
    const { clockOffset } = this;
    return toTimeWord(clockOffset === undefined ? this.#clock.untilNext() : next.dueAt + clockOffset);
  }
}
