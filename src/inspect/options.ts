import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MachineView } from './machine-view.ts';
import type { DisbursementsView, DisbursementView } from './protocol.ts';

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
