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

/** Every delayed event that an actor has under way for itself. What it will send to others is no timer of theirs. */
export function scheduledFor(actor: AnyActorRef): readonly ScheduledEvent[] {
  const system = actor.system as unknown as {
    getSnapshot(): { readonly _scheduledEvents: Readonly<Record<string, ScheduledEvent>> };
  };
  return Object.values(system.getSnapshot()._scheduledEvents).filter(
    ({ source, target }) => source === actor && target === actor,
  );
}

/** `undefined` while the actor is being made: XState's development build throws then. */
export function snapshotOf(actor: AnyActorRef): unknown {
  try {
    return actor.getSnapshot();
  } catch {
    return undefined;
  }
}

const STOPPED = 2;

/** Whether events to it are thrown away. One that was stopped before it was started has a snapshot like a live one. */
export const isStopped = (actor: AnyActorRef): boolean =>
  (actor as unknown as { readonly _processingStatus?: number })._processingStatus === STOPPED;

/** How it stands with an actor. XState does not tell its inspectors of every end: not of one that threw. */
export function statusOf(actor: AnyActorRef): 'active' | 'done' | 'error' | 'stopped' {
  const { status } = (snapshotOf(actor) ?? {}) as {
    readonly status?: 'active' | 'done' | 'error' | 'stopped';
  };
  if (status !== undefined && status !== 'active') return status;
  return isStopped(actor) ? 'stopped' : 'active';
}

/** Whether a value is an actor: it must never be looked into, since all others hang on it. */
export const isActor = (value: object): boolean =>
  typeof (value as { _send?: unknown })._send === 'function' && 'sessionId' in value;

/** A snapshot of a machine, as opposed to those of promises, callbacks and other logic. */
export function isMachineSnapshot(snapshot: unknown): snapshot is AnyMachineSnapshot {
  return typeof snapshot === 'object' && snapshot !== null && 'machine' in snapshot && '_nodes' in snapshot;
}

/** All states that are active, the root among them, outer ones first. */
export const activeNodes = (snapshot: AnyMachineSnapshot): readonly AnyStateNode[] => snapshot._nodes;

/** Transitions of a state that an event of this type may take, whatever their guards say. */
export const candidatesOf = (node: AnyStateNode, type: string): readonly AnyTransitionDefinition[] =>
  [...node.transitions].flatMap(([descriptor, candidates]) => (matches(descriptor, type) ? candidates : []));

function matches(descriptor: string, type: string): boolean {
  if (descriptor === type || descriptor === '*') return true;
  if (!descriptor.endsWith('.*')) return false;
  const start = descriptor.slice(0, -2);
  return type === start || type.startsWith(`${start}.`);
}

/** Names that XState makes up for the roots of systems. */
const MADE_UP_ID = /^x:\d+$/;

/** The name that somebody gave to an actor. */
export const givenName = (actor: AnyActorRef): string | undefined =>
  MADE_UP_ID.test(actor.id) ? undefined : actor.id;

/** The name that it has in its whole system. While an actor is being made it has not got it yet. */
export const systemName = (actor: AnyActorRef): string | undefined =>
  (actor as { readonly systemId?: string }).systemId;

export const parentOf = (actor: AnyActorRef): AnyActorRef | undefined => actor._parent;

/** Transitions that one microstep took, as the machine defines them; empty when no state listens to the event. */
export const takenIn = (microstep: object): readonly AnyTransitionDefinition[] =>
  (microstep as { _transitions?: readonly AnyTransitionDefinition[] })._transitions ?? [];

/** The initial transition of a machine is nobody's declaration: it has no event type. */
export const isDeclared = ({ source, eventType }: AnyTransitionDefinition): boolean =>
  (eventType === '' ? source.always : source.transitions.get(eventType)) !== undefined;
