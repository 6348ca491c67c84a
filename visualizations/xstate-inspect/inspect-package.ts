import { inspect } from '@xstate/inspect/lib/server.js';
import type { Service } from './service.ts';

/** A tool that is told what the package has to tell. */
export interface Recipient {
  send(text: string): void;
}

/** As the package has it from `ws`. */
const OPEN = 1;

type Listener = (...args: readonly unknown[]) => void;

interface DevTools {
  register(service: Service): void;
}

/**
 * The genuine @xstate/inspect, its server side, behind a socket server of ours.
 *
 * Alone it would take any message of any client: one that is no JSON ends the process, `disconnect` ends the inspection
 * for all, and `service.state` is passed on to the other clients as if it came from here. So it hears what
 * {@link InspectPackage.receive} passes on and nothing else, and its words go to the {@link recipients} only.
 *
 * It keeps its services and its listeners in variables of its module, and never lets go of a listener. Therefore it is
 * asked to inspect once in a process: {@link inspectPackage}.
 */
export class InspectPackage {
  /** Who is told now. */
  recipients: () => readonly Recipient[] = () => [];
  readonly #devTools: DevTools;
  #hear: Listener = () => {};

  constructor() {
    const listeners = new Map<string, Listener>();
    const clients = {
      forEach: (visit: (client: Recipient & { readyState: number; OPEN: number }) => void) => {
        for (const recipient of this.recipients()) {
          visit({ readyState: OPEN, OPEN, send: (text) => recipient.send(text) });
        }
      },
    };
    const server = {
      clients,
      on: (name: string, listener: Listener) => void listeners.set(name, listener),
    };
    this.#devTools = withGlobal(() =>
      inspect({ server: server as unknown as Parameters<typeof inspect>[0]['server'] }),
    );
    const client = {
      on: (_name: string, listener: Listener) => {
        this.#hear = listener;
      },
    };
    listeners.get('connection')?.(client);
  }

  /** Offers a service to the tools until it stops. */
  register(service: Service): void {
    this.#devTools.register(service);
  }

  /** A message of a tool, which the package believes. */
  receive(message: object): void {
    this.#hear(JSON.stringify(message), false);
  }
}

/**
 * What the package leaves in `globalThis.__xstate__`, without leaving it: every XState 4 interpreter of the process
 * with `devTools: true` would register itself there, and be open to the tools with all its data.
 */
function withGlobal(start: () => void): DevTools {
  const scope = globalThis as { __xstate__?: DevTools };
  const before = scope.__xstate__;
  try {
    start();
    if (scope.__xstate__ === undefined) throw new Error('@xstate/inspect did not start');
    return scope.__xstate__;
  } finally {
    if (before === undefined) delete scope.__xstate__;
    else scope.__xstate__ = before;
  }
}

let shared: InspectPackage | undefined;

/** The one of this process. */
export function inspectPackage(): InspectPackage {
  shared ??= new InspectPackage();
  return shared;
}
