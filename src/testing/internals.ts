import type {
  AnyActorRef,
  AnyMachineSnapshot,
  AnyTransitionDefinition,
  EventObject,
  InspectionEvent,
} from 'xstate';

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
