import type { AnyStateMachine, EventFromLogic, EventObject, SnapshotFrom } from 'xstate';

/** An event that a machine sent to another actor: a child of its own, or one whose address it holds. */
export interface Message {
  /** Id of the receiver. */
  readonly to: string;
  readonly event: EventObject;
}

/**
 * What stands around a machine, as far as it decides what can come next: who was given an order and has not answered.
 * Plain JSON, because two states of the machine are the same only if the world is, too.
 */
export interface World<Machine extends AnyStateMachine, State> {
  readonly begin: State;
  /** The world after a step that the machine did not ignore. */
  readonly next: (
    state: State,
    step: { readonly event: EventFromLogic<Machine>; readonly sent: readonly Message[] },
  ) => State;
}

/** What exploring and replaying have to know alike. */
export interface WalkOptions<Machine extends AnyStateMachine, State = undefined> {
  /** Which snapshots are the same state. Counters that know no bound must not show here. */
  readonly serializeState: (snapshot: SnapshotFrom<Machine>) => string;
  readonly world?: World<Machine, State>;
  /**
   * Called just before each event: here a fake that the machine reads live (a view of another actor, say) is put into
   * the state that the event is to find.
   */
  readonly prepare?: (event: EventFromLogic<Machine>) => void;
  /**
   * Id of the child that sends an event, if one does. The event is then tried only while that child is there, and
   * replayed through it. What an invoked actor ends with needs no saying.
   */
  readonly sender?: (event: EventFromLogic<Machine>) => string | undefined;
}

/** Key of a state of the machine in a state of its world. */
export function keyOf<Machine extends AnyStateMachine, State>(
  { serializeState }: WalkOptions<Machine, State>,
  snapshot: SnapshotFrom<Machine>,
  world: State | undefined,
): string {
  const key = serializeState(snapshot);
  return world === undefined ? key : `${key} ${JSON.stringify(world)}`;
}
