import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { inspect as describe } from 'node:util';
import { type WebSocket, WebSocketServer } from 'ws';
import { callSafely } from '../../src/call-safely.ts';
import { pathOf } from '../../src/inspect/answer.ts';
import { checkBase } from '../../src/inspect/base-path.ts';
import type { InspectorHandler } from '../../src/inspect/index.ts';
import { positive } from '../../src/inspect/positive.ts';
import { checkAcceptList } from './accept.ts';
import { Gate, refuseUpgrade } from './gate.ts';
import { Incoming } from './incoming.ts';
import { type InspectPackage, inspectPackage } from './inspect-package.ts';
import type { XStateInspectOptions } from './options.ts';
import { createPageHandler } from './page.ts';
import { Roster } from './roster.ts';
import { SessionIds } from './session-ids.ts';
import { ToolConnection } from './tool-connection.ts';
import { readToolMessage } from './tool-message.ts';

const BASE = '/xstate-inspect';
const MAX_CLIENTS = 16;
/** Longest message of a tool. Bytes. */
const LONGEST_MESSAGE = 64 * 1024;
/** So often a tool is asked whether it is there. Milliseconds. */
const HEARTBEAT_MS = 30_000;

/** Ids that the package knows: they outlive a bridge, as its memory does. */
const sessionIds = new SessionIds();
let running: XStateInspectBridge | undefined;

/** Offers live actors to the tools of @xstate/inspect. */
export interface XStateInspectBridge {
  /** Serves a page with the package's own receiver at `base`. */
  readonly handler: InspectorHandler;
  /**
   * Takes a tool's socket at `base`, for a server's `upgrade`. `false`: the request means something else, and nothing was
   * done with it.
   */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  /** Tools that are connected. */
  readonly clients: number;
  /** Ends every connection; may be called again. */
  stop(): void;
  [Symbol.dispose](): void;
}

/**
 * Drives the genuine @xstate/inspect from the actors of XState 5 that an inspector watches.
 *
 * It follows the inspector's feed, and only while a tool is connected: what the tools are told has passed the allow-lists,
 * comes a fraction of a second late, and cannot hold up an actor. Events of the tools reach an actor only where `accept`
 * names them, from tools that showed the token. The package keeps its services in variables of its module, so only one
 * bridge can run in a process.
 *
 * @throws Error while another one runs; RangeError when the base, the token, `accept` or `maxClients` is out of bounds, or
 * `accept` is given without a token; ConfigurationError when a name of `allowHosts` is none
 *
 * @example
 * ```ts
 * const bridge = createXStateInspectBridge({ inspector });
 * server.on('upgrade', (request, socket, head) => bridge.upgrade(request, socket, head) || socket.destroy());
 * // a tool of XState 4: createWebSocketReceiver({ server: '127.0.0.1:9615/xstate-inspect' })
 * ```
 */
export function createXStateInspectBridge(options: XStateInspectOptions): XStateInspectBridge {
  if (running !== undefined) throw new Error('@xstate/inspect can have one bridge in a process');
  running = new Bridge(options, () => {
    running = undefined;
  });
  return running;
}

