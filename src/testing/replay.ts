import {
  type Actor,
  type AnyActorRef,
  type AnyStateMachine,
  createActor,
  type EmittedFrom,
  type EventFromLogic,
  type InspectionEvent,
  SimulatedClock,
  type SnapshotFrom,
} from 'xstate';
import { endedActor } from './actor-result.ts';
import { endWith, say } from './fake-actors.ts';
import { activeStates, type Microstep, microstepOf, sentMessage } from './internals.ts';
import type { Path, Step } from './path.ts';
import { keyOf, type Message, type WalkOptions } from './world.ts';

/** What a machine did at one moment: the states that it was in, the event, and the transitions that it took. */
export interface TakenStep extends Microstep {
  readonly states: readonly string[];
}

/** What one event of a path did on the actor. */
export interface ReplayedStep<Machine extends AnyStateMachine> {
  readonly event: EventFromLogic<Machine>;
  readonly before: SnapshotFrom<Machine>;
  readonly after: SnapshotFrom<Machine>;
  /** Actors that it invoked or spawned. */
  readonly started: readonly { readonly id: string; readonly input: unknown }[];
  /** What it sent to other actors, in order. */
  readonly sent: readonly Message[];
  readonly emitted: readonly EmittedFrom<Machine>[];
}

export interface Replay<Machine extends AnyStateMachine> {
  readonly edge: ReplayedStep<Machine>;
  /** Every step of the path; the last one is the edge. */
  readonly steps: readonly ReplayedStep<Machine>[];
  /** Every step within those, that of the initial state included; for {@link TransitionCoverage}. */
  readonly taken: readonly TakenStep[];
}

export interface ReplayOptions<Machine extends AnyStateMachine, State = undefined>
  extends WalkOptions<Machine, State> {
  /** The event as it is sent; the place to fill in an address for the answer. */
  readonly toEvent?: (event: EventFromLogic<Machine>) => EventFromLogic<Machine>;
}

/**
 * Walks a path on a real actor with a simulated clock, edge included. What comes by time is let come: until 1 ms before
 * nothing may change. What an actor ends with comes from that actor, which {@link fakeActors} has put there. Every step
 * must lead where the graph says.
 *
 * @throws Error when the actor does otherwise.
 */
export function replayPath<Machine extends AnyStateMachine, State = undefined>(
  machine: Machine,
  path: Path<Machine>,
  options: ReplayOptions<Machine, State>,
): Replay<Machine> {
  const walk = new Walk(machine, path.input, options);
  const steps = [...path.approach, path.edge].map((step) => walk.follow(step));
  return { edge: steps.at(-1) as ReplayedStep<Machine>, steps, taken: walk.taken };
}

class Walk<Machine extends AnyStateMachine, State> {
  readonly taken: TakenStep[] = [];
  readonly #options: ReplayOptions<Machine, State>;
  readonly #clock = new SimulatedClock();
  readonly #actor: Actor<AnyStateMachine>;
  #emitted: EmittedFrom<Machine>[] = [];
  #sent: Message[] = [];
  #world: State | undefined;
  #error: unknown;
  /** The states that the next step begins in. */
  #states: readonly string[] = [];

  constructor(machine: AnyStateMachine, input: unknown, options: ReplayOptions<Machine, State>) {
    this.#options = options;
    this.#world = options.world?.begin;
    this.#actor = createActor(machine, {
      clock: this.#clock,
      input,
      inspect: (inspection) => this.#observe(inspection),
    });
    this.#actor.on('*', (event) => this.#emitted.push(event as EmittedFrom<Machine>));
    this.#actor.subscribe({ error: (error) => (this.#error = error) });
    this.#actor.start();
    this.#rest();
  }

  follow(step: Step<Machine>): ReplayedStep<Machine> {
    const { event, at, comesByTime } = step;
    const stepsBefore = this.taken.length;
    const before = this.#snapshot;
    this.#states = activeStates(before);
    this.#emitted = [];
    this.#sent = [];

    if (comesByTime && at > this.#clock.now()) this.#clock.set(at - 1);
    const early = this.taken[stepsBefore];
    if (early !== undefined) throw new Error(`${early.event} came before ${at} ms`);
    this.#options.prepare?.(event);
    if (comesByTime || at > this.#clock.now()) this.#clock.set(at);
    if (!comesByTime) this.#send(this.#options.toEvent?.(event) ?? event);

    if (this.#error !== undefined) throw this.#error;
    if (this.taken[stepsBefore]?.event !== event.type) throw new Error(`no ${event.type} at ${at} ms`);
    this.#rest();
    return this.#arrive(step, before);
  }

  get #snapshot(): SnapshotFrom<Machine> {
    return this.#actor.getSnapshot() as SnapshotFrom<Machine>;
  }

  #send(event: EventFromLogic<Machine>): void {
    const ended = endedActor(event);
    const sender = ended ?? this.#options.sender?.(event);
    if (sender === undefined) {
      this.#actor.send(event);
      return;
    }
    const child: AnyActorRef | undefined = this.#actor.getSnapshot().children[sender];
    if (child === undefined) throw new Error(`${sender} is not there to send ${event.type}`);
    if (ended === undefined) say(child, event);
    else endWith(child, event);
  }

  #arrive({ event, at, reaches }: Step<Machine>, before: SnapshotFrom<Machine>): ReplayedStep<Machine> {
    const after = this.#snapshot;
    const sent = this.#sent.filter(({ event: { type } }) => type !== 'xstate.init');
    if (after !== before) this.#world = this.#options.world?.next(this.#world as State, { event, sent });
    const reached = keyOf(this.#options, after, this.#world);
    if (reached !== reaches)
      throw new Error(`${event.type} at ${at} ms led to ${reached}, not to ${reaches}`);
    const started = this.#sent.map(startOf).filter((start) => start !== undefined);
    return { event, before, after, started, sent, emitted: this.#emitted };
  }

  #observe(inspection: InspectionEvent): void {
    const step = microstepOf(inspection);
    if (step !== undefined) this.taken.push({ ...step, states: this.#states });
    const message = sentMessage(inspection);
    if (message !== undefined) this.#sent.push(message);
  }

  /** Where a machine comes to rest, each eventless transition of its states was asked, and refused. */
  #rest(): void {
    this.taken.push({ event: '', states: activeStates(this.#snapshot), transitions: [] });
  }
}

/** XState starts an actor by an event, which carries the actor's input. */
const startOf = ({ to: id, event }: Message): { id: string; input: unknown } | undefined =>
  event.type === 'xstate.init' ? { id, input: (event as { input?: unknown }).input } : undefined;
