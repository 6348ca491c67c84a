import { adjacencyMapToArray, getAdjacencyMap } from '@xstate/graph';
import {
  type ActorLogic,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventFromLogic,
  type EventObject,
  type InputFrom,
  initialTransition,
  type SnapshotFrom,
  transition,
} from 'xstate';
import { DeclaredTransitions } from './declared-transitions.ts';
import { applyTimers, type Moment, nextEventAt, nextTimer, type Timer } from './moment.ts';
import type { Path, Step } from './path.ts';
import { eventLabel, stateLabel, timerLabel } from './title.ts';

export interface ExploreOptions<Machine extends AnyStateMachine> {
  readonly input?: InputFrom<Machine>;
  /**
   * Events to try in every state, or those to try in this one. A type that the machine declares and that is missing
   * here is tried bare. What comes by time is found by itself: it is never tried while its timer runs.
   */
  readonly events?:
    | readonly EventFromLogic<Machine>[]
    | ((snapshot: SnapshotFrom<Machine>) => readonly EventFromLogic<Machine>[]);
  /** Which snapshots are the same state. Counters that know no bound must not show here. */
  readonly serializeState: (snapshot: SnapshotFrom<Machine>) => string;
  /** @defaultValue the event's type and payload */
  readonly describeEvent?: (event: EventFromLogic<Machine>) => string;
  /** Edges after which the state is taken to be unbounded. @defaultValue 50_000 */
  readonly limit?: number;
}

/** How exploration came to a snapshot, by the shortest path. */
interface Arrival<Machine extends AnyStateMachine> {
  readonly moment: Moment;
  readonly steps: readonly Step<Machine>[];
  readonly title: string;
}

/**
 * Finds every edge of a machine's graph: each state, by `serializeState`, with each event that can come there. The path
 * of an edge is the shortest one to its source. A timer that ends is an edge too, the soonest one of each state.
 *
 * @example
 * const paths = explorePaths(machine, { input, events, serializeState: ({ value }) => JSON.stringify(value) });
 * for (const path of paths) it(path.title, () => replayPath(machine, path, { serializeState }));
 *
 * @throws Error when the graph has more than `limit` edges.
 */
export function explorePaths<Machine extends AnyStateMachine>(
  machine: Machine,
  options: ExploreOptions<Machine>,
): readonly Path<Machine>[] {
  return new Exploration(machine, options).paths();
}

class Exploration<Machine extends AnyStateMachine> {
  readonly #machine: Machine;
  readonly #options: ExploreOptions<Machine>;
  readonly #declaredTypes: ReadonlySet<string>;
  /** By snapshot: the graph visits a state by the snapshot that came to it first, and so by a shortest path. */
  readonly #arrivals = new WeakMap<AnyMachineSnapshot, Arrival<Machine>>();

  constructor(machine: Machine, options: ExploreOptions<Machine>) {
    this.#machine = machine;
    this.#options = options;
    const types = [...new DeclaredTransitions(machine)].map(({ event }) => event);
    this.#declaredTypes = new Set(types.filter((type) => type !== '' && !/^xstate\.|\*$/.test(type)));
  }

  paths(): readonly Path<Machine>[] {
    const initial = this.#begin();
    // A logic of our own around the machine: the graph asks it for each transition, and we see the timers go by.
    const logic: ActorLogic<SnapshotFrom<Machine>, EventFromLogic<Machine>, undefined> = {
      transition: (snapshot, event) => this.#advance(snapshot, event),
      getInitialSnapshot: () => initial,
      getPersistedSnapshot: (snapshot) => snapshot,
    };
    const adjacency = getAdjacencyMap(logic, {
      fromState: initial,
      events: (snapshot: SnapshotFrom<Machine>) => this.#eventsIn(snapshot),
      serializeState: this.#options.serializeState,
      limit: this.#options.limit ?? 50_000,
    });
    const edges = adjacencyMapToArray<SnapshotFrom<Machine>, EventFromLogic<Machine>>(adjacency);
    return edges.map(({ state, event, nextState }) => this.#path(state, event, nextState));
  }

  #begin(): SnapshotFrom<Machine> {
    const input = this.#options.input as InputFrom<Machine>;
    const [snapshot, actions] = initialTransition<AnyStateMachine>(this.#machine, input);
    const arrival = { moment: applyTimers([], actions, 0), steps: [], title: stateLabel(snapshot) };
    this.#arrivals.set(snapshot, arrival);
    return snapshot as SnapshotFrom<Machine>;
  }

  #advance(source: SnapshotFrom<Machine>, event: EventFromLogic<Machine>): SnapshotFrom<Machine> {
    const [next, actions] = transition<AnyStateMachine>(this.#machine, source, event);
    const target = next as SnapshotFrom<Machine>;
    if (this.#arrivals.has(target)) return target;
    const arrival = this.#arrival(source);
    const timer = this.#timerOf(arrival, event);
    const timers = arrival.moment.timers.filter((running) => running !== timer);
    const { title, edge } = this.#path(source, event, target);
    const moment = applyTimers(timers, actions, edge.at);
    this.#arrivals.set(target, { moment, steps: [...arrival.steps, edge], title });
    return target;
  }

  #path(
    source: SnapshotFrom<Machine>,
    event: EventFromLogic<Machine>,
    target: SnapshotFrom<Machine>,
  ): Path<Machine> {
    const { moment, steps, title } = this.#arrival(source);
    const timer = this.#timerOf({ moment }, event);
    const { describeEvent = eventLabel, serializeState, input } = this.#options;
    const label = timer === undefined ? describeEvent(event) : timerLabel(timer);
    return {
      title: `${title} -${label}-> ${stateLabel(target)}`,
      input: input as InputFrom<Machine>,
      approach: steps,
      edge: {
        event,
        at: timer?.dueAt ?? nextEventAt(moment),
        comesByTime: timer !== undefined,
        reaches: serializeState(target),
      },
      source,
      target,
    };
  }

  #eventsIn(snapshot: SnapshotFrom<Machine>): readonly EventFromLogic<Machine>[] {
    if ((snapshot as AnyMachineSnapshot).status !== 'active') return [];
    const { moment } = this.#arrival(snapshot);
    const timed = new Set(moment.timers.map(({ event }) => event.type));
    const { events = [] } = this.#options;
    const given = typeof events === 'function' ? events(snapshot) : events;
    const missing = [...this.#declaredTypes].filter((type) => !given.some((event) => event.type === type));
    const bare = missing.map((type) => ({ type }));
    const sendable = [...given, ...bare].filter(({ type }) => !timed.has(type));
    const next = nextTimer(moment);
    return [...sendable, ...(next === undefined ? [] : [next.event])] as EventFromLogic<Machine>[];
  }

  #arrival(snapshot: SnapshotFrom<Machine>): Arrival<Machine> {
    return this.#arrivals.get(snapshot) as Arrival<Machine>;
  }

  /** The timer whose end an event is: while one runs, its event comes by time only. */
  #timerOf({ moment }: Pick<Arrival<Machine>, 'moment'>, event: EventObject): Timer | undefined {
    const next = nextTimer(moment);
    return next?.event.type === event.type ? next : undefined;
  }
}
