import type { AnyActorRef, AnyMachineSnapshot, EventObject, InspectionEvent } from 'xstate';
import type { Projection } from './allow-list.ts';
import type { History } from './history.ts';
import { givenName, isMachineSnapshot, parentOf, takenIn } from './internals.ts';
import {
  activeIds,
  type KnownActor,
  lookAt,
  NONE_REFUSED,
  noteChange,
  noteRefusal,
  type Pending,
  pictureOf,
  stateOf,
  type Writable,
} from './known-actor.ts';
import type { KnownMachine, MachineBook } from './machine-book.ts';
import type {
  ActorPicture,
  EndedRecord,
  EventRecord,
  MachinePicture,
  ShownFields,
  StartedRecord,
} from './protocol.ts';
import { acceptedEvents, judge, microstep, stepView } from './steps.ts';

/** Actors that are over and whose picture is still whole. */
const WHOLE_ENDED = 50;
/**
 * Actors that are known at once. One that nobody stops and nobody holds any more is held by this book alone, as those
 * of a registry may be: the ones that were silent longest are let go, and met anew should they speak again.
 */
const MOST_ACTORS = 2_000;

type Named<Type extends InspectionEvent['type']> = Extract<InspectionEvent, { type: Type }>;

/**
 * Turns what XState tells its inspectors into records and pictures, of as many actor systems as tell it.
 *
 * An event that one system sends to an actor of another is told by the sender's system only, what came of it by the
 * receiver's: the two are the same object, and are put together here.
 *
 * What is told is projected at once. Nothing of an actor's data is kept but its last snapshot.
 */
export class Recorder {
  readonly #history: History;
  readonly #machines: MachineBook;
  readonly #projection: Projection;
  readonly #known = new WeakMap<AnyActorRef, KnownActor>();
  readonly #actors = new Map<string, KnownActor>();
  readonly #systems = new WeakMap<object, number>();
  readonly #starting = new Map<KnownActor, Writable<StartedRecord>>();
  readonly #open = new Set<Pending>();
  #ended: KnownActor[] = [];
  #lastInspection: InspectionEvent | undefined;
  #lastActor = 0;
  #lastSystem = 0;

  constructor(history: History, machines: MachineBook, projection: Projection) {
    this.#history = history;
    this.#machines = machines;
    this.#projection = projection;
  }

  /** @throws what a getter in somebody's data throws; the caller keeps it from the actor */
  record(inspection: InspectionEvent): void {
    // Told twice of a system that was given this inspector and was attached to it as well.
    if (inspection === this.#lastInspection) return;
    this.#lastInspection = inspection;
    switch (inspection.type) {
      case '@xstate.actor':
        this.actor(inspection.actorRef as AnyActorRef);
        break;
      case '@xstate.event':
        this.#sent(inspection);
        break;
      case '@xstate.action':
        this.#acted(inspection);
        break;
      case '@xstate.microstep':
        this.#stepped(inspection);
        break;
      case '@xstate.snapshot':
        this.#settled(inspection);
        break;
      default:
    }
  }

