import type { SnapshotFrom } from 'xstate';
import type { BreakerEvent, circuitBreakerMachine } from '../../machines/index.ts';
import type { BreakerActor } from '../breaker/actor-breaker.ts';
import type { SlotGate } from '../breaker/slot-gate.ts';
import { HEARD, type SharedMemory } from './shared-memory.ts';
import { COUNT_MASK, type Slots, WINDOW } from './slots.ts';

type Chart = SnapshotFrom<typeof circuitBreakerMachine>;

/**
 * What the owner's chart knows of the slots that threads took, and how many more they may take.
 *
 * That a slot was taken is told by the word of {@link Slots} alone. For each that the chart has not heard of it gets a
 * `PERMIT`, with an id that the thread works out alike; from then on the slot is one like others, with a time-out that
 * covers the death of whoever took it. Each event of the chart may free slots: then as many more are allowed.
 *
 * While the chart decides about a slot of its own, one is set aside: if there is none, all others are taken, of which it
 * hears first, so that it comes to the same. Threads go on taking what is left meanwhile, and wait for nobody.
 */
export class ProbeLedger implements SlotGate {
  readonly #actor: BreakerActor;
  readonly #slots: Slots;
  readonly #words: SharedMemory['words'];
  readonly #idOf: (generation: number, index: number) => string;
  /** Of the state that the chart is in. */
  #epoch: number | undefined;
  #heard = 0;
  /** The indices of those that are out, oldest first, by the ids of their permits. */
  readonly #out = new Map<string, number>();
  /** The next `PERMIT` that the chart decides about is of a slot that is taken. */
  #isTelling = false;

  constructor(
    actor: BreakerActor,
    slots: Slots,
    { words }: SharedMemory,
    idOf: (generation: number, index: number) => string,
  ) {
    this.#actor = actor;
    this.#slots = slots;
    this.#words = words;
    this.#idOf = idOf;
  }

  /** Whether a slot was taken of which the chart has not heard. */
  get hasUnheard(): boolean {
    if (this.#chart.value !== 'HALF_OPEN') return false;
    const { epoch, taken } = this.#slots.read();
    return epoch === this.#epoch && this.#countOf(taken) !== this.#heard;
  }

  /** Tells the chart, in one event: the others come before it, by {@link close}. Not while the chart is busy. */
  hear(): void {
    if (!this.hasUnheard) return;
    this.#isTelling = true;
    for (const permit of this.#hearUpTo(this.#heard + 1)) this.#actor.send(permit);
  }

  close(): readonly BreakerEvent[] {
    const needsSlot = !this.#isTelling;
    this.#isTelling = false;
    if (this.#epoch === undefined || this.#chart.value !== 'HALF_OPEN') return [];
    const taken = this.#slots.limit(this.#epoch, (count, limit) =>
      needsSlot && count !== limit ? limit - 1 : limit,
    );
    return this.#hearUpTo(this.#countOf(taken));
  }

  open(): void {
    const chart = this.#chart;
    if (chart.value !== 'HALF_OPEN' || this.#epoch === undefined) return;
    this.#forgetSettled(chart);
    this.#slots.limit(this.#epoch, (taken) => this.#limitAt(taken, chart));
  }

  /** Nobody takes one any more. */
  end(): void {
    if (this.#epoch !== undefined) this.#slots.limit(this.#epoch, (taken) => taken);
  }

  /** After an event of the chart, before its state is shown: `epoch` is the one that it is in now. */
  follow(epoch: number): void {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#heard = 0;
      this.#out.clear();
      Atomics.store(this.#words, HEARD, 0);
    }
    if (this.#chart.value === 'HALF_OPEN') this.open();
    else this.#slots.limit(epoch, (taken) => taken);
  }

  get #chart(): Chart {
    return this.#actor.getSnapshot();
  }

  /** The count that is meant by what is left of it: the next one from those that were heard. */
  #countOf(taken: number): number {
    return this.#heard + ((taken - this.#heard) & COUNT_MASK);
  }

  /** What the chart is to be told of those below `count`. */
  #hearUpTo(count: number): readonly BreakerEvent[] {
    const { generation } = this.#chart.context;
    const permits: BreakerEvent[] = [];
    for (; this.#heard < count; this.#heard += 1) {
      const id = this.#idOf(generation, this.#heard & COUNT_MASK);
      this.#out.set(id, this.#heard);
      permits.push({ type: 'PERMIT', id });
    }
    Atomics.store(this.#words, HEARD, this.#heard & COUNT_MASK);
    return permits;
  }

  #forgetSettled({ context }: Chart): void {
    const known = new Set(context.probes.map(({ id }) => id));
    for (const id of this.#out.keys()) if (!known.has(id)) this.#out.delete(id);
  }

  /** Beyond those that were heard, as many as are free by the chart; what is taken and not heard is among them. */
  #limitAt(taken: number, { context }: Chart): number {
    const free = context.policy.halfOpenMaxProbes - context.probesInFlight;
    const [oldest = this.#heard] = this.#out.values();
    const limit = Math.min(this.#heard + free, oldest + WINDOW);
    return Math.max(limit, this.#countOf(taken));
  }
}
