import type {
  AnyActorRef,
  AnyMachineSnapshot,
  AnyStateNode,
  AnyTransitionDefinition,
  EventObject,
} from 'xstate';

// What the inspector reads of XState that is not public. All of it was measured with xstate 5.33.

/** A delayed event of an actor's system. */
export interface ScheduledEvent {
  readonly source: AnyActorRef;
  readonly target: AnyActorRef;
  readonly event: EventObject;
  readonly delay: number;
  /** Epoch milliseconds of the host, whatever the actor's clock says. */
  readonly startedAt: number;
}

/** Every delayed event that is under way for this actor. */
export function scheduledFor(actor: AnyActorRef): readonly ScheduledEvent[] {
  const system = actor.system as unknown as {
    getSnapshot(): { readonly _scheduledEvents: Readonly<Record<string, ScheduledEvent>> };
  };
  return Object.values(system.getSnapshot()._scheduledEvents).filter(({ target }) => target === actor);
}

/** A snapshot of a machine, as opposed to those of promises, callbacks and other logic. */
export function isMachineSnapshot(snapshot: unknown): snapshot is AnyMachineSnapshot {
  return typeof snapshot === 'object' && snapshot !== null && 'machine' in snapshot && '_nodes' in snapshot;
}

/** All states that are active, the root among them, outer ones first. */
export const activeNodes = (snapshot: AnyMachineSnapshot): readonly AnyStateNode[] => snapshot._nodes;

/** Names that XState makes up for the roots of systems. */
const MADE_UP_ID = /^x:\d+$/;

/** The name that somebody gave to an actor. */
export function givenName(actor: AnyActorRef): string | undefined {
  const { systemId } = actor as { readonly systemId?: string };
  return systemId ?? (MADE_UP_ID.test(actor.id) ? undefined : actor.id);
}

export const parentOf = (actor: AnyActorRef): AnyActorRef | undefined => actor._parent;

/** Transitions that one microstep took, as the machine defines them; empty when no state listens to the event. */
export const takenIn = (microstep: object): readonly AnyTransitionDefinition[] =>
  (microstep as { _transitions?: readonly AnyTransitionDefinition[] })._transitions ?? [];

/** The initial transition of a machine is nobody's declaration: it has no event type. */
export const isDeclared = ({ source, eventType }: AnyTransitionDefinition): boolean =>
  (eventType === '' ? source.always : source.transitions.get(eventType)) !== undefined;
