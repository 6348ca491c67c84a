import type { BreakerActor } from '../breaker/actor-breaker.ts';
import { isBusy } from '../breaker/busy.ts';
import type { DeadlineClock } from '../breaker/deadline-clock.ts';
import { matters } from '../breaker/matters.ts';
import { slotGates } from '../breaker/slot-gate.ts';
import { Bell } from './bell.ts';
import type { Outbox } from './outbox.ts';
import type { Outcome } from './outcome.ts';
import { OutcomeRing } from './outcome-ring.ts';
import type { ProbeLedger } from './probe-ledger.ts';
import { Room } from './room.ts';
import type { SharedMemory } from './shared-memory.ts';
import type { StateBoard } from './state-board.ts';
import { changesBetween, DEAD, STOPPED } from './state-word.ts';

/** Outcomes that are dealt with before the owner's loop goes on. */
const BATCH = 1_024;

/** What a share is made of. */
export interface ShareParts {
  readonly actor: BreakerActor;
  readonly clock: DeadlineClock;
  readonly memory: SharedMemory;
  readonly board: StateBoard;
  readonly ledger: ProbeLedger;
  /** The id of the permit of a slot. */
  readonly probeId: (generation: number, slot: number) => string;
  /** The breaker has ended. */
  readonly onEnd: () => void;
}

/**
 * The owner's side of a breaker that is shared, from its first sharing to its end: shows each change, and lets in what
 * threads report, before each use of the facade and when the bell rings.
 *
 * What is let in comes after all that is due by the clock, and an outcome after the slot that it is about. In HALF_OPEN
 * time comes last: a thread reports no outcome of a probe after its time-out, so one that it reported was in time. While
 * the actor is busy with an event, or a deadline runs, nothing is let in; the bell rings for it later.
 *
 * An outcome is judged by the chart, under the generation at which its work was admitted. One of a HALF_OPEN that a thread
 * began and the chart never saw (see {@link StateBoard}) has the generation of another state, and is dropped.
 *
 * For the owner's own thread it is the outbox, too: that one never waits, since nobody else would make room for it.
 */
export class Share implements Outbox {
  readonly #actor: BreakerActor;
  readonly #clock: DeadlineClock;
  readonly #board: StateBoard;
  readonly #ledger: ProbeLedger;
  readonly #probeId: ShareParts['probeId'];
  readonly #onEnd: () => void;
  readonly #ring: OutcomeRing;
  readonly #room: Room;
  readonly #bell: Bell;
  readonly #subscription: { unsubscribe(): void };
  #isReceiving = false;
  #hasEnded = false;

  /** Of an actor that is live. */
  constructor({ actor, clock, memory, board, ledger, probeId, onEnd }: ShareParts) {
    this.#actor = actor;
    this.#clock = clock;
    this.#board = board;
    this.#ledger = ledger;
    this.#probeId = probeId;
    this.#onEnd = onEnd;
    this.#ring = new OutcomeRing(memory);
    this.#room = new Room(memory);
    this.#bell = new Bell(memory);
    this.#subscription = actor.subscribe({
      next: () => board.show(),
      complete: () => this.end(STOPPED),
      error: () => this.end(DEAD),
    });
    slotGates.set(actor, ledger);
    clock.arrivals = () => this.#receive();
    this.#sleep();
  }

  get isQuiet(): boolean {
    return this.#ring.isQuiet;
  }

  send(outcome: Outcome): void {
    let isSent = this.#ring.push(outcome);
    this.#clock.catchUp();
    if (!isSent) isSent = this.#ring.push(outcome);
    // Within one event of the actor, more than the ring holds: its mailbox takes the rest.
    if (!isSent) this.#admit(outcome);
    this.#ringIfNeeded();
  }

  ring(): void {
    this.#clock.catchUp();
    this.#ringIfNeeded();
  }

  /** For good: threads are refused, and no waiter is left. @param why one of `STOPPED` and `DEAD` */
  end(why: number): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#subscription.unsubscribe();
    this.#clock.arrivals = undefined;
    this.#ledger.end();
    slotGates.delete(this.#actor);
    this.#board.end(why);
    this.#bell.ring();
    this.#room.tell();
    this.#onEnd();
  }

  get #hasMail(): boolean {
    return !this.#ring.isQuiet || this.#ledger.hasUnheard;
  }

  #sleep(): void {
    if (this.#hasEnded) return;
    const rings = this.#bell.sleep();
    if (rings === undefined) setImmediate(() => this.#wake());
    else rings.then(() => this.#wake());
    this.#ringIfNeeded();
  }

  #wake(): void {
    if (this.#hasEnded) return;
    try {
      this.#clock.catchUp();
    } finally {
      this.#sleep();
    }
  }

  #ringIfNeeded(): void {
    if (this.#hasMail) this.#bell.ring();
  }

  #receive(): void {
    const { value } = this.#actor.getSnapshot();
    if (value === 'CLOSED' && this.#ring.isQuiet) return;
    if (this.#isReceiving || this.#clock.isRunning || isBusy(this.#actor)) return;
    this.#isReceiving = true;
    try {
      if (value !== 'HALF_OPEN') this.#clock.catchUp();
      this.#ledger.hear();
      this.#receiveOutcomes();
    } finally {
      this.#isReceiving = false;
    }
    this.#room.tell();
  }

  #receiveOutcomes(): void {
    for (let left = BATCH; left > 0 && !this.#hasEnded; left -= 1) {
      const outcome = this.#ring.peek();
      if (outcome === undefined) return;
      const isAhead = changesBetween(this.#board.word, outcome.word) > 0;
      if (isAhead) this.#clock.catchUp();
      if (outcome.slot !== undefined) this.#ledger.hear();
      this.#admit(outcome);
      this.#ring.shift();
    }
  }

  /** Sends an outcome to the chart, where that does something with it. */
  #admit({ type, word, slot }: Outcome): void {
    const chart = this.#actor.getSnapshot();
    const changes = changesBetween(this.#board.word, word);
    const isOfAnotherState = changes === 0 && word !== this.#board.word;
    if (!matters(type, chart) || isOfAnotherState) return;
    const generation = chart.context.generation + changes;
    const permit = slot === undefined ? undefined : this.#probeId(generation, slot);
    this.#actor.send({ type, generation, permit });
  }
}
