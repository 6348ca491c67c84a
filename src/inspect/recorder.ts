import type { AnyActorRef, EventObject, InspectionEvent } from 'xstate';
import { ActorBook } from './actor-book.ts';
import type { Projection } from './allow-list.ts';
import type { History } from './history.ts';
import {
  givenName,
  isMachineSnapshot,
  isStopped,
  parentOf,
  statusOf,
  systemName,
  takenIn,
} from './internals.ts';
import {
  forgetSteps,
  type KnownActor,
  lookAt,
  newActor,
  noteRecord,
  noteRefusal,
  type Pending,
  pictureOf,
  type Writable,
} from './known-actor.ts';
import type { MachineBook } from './machine-book.ts';
import { tellDead, tellOutcome, tellUnhandled } from './outcome.ts';
import type { ActorPicture, StartedRecord } from './protocol.ts';
import { ShownData } from './shown-data.ts';
import { microstep } from './steps.ts';

/**
 * Events to one actor, and in all, whose end is still awaited. It never comes where the actor is not started, or where
 * its system tells somebody else.
 */
const MOST_PENDING = 1_000;
const MOST_OPEN = 10_000;

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
  readonly #data: ShownData;
  readonly #book: ActorBook;
  /** Systems that tell of themselves. Of another's actor it is not known what becomes of it. */
  readonly #heard = new Set<number>();
  readonly #starting = new Map<KnownActor, Writable<StartedRecord>>();
  readonly #open = new Set<Pending>();
  readonly #onError: (error: unknown) => void;
  #last: InspectionEvent | undefined;

  /** @param onError hears what a `nameOf` throws; without one nothing is told */
  constructor(
    history: History,
    machines: MachineBook,
    projection: Projection,
    onError: (error: unknown) => void = () => {},
  ) {
    this.#history = history;
    this.#book = new ActorBook(history);
    this.#machines = machines;
    this.#data = new ShownData(projection);
    this.#onError = onError;
  }

  record(inspection: InspectionEvent): void {
    // Of a system that was given this inspector twice.
    if (inspection === this.#last) return;
    this.#last = inspection;
    this.#hear(tellerOf(inspection));
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

  /** Its system will be told of from now on. */
  attach(ref: AnyActorRef, name?: string): void {
    this.#hear(ref);
    this.actor(ref, name);
  }

  /** Its system is told of no more: what was seen of it last is old from now on. */
  leave(ref: AnyActorRef): void {
    this.#heard.delete(this.#book.systemOf(ref));
  }

  /** The live actor of an id. */
  ref(id: string): AnyActorRef | undefined {
    return this.#book.get(id)?.ref;
  }

  /** Whether its system tells of itself. */
  hears(ref: AnyActorRef): boolean {
    return this.#heard.has(this.#book.systemOf(ref));
  }

  #hear(ref: AnyActorRef): void {
    const system = this.#book.systemOf(ref);
    if (this.#heard.has(system)) return;
    this.#heard.add(system);
    for (const actor of this.#book.alive()) {
      if (actor.system !== system) continue;
      // What was seen of it, when others sent it something, is old.
      actor.machine = undefined;
      this.#appear(actor);
    }
  }

  /** The actor, which is noted as new if it was never seen. */
  actor(ref: AnyActorRef, name?: string): KnownActor {
    const known = this.#book.known(ref);
    if (known !== undefined) {
      if (!this.#book.has(known)) this.#appear(known);
      if (name !== undefined && this.#data.text(name) !== known.name) this.#rename(known, name);
      return known;
    }
    const parent = parentOf(ref);
    const parentId = parent && this.actor(parent).id;
    const given = name ?? systemName(ref) ?? givenName(ref);
    const actor = newActor({
      id: this.#book.nextId(),
      name: this.#data.text(given ?? ref.id),
      isNamed: given !== undefined,
      parent: parentId,
      system: this.#book.systemOf(ref),
      ref,
      status: statusOf(ref),
    });
    this.#book.meet(ref, actor);
    this.#appear(actor);
    return actor;
  }

  /** For the first time, or again after it was let go: then its picture is as before, and so is its id. */
  #appear(actor: KnownActor): void {
    this.#book.add(actor);
    this.#lookAt(actor);
    const record: Writable<StartedRecord> = {
      ...this.#base(actor, actor.parent !== undefined),
      kind: 'started',
      picture: this.#picture(actor),
    };
    this.#history.add(record);
    if (actor.status !== 'active') this.#book.over(actor);
    else if (actor.machine === undefined) this.#starting.set(actor, record);
    if (!this.#book.isFull) return;
    this.#findEnds();
    for (const letGo of this.#book.makeRoom(actor)) this.#starting.delete(letGo);
  }

  /** Calls that the facade of a breaker refused without an event. */
  rejected(ref: AnyActorRef, count: number, state: string, retryAfterMs: number): void {
    const actor = this.actor(ref);
    const base = this.#base(actor, false);
    const retry = Number.isFinite(retryAfterMs) ? Math.round(retryAfterMs) : null;
    this.#history.add({ ...base, kind: 'rejected', count, state, retryAfterMs: retry });
    const what = count === 1 ? 'a call' : `${count} calls`;
    noteRefusal(actor, count, { seq: base.seq, at: base.at, what, reason: state });
  }

  /**
   * Before records are handed out, and between two events: what is not over by now waits for an actor to be started.
   */
  publish(): void {
    this.#findEnds();
    for (const actor of this.#starting.keys()) this.#begin(actor);
    this.#open.clear();
  }

  /** Pictures of all actors that are alive or named by a record that is kept. */
  pictures(): readonly ActorPicture[] {
    this.#findEnds();
    this.#book.forget();
    const { whole } = this.#book;
    return this.#book.all().map((actor) => this.#picture(actor, whole.has(actor)));
  }

  /** While an actor is being made nothing can be told of it but its name. */
  #begin(actor: KnownActor): void {
    const record = this.#starting.get(actor);
    if (record === undefined) return;
    this.#lookAt(actor);
    const name = actor.ref && systemName(actor.ref);
    if (name !== undefined && !actor.isRenamed) actor.name = this.#data.text(name);
    record.picture = this.#picture(actor);
    this.#starting.delete(actor);
  }

  #rename(actor: KnownActor, name: string): void {
    actor.name = this.#data.text(name);
    actor.isRenamed = true;
    this.#history.add({ ...this.#base(actor, false), kind: 'renamed', name: actor.name });
  }

  #sent({ actorRef, sourceRef, event }: Named<'@xstate.event'>): void {
    const ref = actorRef as AnyActorRef;
    const actor = this.actor(ref);
    const from = sourceRef === undefined ? undefined : this.actor(sourceRef as AnyActorRef);
    this.#lookAt(actor);
    const isDead = isStopped(ref);
    if (isDead && actor.status === 'active') this.#end(actor, ref);
    const isHidden = !isDead && isInternal(actor, event.type);
    const record: Pending['record'] = {
      ...this.#base(actor, isHidden),
      kind: 'event',
      ...(from !== undefined && { from: from.id }),
      event: this.#data.event(event, actor.machine),
      verdict: 'queued',
      steps: [],
    };
    if (from !== undefined) noteRecord(from, record.seq, isHidden);
    this.#history.add(record);
    if (isDead) {
      const { status } = actor;
      tellDead(actor, record, status === 'error' ? 'the actor died of an error' : `the actor is ${status}`);
    } else if (this.#heard.has(actor.system)) {
      this.#await(actor, { event, record });
    } else {
      record.reason = 'its system is not inspected';
    }
  }

  #await(actor: KnownActor, pending: Pending): void {
    actor.pending.push(pending);
    if (actor.pending.length > MOST_PENDING) actor.pending.shift();
    this.#open.add(pending);
    const [oldest] = this.#open.size > MOST_OPEN ? this.#open : [];
    if (oldest !== undefined) this.#open.delete(oldest);
  }

  #acted({ actorRef, action }: Named<'@xstate.action'>): void {
    const actor = this.actor(actorRef as AnyActorRef);
    if (TIMER_ACTIONS.has(action.type)) actor.areTimersMoved = true;
    if (action.type !== 'xstate.emit') return;
    const { event } = action.params as unknown as { readonly event?: EventObject };
    if (event === undefined || actor.machine === undefined) return;
    actor.emittedReason = this.#data.reason(event, actor.machine) ?? actor.emittedReason;
  }

  #stepped(inspection: Named<'@xstate.microstep'>): void {
    const actor = this.actor(inspection.actorRef as AnyActorRef);
    const { snapshot } = inspection;
    if (!isMachineSnapshot(snapshot)) return;
    actor.steps.push(microstep(takenIn(inspection), actor.stepped ?? actor.snapshot, snapshot));
    actor.stepped = snapshot;
  }

  #settled({ actorRef, event, snapshot }: Named<'@xstate.snapshot'>): void {
    const ref = actorRef as AnyActorRef;
    const actor = this.actor(ref);
    this.#lookAt(actor);
    const record = this.#take(actor, event);
    try {
      if (record !== undefined && isMachineSnapshot(snapshot)) {
        const by = record.from === undefined ? undefined : (this.#book.get(record.from)?.name ?? record.from);
        tellOutcome(actor, { record, event, by, snapshot }, this.#data);
      } else if (record !== undefined) {
        record.verdict = 'taken';
      }
    } finally {
      // Whatever somebody's data does: the next event is not told with the steps of this one.
      forgetSteps(actor);
      this.#begin(actor);
      if (actor.status === 'active') this.#end(actor, ref);
    }
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
      event: this.#data.event(event, actor.machine),
      verdict: 'queued',
      steps: [],
    };
    this.#history.add(record);
    return record;
  }

  /** XState tells nobody when an actor throws, nor when one that was never started is stopped. */
  #findEnds(): void {
    for (const actor of this.#book.alive()) {
      const { ref } = actor;
      if (ref !== undefined && statusOf(ref) !== 'active') this.#end(actor, ref);
    }
  }

  #end(actor: KnownActor, ref: AnyActorRef): void {
    const status = statusOf(ref);
    if (status === 'active') return;
    this.#begin(actor);
    tellUnhandled(actor, status, (pending) => this.#open.delete(pending));
    forgetSteps(actor);
    const error =
      status === 'error'
        ? this.#data.error(ref, [actor.machine, this.#book.get(actor.parent)?.machine])
        : undefined;
    this.#history.add({
      ...this.#base(actor, actor.parent !== undefined),
      kind: 'ended',
      status,
      ...(error !== undefined && { error }),
    });
    actor.status = status;
    actor.error = error;
    this.#book.over(actor);
  }

  #lookAt(actor: KnownActor): void {
    try {
      lookAt(actor, (snapshot) => this.#machines.of(snapshot.machine));
    } catch (error) {
      this.#onError(error);
    }
  }

  #picture(actor: KnownActor, isWhole = true): ActorPicture {
    const withMachine = isWhole && this.#heard.has(actor.system);
    return pictureOf(
      actor,
      (machine, snapshot) => ({
        ...this.#data.context(machine, snapshot),
        timers: this.#data.timers(actor, snapshot),
      }),
      withMachine,
    );
  }

  #base(
    actor: KnownActor,
    isInternal: boolean,
  ): { seq: number; at: number; actor: string; isInternal?: boolean } {
    const seq = this.#history.next();
    noteRecord(actor, seq, isInternal);
    return { seq, at: Date.now(), actor: actor.id, ...(isInternal && { isInternal }) };
  }
}

/** XState's own bookkeeping, as opposed to what the charts are about. */
function isInternal(actor: KnownActor, type: string): boolean {
  if (actor.ref !== undefined && actor.machine === undefined) return true;
  return /^xstate\.(init|stop|promise\.|done\.|snapshot\.)/.test(type);
}

/** Actions after which other timers may run. */
const TIMER_ACTIONS: ReadonlySet<string> = new Set(['xstate.raise', 'xstate.sendTo', 'xstate.cancel']);

/** The actor whose system tells: of an event that goes to another system the sender's does. */
const tellerOf = (inspection: InspectionEvent): AnyActorRef =>
  ((inspection.type === '@xstate.event' ? inspection.sourceRef : undefined) ??
    inspection.actorRef) as AnyActorRef;
