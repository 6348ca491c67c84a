/**
 * What may be seen of a machine's data. Nothing else ever leaves the process: whoever adds a field to a context has to
 * name it here before it can be looked at.
 *
 * A path names a field: `failures`, `lease.fence`, `rows[].id`. `policy.*` is everything beneath `policy`, and `*` is
 * everything. An error shows its name and message.
 *
 * What an actor died of is shown where `error` is let through in the event that tells of it, `xstate.error.actor.<id>`
 * of the machine that started the actor or of the actor's own: `'*': ['error']` does for all.
 */
export interface ShowList {
  /** Paths into the context. */
  readonly context?: readonly string[];
  /** Paths into the events, by event type; `*` is for every type. The type itself is always shown. */
  readonly events?: Readonly<Record<string, readonly string[]>>;
}

/** How the actors of one machine are shown. */
export interface MachineView {
  /** Title of their tab. @defaultValue the machine's id */
  readonly title?: string;
  /** Name of one of them. @defaultValue its `systemId` or `id`; the machine's id for a root without one */
  readonly nameOf?: (context: never) => string | undefined;
  /** @defaultValue nothing but states, event types and the names of the chart */
  readonly show?: ShowList;
  /** What named delays last by default, for the drawing: `{ openTimeout: 60_000 }` is "after 60 s". Milliseconds. */
  readonly delays?: Readonly<Record<string, number>>;
  /** What a guard or an action that turns an event down means: `{ isStale: 'stale generation' }`. */
  readonly refusals?: Readonly<Record<string, string>>;
}
