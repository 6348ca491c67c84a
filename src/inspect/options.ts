import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DisbursementsView, DisbursementView } from './protocol.ts';

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

/** Where the panel of the disbursements looks. Every method only reads. */
export interface DisbursementSource {
  overview(): Promise<DisbursementsView>;
  find(id: string): Promise<DisbursementView | undefined>;
}

export interface InspectorOptions {
  /** Shown at the top of the page. @defaultValue 'Inspector' */
  readonly title?: string;
  /** Path that the page is mounted at. @defaultValue '/inspect' */
  readonly base?: string;
  /**
   * Asked for, as `Authorization: Bearer`, by everything but the empty page. Without one, whoever reaches the server
   * may look.
   */
  readonly token?: string;
  /** Names that `Host` and `Origin` may carry besides the loopback ones. */
  readonly allowHosts?: readonly string[];
  /** By machine id; a path that is none is refused. For this package's own machines they are added to what is built in, field by field. */
  readonly machines?: Readonly<Record<string, MachineView>>;
  /** Records that are kept; those of promises and the like are kept apart, a quarter of it. @defaultValue 5000 */
  readonly history?: number;
  /** Pages that may be open at once. @defaultValue 64 */
  readonly maxClients?: number;
  readonly disbursements?: DisbursementSource;
  /** Same-origin path that takes `{ "action": "isolate" | "reset", "reason" }` with the token. */
  readonly breakerControl?: string;
  /** Same-origin path of the switch that breaks the RPC of `treasury dev`. */
  readonly outageControl?: string;
  /** Hears what went wrong here; it changed nothing for the actors. @defaultValue one warning of the process each */
  readonly onError?: (error: unknown) => void;
}

/** A request handler for any server of Node's. `next` is called for what is not beneath the inspector's path. */
export type InspectorHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: () => void,
) => void;
