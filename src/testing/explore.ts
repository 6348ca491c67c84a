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
import { bareResult, endedActor } from './actor-result.ts';
import { DeclaredTransitions } from './declared-transitions.ts';
import { awaitedResults, messageOf } from './internals.ts';
import { applyTimers, type Moment, nextEventAt, nextTimer, type Timer } from './moment.ts';
import type { Path, Step } from './path.ts';
import { eventLabel, stateLabel, timerLabel } from './title.ts';
import { keyOf, type WalkOptions } from './world.ts';

export interface ExploreOptions<Machine extends AnyStateMachine, State = undefined>
  extends WalkOptions<Machine, State> {
  readonly input?: InputFrom<Machine>;
  /**
   * Events to try in every state, or those to try in this one. A type that the machine declares and that is missing
   * here is tried bare. What comes by time is found by itself: it is never tried while its timer runs. The end of an
   * actor is tried only while that actor runs.
   */
  readonly events?:
    | readonly EventFromLogic<Machine>[]
    | ((snapshot: SnapshotFrom<Machine>, world: State) => readonly EventFromLogic<Machine>[]);
  /** Types that are never tried bare: answers, which cannot come unasked. */
  readonly onlyGiven?: readonly string[];
  /** Tells events apart, too: no two events of a state may have the same text. @defaultValue type and payload */
  readonly describeEvent?: (event: EventFromLogic<Machine>) => string;
  /** Edges, or simple paths, after which the state is taken to be unbounded. @defaultValue 50_000 */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 50_000;

/** How exploration came to a snapshot. */
interface Arrival<Machine extends AnyStateMachine, State> {
  readonly moment: Moment;
  readonly world: State;
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
 * @throws Error when the machine throws, or when the graph has more than `limit` edges.
 */
export function explorePaths<Machine extends AnyStateMachine, State = undefined>(
  machine: Machine,
  options: ExploreOptions<Machine, State>,
): readonly Path<Machine>[] {
  return new Exploration(machine, options).paths();
}

/**
 * Finds every simple path of a machine's graph: each way from its beginning on which no state is met twice. The ends of
 * all of them are all states. They are many more than the edges: give few events, or a projection with few states.
 *
 * @throws Error when the machine throws, or when there are more than `limit` paths.
 */
export function exploreSimplePaths<Machine extends AnyStateMachine, State = undefined>(
  machine: Machine,
  options: ExploreOptions<Machine, State>,
): readonly Path<Machine>[] {
  return new Exploration(machine, options).simplePaths();
}

class Exploration<Machine extends AnyStateMachine, State> {
  readonly #machine: Machine;
  readonly #options: ExploreOptions<Machine, State>;
  readonly #declaredTypes: ReadonlySet<string>;
  /** By snapshot: the graph visits a state by the snapshot that came to it first, and so by a shortest path. */
  readonly #arrivals = new WeakMap<AnyMachineSnapshot, Arrival<Machine, State>>();

  constructor(machine: Machine, options: ExploreOptions<Machine, State>) {
    this.#machine = machine;
    this.#options = options;
    const types = [...new DeclaredTransitions(machine)].map(({ event }) => event);
    const isEvent = (type: string) => type !== '' && !/^xstate\.|\*$/.test(type);
    this.#declaredTypes = new Set(types.filter(isEvent).filter(this.#canBeBare));
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
      serializeState: (snapshot) => this.#key(snapshot),
      serializeEvent: this.#options.describeEvent ?? eventLabel,
      limit: this.#options.limit ?? DEFAULT_LIMIT,
    });
    const edges = adjacencyMapToArray<SnapshotFrom<Machine>, EventFromLogic<Machine>>(adjacency);
    return edges.map(({ state, event, nextState }) => this.#path(state, event, nextState));
  }

  simplePaths(): readonly Path<Machine>[] {
    const { limit = DEFAULT_LIMIT } = this.#options;
    const initial = this.#begin();
    const paths: Path<Machine>[] = [];
    for (const path of this.#simplePathsFrom(initial, new Set([this.#key(initial)]))) {
      if (paths.push(path) > limit) throw new Error(`more than ${limit} simple paths: the limit is exceeded`);
    }
    return paths;
  }

  /** By depth: the moment of a state is that of the way on which it was met. */
  *#simplePathsFrom(
    source: SnapshotFrom<Machine>,
    met: ReadonlySet<string>,
  ): Generator<Path<Machine>, void, undefined> {
    for (const event of this.#eventsIn(source)) {
      const target = this.#advance(source, event);
      const key = this.#key(target);
      if (met.has(key)) continue;
      yield this.#path(source, event, target);
      yield* this.#simplePathsFrom(target, new Set([...met, key]));
    }
  }

  #begin(): SnapshotFrom<Machine> {
    const input = this.#options.input as InputFrom<Machine>;
    const [snapshot, actions] = initialTransition<AnyStateMachine>(this.#machine, input);
    // XState throws out of every other transition, but not out of this one.
    if (snapshot.status === 'error') {
      throw new Error(`the machine cannot start: ${String(snapshot.error)}`, { cause: snapshot.error });
    }
    const world = this.#options.world?.begin as State;
    const arrival = { moment: applyTimers([], actions, 0), world, steps: [], title: stateLabel(snapshot) };
    this.#arrivals.set(snapshot, arrival);
    return snapshot as SnapshotFrom<Machine>;
  }

  #advance(source: SnapshotFrom<Machine>, event: EventFromLogic<Machine>): SnapshotFrom<Machine> {
    const arrival = this.#arrival(source);
    const [target, actions] = this.#transition(source, event);
    if (this.#arrivals.has(target)) return target;
    const timer = this.#timerOf(arrival, event);
    const timers = arrival.moment.timers.filter((running) => running !== timer);
    const at = timer?.dueAt ?? nextEventAt(arrival.moment);
    const sent = actions.map(messageOf).filter((message) => message !== undefined);
    const world = this.#options.world?.next(arrival.world, { event, sent }) as State;
    const reached = { moment: applyTimers(timers, actions, at), world, steps: arrival.steps, title: '' };
    this.#arrivals.set(target, reached);
    const { title, edge } = this.#path(source, event, target);
    this.#arrivals.set(target, { ...reached, steps: [...arrival.steps, edge], title });
    return target;
  }

  /** @throws Error that names the path, when a guard, an action or an input of the chart throws. */
  #transition(source: SnapshotFrom<Machine>, event: EventFromLogic<Machine>) {
    this.#options.prepare?.(event);
    try {
      const [target, actions] = transition<AnyStateMachine>(this.#machine, source, event);
      return [target as SnapshotFrom<Machine>, actions] as const;
    } catch (cause) {
      const { describeEvent = eventLabel } = this.#options;
      const path = `${this.#arrival(source).title} -${describeEvent(event)}->`;
      throw new Error(`${path} throws: ${String(cause)}`, { cause });
    }
  }

  #path(
    source: SnapshotFrom<Machine>,
    event: EventFromLogic<Machine>,
    target: SnapshotFrom<Machine>,
  ): Path<Machine> {
    const { moment, steps, title } = this.#arrival(source);
    const timer = this.#timerOf({ moment }, event);
    const { describeEvent = eventLabel, input } = this.#options;
    const label = timer === undefined ? describeEvent(event) : timerLabel(timer);
    return {
      title: `${title} -${label}-> ${stateLabel(target)}`,
      input: input as InputFrom<Machine>,
      approach: steps,
      edge: {
        event,
        at: timer?.dueAt ?? nextEventAt(moment),
        comesByTime: timer !== undefined,
        reaches: this.#key(target),
      },
      source,
      target,
    };
  }

  #eventsIn(snapshot: SnapshotFrom<Machine>): readonly EventFromLogic<Machine>[] {
    if ((snapshot as AnyMachineSnapshot).status !== 'active') return [];
    const { moment, world } = this.#arrival(snapshot);
    const timed = new Set(moment.timers.map(({ event }) => event.type));
    const { events = [] } = this.#options;
    const given = typeof events === 'function' ? events(snapshot, world) : events;
    const isMissing = (type: string) => !given.some((event) => event.type === type);
    const bare = [
      ...[...this.#declaredTypes].filter(isMissing).map((type) => ({ type })),
      ...awaitedResults(snapshot).filter(isMissing).filter(this.#canBeBare).map(bareResult),
    ];
    const sendable = [...given, ...bare].filter(
      (event) => !timed.has(event.type) && this.#canSend(snapshot, event as EventFromLogic<Machine>),
    );
    const next = nextTimer(moment);
    return [...sendable, ...(next === undefined ? [] : [next.event])] as EventFromLogic<Machine>[];
  }

  readonly #canBeBare = (type: string): boolean => !this.#options.onlyGiven?.includes(type);

  /** Whether the actor that an event comes from is there. */
  #canSend({ children }: AnyMachineSnapshot, event: EventFromLogic<Machine>): boolean {
    const sender = endedActor(event) ?? this.#options.sender?.(event);
    return sender === undefined || children[sender] !== undefined;
  }

  #key(snapshot: SnapshotFrom<Machine>): string {
    return keyOf(this.#options, snapshot, this.#arrival(snapshot).world);
  }

  #arrival(snapshot: SnapshotFrom<Machine>): Arrival<Machine, State> {
    return this.#arrivals.get(snapshot) as Arrival<Machine, State>;
  }

  /** The timer whose end an event is: while one runs, its event comes by time only. */
  #timerOf({ moment }: Pick<Arrival<Machine, State>, 'moment'>, event: EventObject): Timer | undefined {
    const next = nextTimer(moment);
    return next?.event.type === event.type ? next : undefined;
  }
}
