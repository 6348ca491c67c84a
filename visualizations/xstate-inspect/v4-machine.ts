import { createMachine, State, type StateNodeConfig } from 'xstate';
import { allStates, type ChartState, type ChartTransition } from '../../src/diagram/chart.ts';
import { v4EventType } from './v4-events.ts';

// `xstate` is version 4 in this folder: what @xstate/inspect reads, and what the tools on the other side rebuild.

type Config = StateNodeConfig<object, object, { type: string }>;

/** A chart as a machine of XState 4: never run, only told of. */
export type V4Machine = ReturnType<typeof toV4Machine>;

/**
 * Makes a machine of XState 4 with the states, transitions, delays, guards and actions of a chart, all by their names.
 *
 * States keep their ids. What XState 4 does not have is told by its nearest: a wildcard for a group of events
 * (`order.*`) stands there as an event of that name, and so does `onSnapshot`.
 */
export function toV4Machine(chart: ChartState) {
  return createMachine<object>({
    ...toConfig(chart),
    id: chart.id,
    context: {},
    predictableActionArguments: true,
  } as Parameters<typeof createMachine<object>>[0]);
}

/** What an actor is in, as XState 4 has it. */
export interface V4Moment {
  readonly value: State<object>['value'];
  readonly context: object;
  readonly event: State<object>['_event'];
  readonly sessionId: string;
  /** Names of what was done on the way into it. */
  readonly actions: readonly string[];
  readonly isChanged: boolean;
}

/** A state of the machine, with all that XState 4 derives from its value. */
export function toV4State(machine: V4Machine, moment: V4Moment): State<object> {
  const { value, context, event, sessionId, actions, isChanged } = moment;
  const state = machine.resolveState(
    State.create<object>({
      value,
      context,
      _event: event,
      _sessionid: sessionId,
      actions: actions.map((type) => ({ type })) as State<object>['actions'],
      activities: {},
      meta: {},
      events: [],
      configuration: [],
      transitions: [],
      children: {},
    }) as Parameters<V4Machine['resolveState']>[0],
  );
  state.changed = isChanged;
  return state as State<object>;
}

function toConfig(state: ChartState): Config {
  const { id, kind, history, entry, exit, invokes, states } = state;
  return {
    id,
    ...(kind !== 'compound' && kind !== 'atomic' && { type: kind }),
    ...(history !== undefined && { history }),
    ...(entry.length > 0 && { entry: [...entry] }),
    ...(exit.length > 0 && { exit: [...exit] }),
    ...(invokes.length > 0 && { invoke: invokes.map((invoke) => ({ id: invoke.id, src: invoke.source })) }),
    ...transitionsOf(state),
    ...(states.length > 0 && {
      states: Object.fromEntries(states.map((child) => [child.key, toConfig(child)])),
    }),
    ...(kind === 'compound' && { initial: initialKey(state) }),
  } as Config;
}

/** XState 4 enters a child first; a deeper target of XState 5 is the business of that child. */
function initialKey({ initial: [first], states }: ChartState): string | undefined {
  const holds = (state: ChartState): boolean => state.id === first || state.states.some(holds);
  return (states.find(holds) ?? states[0])?.key;
}

/** By what makes them be looked at: XState 4 keeps delayed and eventless ones apart from those of events. */
function transitionsOf(state: ChartState): Partial<Config> {
  const within = new Set([...allStates(state)].map(({ id }) => id));
  const tell = (transition: ChartTransition) => toTransition(transition, (id) => within.has(id));
  const always: object[] = [];
  const after: [string, object][] = [];
  const on: [string, object][] = [];
  for (const transition of state.transitions) {
    const { trigger, eventType } = transition;
    if (trigger.kind === 'always') always.push(tell(transition));
    else if (trigger.kind === 'after') after.push([`${trigger.ms ?? trigger.name}`, tell(transition)]);
    else on.push([v4EventType(eventType), tell(transition)]);
  }
  return {
    ...(always.length > 0 && { always }),
    ...(after.length > 0 && { after: grouped(after) }),
    ...(on.length > 0 && { on: grouped(on) }),
  } as Partial<Config>;
}

function grouped(entries: readonly (readonly [string, object])[]): Record<string, readonly object[]> {
  const groups = Map.groupBy(entries, ([key]) => key);
  return Object.fromEntries([...groups].map(([key, group]) => [key, group.map(([, each]) => each)]));
}

/** XState 4 leaves and enters the source of every transition unless told; XState 5 only where the target is elsewhere. */
function toTransition(
  { targets, guard, actions, reenters }: ChartTransition,
  isWithin: (id: string) => boolean,
): object {
  return {
    ...(targets.length > 0 && { target: targets.map((id) => `#${id}`) }),
    ...(targets.some(isWithin) && { internal: !reenters }),
    ...(guard !== undefined && { cond: guard }),
    ...(actions.length > 0 && { actions: [...actions] }),
  };
}