  /** The actor, which is noted as new if it was never seen. */
  actor(ref: AnyActorRef, name?: string): KnownActor {
    const known = this.#known.get(ref);
    if (known !== undefined) {
      if (name !== undefined && name !== known.name) this.#rename(known, name);
      return known;
    }
    const parent = parentOf(ref);
    const parentId = parent && this.actor(parent).id;
    const given = name ?? givenName(ref);
    this.#lastActor += 1;
    const actor: KnownActor = {
      id: `a${this.#lastActor}`,
      name: this.#projection.text(given ?? ref.id),
      isNamed: given !== undefined,
      parent: parentId,
      system: this.#systemOf(ref),
      ref,
      status: 'active',
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
    };
    this.#known.set(ref, actor);
    this.#actors.set(actor.id, actor);
    this.#lookAt(actor);
    const record: Writable<StartedRecord> = {
      ...this.#base(actor, parentId !== undefined),
      kind: 'started',
      picture: this.#picture(actor),
    };
    this.#history.add(record);
    if (actor.machine === undefined) this.#starting.set(actor, record);
    if (this.#actors.size > MOST_ACTORS) this.#letGoOfSilentOnes();
    return actor;
  }

  /** Calls that the facade of a breaker refused without an event. */
  rejected(actor: KnownActor, count: number, state: string, retryAfterMs: number): void {
    const base = this.#base(actor, false);
    const retry = Number.isFinite(retryAfterMs) ? Math.round(retryAfterMs) : null;
    this.#history.add({ ...base, kind: 'rejected', count, state, retryAfterMs: retry });
    const what = count === 1 ? 'a call' : `${count} calls`;
    noteRefusal(actor, count, { seq: base.seq, at: base.at, what, reason: state });
  }

  /** Before records are handed out: what is not over by now waits for an actor to be started. */
  publish(): void {
    for (const actor of this.#starting.keys()) this.#begin(actor);
    this.#open.clear();
  }

  /** Pictures of all actors that are alive or named by a record that is kept. */
  pictures(): readonly ActorPicture[] {
    this.#forget();
    const whole = new Set(this.#ended.slice(-WHOLE_ENDED));
    return [...this.#actors.values()].map((actor) =>
      this.#picture(actor, actor.status === 'active' || whole.has(actor)),
    );
  }

  /** While an actor is being made nothing can be told of it but its name. */
  #begin(actor: KnownActor): void {
    const record = this.#starting.get(actor);
    if (record === undefined) return;
    this.#lookAt(actor);
    record.picture = this.#picture(actor);
    this.#starting.delete(actor);
  }

  #rename(actor: KnownActor, name: string): void {
    actor.name = this.#projection.text(name);
    this.#history.add({ ...this.#base(actor, false), kind: 'renamed', name: actor.name });
  }

  #sent({ actorRef, sourceRef, event }: Named<'@xstate.event'>): void {
    const actor = this.actor(actorRef as AnyActorRef);
    const from = sourceRef === undefined ? undefined : this.actor(sourceRef as AnyActorRef);
    this.#lookAt(actor);
    // While an actor is being made it has no snapshot yet.
    const status: string = (actorRef as AnyActorRef).getSnapshot()?.status ?? 'active';
    const record: Pending['record'] = {
      ...this.#base(actor, false),
      kind: 'event',
      ...(from !== undefined && { from: from.id }),
      event: this.#event(event, actor.machine),
      verdict: status === 'active' ? 'queued' : 'dead',
      steps: [],
    };
    if (from !== undefined) from.lastSeq = record.seq;
    if (record.verdict === 'dead') {
      record.reason = status === 'error' ? 'the actor died of an error' : `the actor is ${status}`;
      noteRefusal(actor, 1, { seq: record.seq, at: record.at, what: event.type, reason: record.reason });
      this.#history.add(record);
      return;
    }
    if (isInternal(actor, event.type)) record.isInternal = true;
    this.#history.add(record);
    const pending = { event, record };
    actor.pending.push(pending);
    this.#open.add(pending);
  }

  #acted({ actorRef, action }: Named<'@xstate.action'>): void {
    const actor = this.actor(actorRef as AnyActorRef);
    if (action.type === 'xstate.raise' || action.type === 'xstate.cancel') actor.areTimersMoved = true;
    if (action.type !== 'xstate.emit') return;
    const { event } = action.params as unknown as { readonly event?: EventObject };
    if (event === undefined || actor.machine === undefined) return;
    const reason = this.#projection.field(event, 'reason', actor.machine.events(event.type));
    if (typeof reason === 'string') actor.emittedReason = reason;
  }

