import type { AnyActorRef, InspectionEvent } from 'xstate';
import { Projection } from '../../src/inspect/allow-list.ts';
import { History } from '../../src/inspect/history.ts';
import { MachineBook } from '../../src/inspect/machine-book.ts';
import type { MachineView } from '../../src/inspect/machine-view.ts';
import type { ActorPicture, EventRecord, FeedRecord, MachinePicture } from '../../src/inspect/protocol.ts';
import { Recorder } from '../../src/inspect/recorder.ts';
import type { ActorView } from '../../visualizations/inspector/actor-view.ts';
import { Model } from '../../visualizations/inspector/model.ts';

export interface BookOptions {
  readonly machines?: Readonly<Record<string, MachineView>>;
  readonly history?: number;
  readonly secrets?: readonly string[];
}

export type Book = ReturnType<typeof newBook>;

/** A recorder as the inspector has one, without the server. */
export function newBook({ machines, history = 5_000, secrets = [] }: BookOptions = {}) {
  const kept = new History(history);
  const projection = new Projection(secrets);
  const errors: unknown[] = [];
  const known = new MachineBook(machines, projection);
  const recorder = new Recorder(kept, known, projection, (error) => errors.push(error));
  return {
    history: kept,
    machines: known,
    recorder,
    errors,
    /** For the option `inspect` of an actor. */
    inspect: (event: InspectionEvent) => recorder.record(event),
    /** All that is kept, as it is handed out. */
    records: (): readonly FeedRecord[] => {
      recorder.publish();
      return kept.since(0, Number.POSITIVE_INFINITY);
    },
  };
}

/** Watches an actor's system from now on. */
export function attach(book: Book, actor: AnyActorRef, name?: string): void {
  book.recorder.attach(actor, name);
  actor.system.inspect(book.inspect);
}

/** What is known of the actor of this name now; of several the one that came last. */
export function picture(book: Book, name: string): ActorPicture {
  book.recorder.publish();
  const found = book.recorder.pictures().findLast((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no picture of ${name}`);
  return found;
}

export function machinePicture(book: Book, name: string): MachinePicture {
  const { machine } = picture(book, name);
  if (machine === undefined) throw new Error(`${name} is no machine, or is told of no more`);
  return machine;
}

/** The events that the actor of this name was sent, XState's own left out unless asked for. */
export function eventsOf(book: Book, name: string, withInternal = false): readonly EventRecord[] {
  const records = book.records();
  const ids = new Set(
    records.flatMap((each) => (each.kind === 'started' && each.picture.name === name ? [each.actor] : [])),
  );
  for (const each of book.recorder.pictures()) if (each.name === name) ids.add(each.id);
  return records.filter(
    (each): each is EventRecord =>
      each.kind === 'event' && ids.has(each.actor) && (withInternal || each.isInternal !== true),
  );
}

/** Type, verdict and reason of each event that the actor was sent. */
export const told = (book: Book, name: string) =>
  eventsOf(book, name).map(({ event, verdict, reason }) =>
    reason === undefined ? [event.type, verdict] : [event.type, verdict, reason],
  );

/** The last event that the actor was sent. */
export function lastEvent(book: Book, name: string): EventRecord {
  const last = eventsOf(book, name).at(-1);
  if (last === undefined) throw new Error(`${name} was sent nothing`);
  return last;
}

export const kinds = (book: Book, kind: FeedRecord['kind']): readonly FeedRecord[] =>
  book.records().filter((record) => record.kind === kind);

/** What the page makes of all records that are kept, if it watched from the first on. */
export function foldAll(book: Book): readonly ActorView[] {
  const model = new Model();
  model.hello({ instance: 'test', now: Date.now(), actors: [], upTo: 0, dropped: 0 }, Date.now());
  model.batch({ now: Date.now(), records: book.records() }, Date.now());
  return [...model.actors.values()];
}

/** What both page and server know of an actor, as far as it can be compared. */
export const comparable = (actor: ActorPicture | ActorView) => ({
  id: actor.id,
  name: actor.name,
  parent: actor.parent,
  status: actor.status,
  error: actor.error,
  machine: actor.machine && {
    id: actor.machine.id,
    chart: actor.machine.chart,
    value: actor.machine.value,
    active: actor.machine.active,
    context: withoutNull(actor.machine.context),
    refused: actor.machine.refused.count,
    changes: actor.machine.changes.map((change) => ({ ...change, guards: [...new Set(change.guards)] })),
    ...(actor.status === 'active' && {
      accepts: actor.machine.accepts,
      timers: actor.machine.timers.map(({ event, edges, delayMs }) => ({ event, edges, delayMs })),
    }),
  },
});

/** A field that is gone is told as `null`. */
const withoutNull = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