class Bridge implements XStateInspectBridge {
  readonly handler: InspectorHandler;
  readonly #base: string;
  readonly #maxClients: number;
  readonly #inspector: XStateInspectOptions['inspector'];
  readonly #onRefused: (text: string) => void;
  readonly #onError: (error: unknown) => void;
  readonly #onStop: () => void;
  readonly #gate: Gate;
  readonly #pack: InspectPackage = inspectPackage();
  readonly #roster: Roster;
  readonly #incoming: Incoming;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: LONGEST_MESSAGE,
    perMessageDeflate: false,
  });
  readonly #tools = new Set<ToolConnection>();
  #audience: readonly ToolConnection[] | undefined;
  #unfollow: (() => void) | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: XStateInspectOptions, onStop: () => void) {
    const { inspector, base = BASE, token, accept = {}, allowHosts, maxClients = MAX_CLIENTS } = options;
    checkBase(base);
    checkAcceptList(accept);
    if (token === undefined && Object.keys(accept).length > 0) {
      throw new RangeError(
        'accept needs a token: without one anybody on this machine could send these events',
      );
    }
    this.#inspector = inspector;
    this.#base = base;
    this.#maxClients = positive('maxClients', maxClients);
    const { onError = warn, onRefused = () => {} } = options;
    this.#onError = (error) => callSafely(onError, error, warn);
    this.#onRefused = (text) => callSafely(onRefused, text, this.#onError);
    this.#onStop = onStop;
    this.#gate = new Gate({ token, allowHosts });
    this.#pack.recipients = () => this.#recipients();
    this.handler = createPageHandler({
      base,
      needsToken: token !== undefined,
      gate: this.#gate,
      onError: this.#onError,
    });
    this.#roster = new Roster({
      inspector,
      pack: this.#pack,
      ids: sessionIds,
      deliver: (listed, event) => this.#incoming.deliver(listed, event),
      onError: this.#onError,
    });
    this.#incoming = new Incoming({
      inspector,
      pack: this.#pack,
      roster: this.#roster,
      accept,
      refuse: this.#onRefused,
      onError: this.#onError,
    });
  }

  get clients(): number {
    return this.#tools.size;
  }

  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): boolean => {
    if (pathOf(request) !== this.#base) return false;
    const refusal = this.#gate.tool(request) ?? this.#room();
    if (refusal !== undefined) refuseUpgrade(socket, refusal);
    else this.#sockets.handleUpgrade(request, socket, head, (tool) => this.#connect(tool));
    return true;
  };

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const tool of this.#tools) tool.end();
    this.#tools.clear();
    this.#idle();
    this.#pack.recipients = () => [];
    this.#onStop();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #room() {
    if (this.#isStopped) return { status: 503, error: 'the bridge was stopped' };
    if (this.#tools.size < this.#maxClients) return undefined;
    return { status: 503, error: `${this.#maxClients} tools are connected, which is all that may be` };
  }

  #connect(socket: WebSocket): void {
    const tool = new ToolConnection(socket, (sessionId) => this.#completionOf(sessionId));
    this.#tools.add(tool);
    socket.on('message', (data, isBinary) => this.#hear(tool, isBinary ? '' : String(data)));
    socket.on('close', () => {
      this.#tools.delete(tool);
      if (this.#tools.size === 0) this.#idle();
    });
    this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
    // Before anybody asks for everything, so that the registrations of now go to nobody.
    this.#tellOnly([], () => {
      this.#unfollow ??= this.#inspector.follow(this.#roster);
    });
  }

  /** Nobody watches: nothing is told. */
  #idle(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    this.#unfollow?.();
    this.#unfollow = undefined;
    this.#tellOnly([], () => this.#roster.close());
  }

  #beat(): void {
    for (const tool of this.#tools) tool.beat();
  }

  #hear(tool: ToolConnection, text: string): void {
    const message = readToolMessage(text);
    switch (message.kind) {
      case 'inspecting':
        // The package would tell all tools of everything again.
        if (tool.greet()) this.#tellOnly([tool], () => this.#pack.receive({ type: 'xstate.inspecting' }));
        break;
      case 'event':
        // The package would announce it now; the feed tells of it when it has reached the actor.
        this.#tellOnly([], () => {
          if (!this.#incoming.pass(message.sessionId, message.event)) tool.refuse();
        });
        break;
      default:
        this.#onRefused(`a message: ${message.why}`);
        tool.refuse();
    }
  }

  #completionOf(sessionId: string) {
    const service = this.#roster.bySession(sessionId)?.service;
    if (service === undefined) return undefined;
    const { id, parent } = service;
    return { id, ...(parent !== undefined && { parent: parent.sessionId }) };
  }

  /** Whom the package's words go to. */
  #recipients(): readonly ToolConnection[] {
    return this.#audience ?? [...this.#tools].filter(({ isInspecting }) => isInspecting);
  }

  /** While `work` is done they go to these only. */
  #tellOnly(tools: readonly ToolConnection[], work: () => void): void {
    this.#audience = tools;
    try {
      work();
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#audience = undefined;
    }
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(describe(error)));
}
