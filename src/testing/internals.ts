import type {
  AnyActorRef,
  AnyMachineSnapshot,
  AnyStateNode,
  AnyTransitionDefinition,
  EventObject,
  InspectionEvent,
} from 'xstate';
import type { Message } from './world.ts';

// The one file that reads what XState keeps to itself. All of it was measured with xstate 5.33.

/** One step of a machine, as XState told its inspector. */
export interface Microstep {
  readonly event: string;
  /** Empty when the event was refused. */
  readonly transitions: readonly AnyTransitionDefinition[];
}

/**
 * Reads `@xstate.microstep`, whose `_transitions` are the transition objects of the machine itself. Those of its
 * children are left out.
 */
export function microstepOf(inspection: InspectionEvent): Microstep | undefined {
  if (inspection.type !== '@xstate.microstep') return undefined;
  if ((inspection.actorRef as AnyActorRef).sessionId !== inspection.rootId) return undefined;
  return { event: inspection.event.type, transitions: inspection._transitions };
}

/** Paths of all states that are active, the root (an empty path) among them. */
export const activeStates = (snapshot: AnyMachineSnapshot): readonly string[] =>
  snapshot._nodes.map((node) => node.path.join('.'));

/** Names of the logics that a machine invokes. */
export const invokedSources = (node: AnyStateNode): readonly string[] => [
  ...node.invoke.map(({ src }) => src).filter((src) => typeof src === 'string'),
  ...Object.values<AnyStateNode>(node.states).flatMap(invokedSources),
];

/** Types of the events that active states listen to and that tell the end of an actor. */
export const awaitedResults = (snapshot: AnyMachineSnapshot): readonly string[] =>
  snapshot._nodes
    .flatMap((node) => [...node.transitions.keys()])
    .filter((type) => /^xstate\.(done|error)\.actor\./.test(type));

export const parentOf = (actor: AnyActorRef): AnyActorRef | undefined => actor._parent;

/** Reads what a pure transition sends to other actors out of the actions that it returns. */
export function messageOf(action: { readonly type: string; readonly params?: unknown }): Message | undefined {
  if (action.type !== 'xstate.sendTo') return undefined;
  const { to, event } = action.params as { to: AnyActorRef; event: EventObject };
  return { to: to.id, event };
}

/** Reads what the root machine sends to other actors out of what XState tells its inspector. */
export function sentMessage(inspection: InspectionEvent): Message | undefined {
  if (inspection.type !== '@xstate.event' || inspection.sourceRef?.sessionId !== inspection.rootId) {
    return undefined;
  }
  const { actorRef, event } = inspection;
  return actorRef === inspection.sourceRef ? undefined : { to: (actorRef as AnyActorRef).id, event };
}

export type TimerAction =
  | {
      readonly type: 'start';
      readonly id: string | undefined;
      readonly event: EventObject;
      readonly delayMs: number;
    }
  | { readonly type: 'cancel'; readonly id: string };

/** Reads the timers that a pure transition starts and cancels out of the actions that it returns. */
export function timerActionOf(action: {
  readonly type: string;
  readonly params?: unknown;
}): TimerAction | undefined {
  if (action.type === 'xstate.cancel') {
    return { type: 'cancel', id: (action.params as { sendId: string }).sendId };
  }
  if (action.type !== 'xstate.raise') return undefined;
  const { id, event, delay } = action.params as { id?: string; event: EventObject; delay?: number };
  return delay === undefined ? undefined : { type: 'start', id, event, delayMs: delay };
}

const AFTER = /^xstate\.after\.(.+?)\.(?:\(machine\)|[^.]+)(?:\.|$)/;

/** Name (or milliseconds) of the delay of an `after` transition's event. */
export function afterDelayOf(eventType: string): string | undefined {
  const delay = AFTER.exec(eventType)?.[1];
  return delay !== undefined && /^\d+$/.test(delay) ? `${delay} ms` : delay;
}
