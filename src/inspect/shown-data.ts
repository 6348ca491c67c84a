import type { AnyActorRef, AnyMachineSnapshot, EventObject } from 'xstate';
import type { Projection } from './allow-list.ts';
import type { KnownActor } from './known-actor.ts';
import type { KnownMachine } from './machine-book.ts';
import type { EventRecord, MachinePicture, RunningTimer, Shown, ShownFields } from './protocol.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What is shown of the data of actors: all that leaves this process of a context, an event or an error goes through here. */
export class ShownData {
  readonly #projection: Projection;

  constructor(projection: Projection) {
    this.#projection = projection;
  }

  text(text: string): string {
    return this.#projection.text(text);
  }

  event(event: EventObject, machine: KnownMachine | undefined): EventRecord['event'] {
    const fields = machine === undefined ? {} : this.#projection.fields(event, machine.events(event.type));
    const type = this.#projection.text(event.type);
    return Object.assign({ type }, fields, { type });
  }

  /** What an event carries as `reason`. */
  reason(event: EventObject, machine: KnownMachine): string | undefined {
    const reason = this.#projection.field(event, 'reason', machine.events(event.type));
    return typeof reason === 'string' ? reason : undefined;
  }

  context(
    { context }: KnownMachine,
    snapshot: AnyMachineSnapshot,
  ): Pick<MachinePicture, 'context' | 'hiddenFields'> {
    const shown = this.#projection.fields(snapshot.context, context);
    const all = Object.keys(snapshot.context).filter((name) => !isSameField(snapshot.context, {}, name));
    return { context: shown, hiddenFields: all.filter((name) => !Object.hasOwn(shown, name)).length };
  }

  /** Contexts are never changed in place, so a field that is the same object has not changed. */
  changedContext(machine: KnownMachine, before: Fields, after: Fields): ShownFields | undefined {
    if (before === after) return undefined;
    const changed: Record<string, Shown> = {};
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (isSameField(before, after, name)) continue;
      const was = this.#projection.field(before, name, machine.context);
      const is = this.#projection.field(after, name, machine.context);
      if (!isSame(was, is)) changed[this.#projection.text(name)] = is ?? null;
    }
    return Object.keys(changed).length === 0 ? undefined : changed;
  }

  timers({ timers }: KnownActor, snapshot: AnyMachineSnapshot): readonly RunningTimer[] {
    return (timers?.view(snapshot) ?? []).map((timer) => ({
      ...timer,
      event: this.#projection.text(timer.event),
    }));
  }

  /**
   * What an actor died of is somebody's data as well: its message is shown where the list of its machine, or of the one
   * that started it, lets `error` pass in the event that tells of it.
   */
  error(ref: AnyActorRef, machines: readonly (KnownMachine | undefined)[]): string {
    const { error } = ref.getSnapshot() as { readonly error?: unknown };
    for (const machine of machines) {
      const allowed = machine?.events(`xstate.error.actor.${ref.id}`);
      const shown = allowed && this.#projection.field({ error }, 'error', allowed);
      if (shown !== undefined) return errorText(shown);
    }
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    return `${this.#projection.text(kind)}: its text is on no allow-list`;
  }
}

/** An error is shown as its name and message; what is thrown may be anything. */
function errorText(shown: Shown): string {
  const { message } = (shown ?? {}) as { readonly message?: Shown };
  return typeof message === 'string' ? message : typeof shown === 'string' ? shown : JSON.stringify(shown);
}

/** A field that throws when it is looked at is nobody's data. */
function isSameField(a: Fields, b: Fields, name: string): boolean {
  try {
    return Object.is(a[name], b[name]);
  } catch {
    return false;
  }
}

/** For plain values of JSON. */
export const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
