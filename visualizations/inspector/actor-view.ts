import type {
  ActorPicture,
  EventRecord,
  FeedRecord,
  MachinePicture,
  PastChange,
  RefusedView,
  RunningTimer,
  ShownFields,
} from '../../src/inspect/protocol.ts';
import { cameToNothing, guardsOf, recordEvent, rejectionText } from './record-words.ts';

/** A timer with the instant of its end on the server's clock, so that it can be counted down. */
export interface TimerView extends RunningTimer {
  readonly endsAt: number;
}

export interface MachineView extends Omit<MachinePicture, 'timers'> {
  readonly timers: readonly TimerView[];
  /** Transitions of the newest event, and the record that told of it. */
  readonly taken?: { readonly seq: number; readonly edges: readonly string[] };
  /** The context before the newest event that changed it. */
  readonly contextBefore?: { readonly seq: number; readonly fields: ShownFields };
}

/** What the page knows of an actor. Replaced as a whole with every record, never changed. */
export interface ActorView extends Omit<ActorPicture, 'machine'> {
  readonly machine?: MachineView;
  /** Rises with every actor that appears: the latest one has the highest. */
  readonly order: number;
  readonly endedAt?: number;
  /** Absent where the page came later. */
  readonly startedAt?: number;
}

const MOST_CHANGES = 30;

export const timersOf = (timers: readonly RunningTimer[], writtenAt: number): readonly TimerView[] =>
  timers
    .map((timer) => ({ ...timer, endsAt: writtenAt + timer.leftMs }))
    .toSorted((a, b) => a.endsAt - b.endsAt);

/** @param writtenAt when the picture was made, on the server's clock */
export function actorView(picture: ActorPicture, writtenAt: number, order: number): ActorView {
  const { machine, ...rest } = picture;
  if (machine === undefined) return { ...rest, order };
  return { ...rest, order, machine: { ...machine, timers: timersOf(machine.timers, writtenAt) } };
}

/** The actor after a record about it. */
export function afterRecord(actor: ActorView, record: FeedRecord, nameOf: (id: string) => string): ActorView {
  if (record.kind === 'renamed') return { ...actor, name: record.name };
  if (record.kind === 'ended') {
    const error = record.error === undefined ? {} : { error: record.error };
    const machine = actor.machine === undefined ? {} : { machine: { ...actor.machine, timers: [] } };
    return { ...actor, ...machine, ...error, status: record.status, endedAt: record.at };
  }
  if (actor.machine === undefined || record.kind === 'started') return actor;
  const machine = withRefusal(actor.machine, record);
  return { ...actor, machine: record.kind === 'event' ? afterEvent(machine, record, nameOf) : machine };
}

function afterEvent(machine: MachineView, record: EventRecord, nameOf: (id: string) => string): MachineView {
  const { seq, change, context, timers, steps } = record;
  const edges = steps.flatMap((step) => step.edges);
  return {
    ...machine,
    ...(edges.length > 0 && { taken: { seq, edges } }),
    ...(context !== undefined && {
      context: { ...machine.context, ...context },
      contextBefore: { seq, fields: machine.context },
    }),
    ...(timers !== undefined && { timers: timersOf(timers, record.at) }),
    ...(change !== undefined && {
      value: change.to,
      active: change.active,
      accepts: change.accepts,
      changes: [pastChange(record, change, nameOf), ...machine.changes].slice(0, MOST_CHANGES),
      refused: { count: 0 },
    }),
  };
}

function pastChange(
  { seq, at, from, event, steps }: EventRecord,
  change: NonNullable<EventRecord['change']>,
  nameOf: (id: string) => string,
): PastChange {
  return {
    seq,
    at,
    from: change.from,
    to: change.to,
    event: event.type,
    guards: guardsOf(steps),
    ...(from !== undefined && { by: nameOf(from) }),
    ...(change.reason !== undefined && { reason: change.reason }),
  };
}

function withRefusal(machine: MachineView, record: FeedRecord): MachineView {
  if (!cameToNothing(record) || record.isInternal === true) return machine;
  return { ...machine, refused: addRefusal(machine.refused, record) };
}

function addRefusal({ count }: RefusedView, record: FeedRecord): RefusedView {
  const { seq, at } = record;
  const what = recordEvent(record);
  if (record.kind === 'rejected') {
    const reason = rejectionText(record.state, record.retryAfterMs);
    return { count: count + record.count, last: { seq, at, what, reason } };
  }
  const reason = record.kind === 'event' ? (record.reason ?? record.verdict) : '';
  return { count: count + 1, last: { seq, at, what, reason } };
}
