import type { AnyStateMachine, EventFromLogic, InputFrom, SnapshotFrom } from 'xstate';

/** One event of a path, and when it comes. */
export interface Step<Machine extends AnyStateMachine> {
  readonly event: EventFromLogic<Machine>;
  /** Milliseconds from the start of the actor. */
  readonly at: number;
  /** The end of a timer: replayed by letting the time pass, never by sending the event. */
  readonly comesByTime: boolean;
  /** Key of the state that it leads to. */
  readonly reaches: string;
}

/** An edge of a machine's graph, with the shortest way to where it begins. */
export interface Path<Machine extends AnyStateMachine> {
  /** `CLOSED -FAILURE-> OPEN -after openTimeout-> HALF_OPEN` */
  readonly title: string;
  readonly input: InputFrom<Machine>;
  /** The steps to the edge's source; empty when that is the initial state. */
  readonly approach: readonly Step<Machine>[];
  /** The edge itself. */
  readonly edge: Step<Machine>;
  readonly source: SnapshotFrom<Machine>;
  readonly target: SnapshotFrom<Machine>;
}
