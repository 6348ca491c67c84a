import type { CircuitBreaker } from '../breaker/types.ts';
import type { PortContext } from '../chain/ports.ts';
import type { TreasuryExecutor } from '../executor/types.ts';
import type { BreakerControl } from './control-routes.ts';
import type { InspectHandler } from './mounted-handler.ts';
import type { OutageControl } from './outage-routes.ts';
import type { XStateInspectTools } from './xstate-inspect-routes.ts';

/** What {@link startServer} serves: everything is handed in, so that this folder knows no store, chain or registry. */
export interface ServerOptions {
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** Address to listen at. @defaultValue 127.0.0.1 */
  readonly host?: string;
  /** Names that `Host` and `Origin` may carry besides the loopback ones; a port in them is not looked at. */
  readonly allowHosts?: readonly string[];
  /** The page of `/metrics`; a registry of prom-client is one. */
  readonly registry: { readonly contentType: string; metrics(): Promise<string> };
  /** The breaker in use; `undefined` while there is none yet. */
  readonly breaker: () => CircuitBreaker | undefined;
  readonly executor: Pick<TreasuryExecutor, 'snapshot'>;
  /** Resolves when the store answers. */
  readonly probeStore: (context: PortContext) => Promise<unknown>;
  /** How long `/readyz` waits for the store. Milliseconds. @defaultValue 2000 */
  readonly storeTimeoutMs?: number;
  /** Age of the last tick from which on `/readyz` says no. Milliseconds. @defaultValue 120_000 */
  readonly maxTickAgeMs?: number;
  /** Adds `POST /control/breaker`; without it there is no such route. */
  readonly control?: BreakerControl;
  /** Answers `/inspect` and what is beneath it; without it there is no such route. */
  readonly inspect?: InspectHandler;
  /** Serves the tools of @xstate/inspect at `/xstate-inspect`; without it there is no such route. */
  readonly xstateInspect?: XStateInspectTools;
  /** Adds the routes of `/dev/outage`. */
  readonly outage?: OutageControl;
  readonly limits?: Partial<ConnectionLimits>;
  /** Hears of every error that a client sees as 500, for the log. */
  readonly onError?: (error: unknown) => void;
  /** Epoch milliseconds, like the executor's `lastTickAt`. @defaultValue `Date.now` */
  readonly wallNow?: () => number;
}

/** What a client may take of the server. Milliseconds, except the two that count. */
export interface ConnectionLimits {
  /** From the first byte (or the connection) to the last of the headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte to the last of the body. At least `headersTimeoutMs`. */
  readonly requestTimeoutMs: number;
  /** Between two requests. */
  readonly keepAliveTimeoutMs: number;
  /** Without a byte in either direction. */
  readonly idleTimeoutMs: number;
  /** Beyond them a newcomer is turned away. */
  readonly maxConnections: number;
  /** The last answer asks the client to close it, further ones are 503 and cost nothing. */
  readonly maxRequestsPerConnection: number;
  /** How long `close()` waits for answers that are on their way. */
  readonly closeGraceMs: number;
}

export const DEFAULT_LIMITS: ConnectionLimits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  // Longer than the usual scrape interval, so that a scrape meets no connection that is just being closed.
  keepAliveTimeoutMs: 65_000,
  idleTimeoutMs: 120_000,
  maxConnections: 256,
  // One segment may hold two thousand requests, which are all begun before anything else has its turn.
  maxRequestsPerConnection: 100,
  closeGraceMs: 500,
};