  #stepped(inspection: Named<'@xstate.microstep'>): void {
    const actor = this.actor(inspection.actorRef as AnyActorRef);
    const { snapshot } = inspection;
    if (!isMachineSnapshot(snapshot)) return;
    actor.steps.push(microstep(takenIn(inspection), actor.stepped ?? actor.snapshot, snapshot));
    actor.stepped = snapshot;
  }

  #settled({ actorRef, event, snapshot }: Named<'@xstate.snapshot'>): void {
    const actor = this.actor(actorRef as AnyActorRef);
    this.#lookAt(actor);
    const record = this.#take(actor, event);
    if (record !== undefined && isMachineSnapshot(snapshot)) this.#tell(actor, record, event, snapshot);
    else if (record !== undefined) record.verdict = 'taken';
    actor.steps = [];
    actor.stepped = undefined;
    actor.emittedReason = undefined;
    this.#begin(actor);
    if (snapshot.status !== 'active' && actor.status === 'active') this.#end(actor, snapshot);
  }

  /** The record of the event that has been handled; a new one where it went out already, or nobody told of sending it. */
  #take(actor: KnownActor, event: EventObject): Pending['record'] | undefined {
    const place = actor.pending.findIndex((pending) => pending.event === event);
    const [pending] = place < 0 ? [] : actor.pending.splice(place, 1);
    if (pending !== undefined && this.#open.delete(pending)) return pending.record;
    if (event.type === 'xstate.stop') return undefined;
    const record: Pending['record'] = {
      ...this.#base(actor, isInternal(actor, event.type)),
      kind: 'event',
      ...(pending?.record.from !== undefined && { from: pending.record.from }),
      event: this.#event(event, actor.machine),
      verdict: 'queued',
      steps: [],
    };
    this.#history.add(record);
    return record;
  }

  #tell(
    actor: KnownActor,
    record: Pending['record'],
    event: EventObject,
    snapshot: AnyMachineSnapshot,
  ): void {
    const { machine, snapshot: before } = actor;
    if (machine === undefined) return;
    const isFirst = event.type === 'xstate.init' || before === undefined;
    record.steps = actor.steps.map(stepView);
    const judged = isFirst
      ? { verdict: 'taken' as const }
      : judge(actor.steps, stateOf(before), machine.refusals);
    record.verdict = judged.verdict;
    // A result that was turned down is no bookkeeping any more.
    if (judged.verdict === 'refused') delete record.isInternal;
    if (judged.reason !== undefined) record.reason = judged.reason;
    actor.snapshot = snapshot;
    if (!isFirst && before.value !== snapshot.value && !isSame(before.value, snapshot.value)) {
      const reason = actor.emittedReason ?? record.event['reason'];
      record.change = {
        from: stateOf(before),
        to: stateOf(snapshot),
        active: activeIds(snapshot),
        accepts: acceptedEvents(snapshot),
        ...(typeof reason === 'string' && { reason }),
      };
      noteChange(actor, {
        seq: record.seq,
        at: record.at,
        from: record.change.from,
        to: record.change.to,
        event: event.type,
        ...(record.from !== undefined && { by: this.#actors.get(record.from)?.name ?? record.from }),
        guards: [...new Set(record.steps.flatMap(({ guards }) => guards))],
        ...(typeof reason === 'string' && { reason }),
      });
    }
    if (judged.verdict === 'refused' || judged.verdict === 'ignored') {
      const { seq, at, reason = '' } = record;
      noteRefusal(actor, 1, { seq, at, what: event.type, reason });
    }
    const changed = this.#changedContext(machine, before?.context, snapshot.context);
    if (changed !== undefined) record.context = changed;
    if (actor.areTimersMoved || event.type.startsWith('xstate.after.') || record.from === actor.id) {
      actor.timers?.note();
      record.timers = actor.timers?.view(snapshot) ?? [];
    }
    actor.areTimersMoved = false;
  }

  /** Contexts are never changed in place, so a field that is the same object has not changed. */
  #changedContext(machine: KnownMachine, before: object | undefined, after: object): ShownFields | undefined {
    if (before === after) return undefined;
    const old = (before ?? {}) as Record<string, unknown>;
    const now = after as Record<string, unknown>;
    const changed: Record<string, ShownFields[string]> = {};
    for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
      if (Object.is(old[name], now[name])) continue;
      const was = this.#projection.field(old, name, machine.context);
      const is = this.#projection.field(now, name, machine.context);
      if (!isSame(was, is)) changed[name] = is ?? null;
    }
    return Object.keys(changed).length === 0 ? undefined : changed;
  }

  #end(actor: KnownActor, snapshot: { readonly status: string; readonly error?: unknown }): void {
    const status = snapshot.status as EndedRecord['status'];
    const { error } = snapshot;
    const message = error === undefined ? undefined : error instanceof Error ? error.message : String(error);
    const record: EndedRecord = {
      ...this.#base(actor, actor.parent !== undefined),
      kind: 'ended',
      status,
      ...(message !== undefined && { error: this.#projection.text(message) }),
    };
    this.#history.add(record);
    actor.status = status;
    actor.error = record.error;
    actor.ref = undefined;
    actor.timers = undefined;
    actor.pending.length = 0;
    this.#ended.push(actor);
    if (this.#ended.length > 4 * WHOLE_ENDED) this.#forget();
  }

  /** Lets go of actors that are over and that no record names any more; of older ones only the name is kept. */
  #forget(): void {
    const { oldest } = this.#history;
    this.#ended = this.#ended.filter((actor, i) => {
      const isNamed = actor.lastSeq >= oldest;
      if (!isNamed) this.#actors.delete(actor.id);
      if (i < this.#ended.length - WHOLE_ENDED) {
        actor.snapshot = undefined;
        actor.changes = [];
      }
      return isNamed;
    });
  }

  #letGoOfSilentOnes(): void {
    const silent = [...this.#actors.values()].toSorted((a, b) => a.lastSeq - b.lastSeq);
    for (const actor of silent.slice(0, MOST_ACTORS / 4)) {
      this.#actors.delete(actor.id);
      if (actor.ref !== undefined) this.#known.delete(actor.ref);
    }
    this.#ended = this.#ended.filter(({ id }) => this.#actors.has(id));
  }

  #lookAt(actor: KnownActor): void {
    lookAt(actor, (snapshot) => this.#machines.of(snapshot.machine));
  }

  #event(event: EventObject, machine: KnownMachine | undefined): EventRecord['event'] {
    const fields = machine === undefined ? {} : this.#projection.fields(event, machine.events(event.type));
    const type = this.#projection.text(event.type);
    return Object.assign({ type }, fields, { type });
  }

  #picture(actor: KnownActor, isWhole = true): ActorPicture {
    return pictureOf(actor, (machine, snapshot) => this.#context(machine, snapshot), isWhole);
  }

  #context(
    { context }: KnownMachine,
    snapshot: AnyMachineSnapshot,
  ): Pick<MachinePicture, 'context' | 'hiddenFields'> {
    const shown = this.#projection.fields(snapshot.context, context);
    const all = Object.keys(snapshot.context ?? {}).filter((name) => snapshot.context[name] !== undefined);
    return { context: shown, hiddenFields: all.filter((name) => !Object.hasOwn(shown, name)).length };
  }

  #systemOf(ref: AnyActorRef): number {
    const known = this.#systems.get(ref.system);
    if (known !== undefined) return known;
    this.#lastSystem += 1;
    this.#systems.set(ref.system, this.#lastSystem);
    return this.#lastSystem;
  }

  #base(
    actor: KnownActor,
    isInternal: boolean,
  ): { seq: number; at: number; actor: string; isInternal?: boolean } {
    const seq = this.#history.next();
    actor.lastSeq = seq;
    return { seq, at: Date.now(), actor: actor.id, ...(isInternal && { isInternal }) };
  }
}

/** XState's own bookkeeping, as opposed to what the charts are about. */
function isInternal(actor: KnownActor, type: string): boolean {
  if (actor.ref !== undefined && actor.machine === undefined) return true;
  return /^xstate\.(init|stop|promise\.|done\.|snapshot\.)/.test(type);
}

/** For plain values of JSON. */
const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
