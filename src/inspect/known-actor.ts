import type { AnyActorRef, AnyMachineSnapshot, EventObject } from 'xstate';
import { activeNodes, isMachineSnapshot, snapshotOf } from './internals.ts';
import type { KnownMachine } from './machine-book.ts';
import type {
  ActorPicture,
  FeedRecord,
  MachinePicture,
  PastChange,
  RefusedView,
  ShownValue,
} from './protocol.ts';
import { acceptedEvents, type Microstep } from './steps.ts';
import { Timers } from './timers.ts';

/** How many changes of state a picture remembers. */
const CHANGES = 30;

export type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** An event that was sent and whose end has not been seen. */
export interface Pending {
  readonly event: EventObject;
  readonly record: Writable<Extract<FeedRecord, { kind: 'event' }>>;
}

/** One actor, as far as it was seen. */
export interface KnownActor {
  readonly id: string;
  name: string;
  /** By whoever made it; and by whoever attached the inspector to it. */
  readonly isNamed: boolean;
  isRenamed: boolean;
  readonly parent: string | undefined;
  readonly system: number;
  /** Let go of when the actor is over. */
  ref: AnyActorRef | undefined;
  status: ActorPicture['status'];
  error: string | undefined;
  machine: KnownMachine | undefined;
  /** The last one that was seen of a machine. */
  snapshot: AnyMachineSnapshot | undefined;
  timers: Timers | undefined;
  readonly pending: Pending[];
  /** Microsteps since the last snapshot, and whether a timer was started or cancelled in them. */
  steps: Microstep[];
  stepped: AnyMachineSnapshot | undefined;
  areTimersMoved: boolean;
  /** Of what the chart emitted since the last snapshot. */
  emittedReason: string | undefined;
  /** Newest first. */
  changes: readonly PastChange[];
  refused: RefusedView;
  /** Numbers of the last records that name it, those of XState's bookkeeping apart. */
  lastSeq: number;
  lastInternalSeq: number;
}

export const newActor = (
  actor: Pick<KnownActor, 'id' | 'name' | 'isNamed' | 'parent' | 'system' | 'ref' | 'status'>,
): KnownActor => ({
  ...actor,
  isRenamed: false,
  error: undefined,
  machine: undefined,
  snapshot: undefined,
  timers: undefined,
  pending: [],
  steps: [],
  stepped: undefined,
  areTimersMoved: false,
  emittedReason: undefined,
  changes: [],
  refused: NONE_REFUSED,
  lastSeq: 0,
  lastInternalSeq: 0,
});

export function noteRecord(actor: KnownActor, seq: number, isInternal: boolean): void {
  if (isInternal) actor.lastInternalSeq = seq;
  else actor.lastSeq = seq;
}

/** When something was heard of it last, as the number of that record. */
export const lastHeard = ({ lastSeq, lastInternalSeq }: KnownActor): number =>
  Math.max(lastSeq, lastInternalSeq);

export const NONE_REFUSED: RefusedView = { count: 0 };

export const stateOf = (snapshot: AnyMachineSnapshot): ShownValue => snapshot.value as ShownValue;

export const activeIds = (snapshot: AnyMachineSnapshot): readonly string[] =>
  activeNodes(snapshot).map(({ id }) => id);

/** Looks at an actor for the first time, or again when it has its first snapshot. */
export function lookAt(actor: KnownActor, machineOf: (snapshot: AnyMachineSnapshot) => KnownMachine): void {
  if (actor.machine !== undefined || actor.ref === undefined) return;
  const snapshot = snapshotOf(actor.ref);
  if (!isMachineSnapshot(snapshot)) return;
  actor.machine = machineOf(snapshot);
  actor.snapshot = snapshot;
  if (actor.status === 'active') actor.timers = new Timers(actor.ref);
  if (!actor.isNamed) actor.name = actor.machine.nameOf(snapshot.context);
}

export function noteChange(actor: KnownActor, change: PastChange): void {
  actor.changes = [change, ...actor.changes].slice(0, CHANGES);
  actor.refused = NONE_REFUSED;
}

export function noteRefusal(actor: KnownActor, count: number, last: NonNullable<RefusedView['last']>): void {
  actor.refused = { count: actor.refused.count + count, last };
}

/** Everything that is known of it now. Of one that is over only `withMachine` tells more than its name. */
export function pictureOf(
  actor: KnownActor,
  shown: (
    machine: KnownMachine,
    snapshot: AnyMachineSnapshot,
  ) => Pick<MachinePicture, 'context' | 'hiddenFields' | 'timers'>,
  withMachine: boolean,
): ActorPicture {
  const { id, name, parent, system, status, error, machine, snapshot } = actor;
  return {
    id,
    name,
    ...(parent !== undefined && { parent }),
    system,
    status,
    ...(error !== undefined && { error }),
    ...(withMachine &&
      machine !== undefined &&
      snapshot !== undefined && {
        machine: {
          id: machine.id,
          title: machine.title,
          chart: machine.chart,
          value: stateOf(snapshot),
          active: activeIds(snapshot),
          ...shown(machine, snapshot),
          accepts: status === 'active' ? acceptedEvents(snapshot) : [],
          changes: actor.changes,
          refused: actor.refused,
        },
      }),
  };
}

/** What was noted for the event that is being handled: the next one begins without it. */
export function forgetSteps(actor: KnownActor): void {
  actor.steps = [];
  actor.stepped = undefined;
  actor.emittedReason = undefined;
}
