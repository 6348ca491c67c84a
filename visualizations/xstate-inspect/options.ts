import type { Inspector } from '../../src/inspect/index.ts';
import type { AcceptList } from './accept.ts';

/** What {@link createXStateInspectBridge} takes. */
export interface XStateInspectOptions {
  /** Whose actors are offered, and whose allow-lists say what of their data is seen. */
  readonly inspector: Pick<Inspector, 'follow' | 'chart' | 'actor'>;
  /** Path of the page and of the socket. @defaultValue '/xstate-inspect' */
  readonly base?: string;
  /**
   * Asked of every tool, as `Authorization: Bearer` or `?token=`: at least 16 printable ASCII characters without spaces.
   * Without one, whoever reaches the server may look.
   */
  readonly token?: string;
  /** What the tools may send. Needs a `token`. @defaultValue nothing */
  readonly accept?: AcceptList;
  /** Names that `Host` and `Origin` may carry besides the loopback ones. */
  readonly allowHosts?: readonly string[];
  /** Tools that may be connected at once. @defaultValue 16 */
  readonly maxClients?: number;
  /** Hears of each message of a tool that was turned down, and why, in one line. */
  readonly onRefused?: (text: string) => void;
  /** Hears of what went wrong within. @defaultValue `process.emitWarning` */
  readonly onError?: (error: unknown) => void;
}
