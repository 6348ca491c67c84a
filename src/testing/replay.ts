import {
  type Actor,
  type AnyStateMachine,
  createActor,
  type EmittedFrom,
  type EventFromLogic,
  type InspectionEvent,
  SimulatedClock,
  type SnapshotFrom,
} from 'xstate';
import { activeStates, type Microstep, microstepOf } from './internals.ts';
import type { Path, Step } from './path.ts';

/** What a machine did at one moment: the states that it was in, the event, and the transitions that it took. */
export interface TakenStep extends Microstep {
  readonly states: readonly string[];
}

export interface Replay<Machine extends AnyStateMachine> {
  /** Just before and just after the edge. */
  readonly before: SnapshotFrom<Machine>;
  readonly after: SnapshotFrom<Machine>;
  /** What the edge made the machine emit. */
  readonly emitted: readonly EmittedFrom<Machine>[];
  /** Every step of the whole path, that of the initial state included. */
  readonly taken: readonly TakenStep[];
}

export interface ReplayOptions<Machine extends AnyStateMachine> {
  readonly serializeState: (snapshot: SnapshotFrom<Machine>) => string;
  /** The event as it is sent; the place to fill in an address for the answer. */
  readonly toEvent?: (event: EventFromLogic<Machine>) => EventFromLogic<Machine>;
}

/**
 * Walks a path on a real actor with a simulated clock, edge included. What comes by time is let come: until 1 ms before
 * nothing may change. Every step must lead where the graph says.
 *
 * @throws Error when the actor does otherwise.
 */
export function replayPath<Machine extends AnyStateMachine>(
  machine: Machine,
  path: Path<Machine>,
  options: ReplayOptions<Machine>,
): Replay<Machine> {
  const walk = new Walk(machine, path.input, options);
  for (const step of path.approach) walk.follow(step);
  const before = walk.snapshot;
  const emitted = walk.follow(path.edge);
  return { before, after: walk.snapshot, emitted, taken: walk.taken };
}

class Walk<Machine extends AnyStateMachine> {
  readonly taken: TakenStep[] = [];
  readonly #options: ReplayOptions<Machine>;
  readonly #clock = new SimulatedClock();
  readonly #actor: Actor<AnyStateMachine>;
  readonly #emitted: EmittedFrom<Machine>[] = [];
  /** The states that the next step begins in. */
  #states: readonly string[] = [];

  constructor(machine: AnyStateMachine, input: unknown, options: ReplayOptions<Machine>) {
    this.#options = options;
    this.#actor = createActor(machine, {
      clock: this.#clock,
      input,
      inspect: (inspection) => this.#observe(inspection),
    });
    this.#actor.on('*', (event) => this.#emitted.push(event as EmittedFrom<Machine>));
    this.#actor.start();
  }

  get snapshot(): SnapshotFrom<Machine> {
    return this.#actor.getSnapshot() as SnapshotFrom<Machine>;
  }

  /** @returns what the step made the machine emit. */
  follow(step: Step<Machine>): readonly EmittedFrom<Machine>[] {
    const { event, at, comesByTime } = step;
    const stepsBefore = this.taken.length;
    const emittedBefore = this.#emitted.length;
    this.#states = activeStates(this.snapshot);

    if (comesByTime && at > this.#clock.now()) this.#clock.set(at - 1);
    const early = this.taken[stepsBefore];
    if (early !== undefined) throw new Error(`${early.event} came before ${at} ms`);
    if (comesByTime || at > this.#clock.now()) this.#clock.set(at);
    if (!comesByTime) this.#actor.send(this.#options.toEvent?.(event) ?? event);

    if (this.taken[stepsBefore]?.event !== event.type) throw new Error(`no ${event.type} at ${at} ms`);
    const reached = this.#options.serializeState(this.snapshot);
    if (reached !== step.reaches) {
      throw new Error(`${event.type} at ${at} ms led to ${reached}, not to ${step.reaches}`);
    }
    return this.#emitted.slice(emittedBefore);
  }

  #observe(inspection: InspectionEvent): void {
    const step = microstepOf(inspection);
    if (step !== undefined) this.taken.push({ ...step, states: this.#states });
  }
}
