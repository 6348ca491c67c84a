import { inspect as describe } from 'node:util';
import type { Inspector } from '../../src/inspect/index.ts';
import { type AcceptList, acceptanceOf, onlyFields, type ToolEvent } from './accept.ts';
import type { InspectPackage } from './inspect-package.ts';
import type { Listed, Roster } from './roster.ts';

export interface IncomingParts {
  readonly inspector: Pick<Inspector, 'actor'>;
  readonly pack: InspectPackage;
  readonly roster: Pick<Roster, 'bySession'>;
  readonly accept: AcceptList;
  /** Hears why an event came to nothing. */
  readonly refuse: (text: string) => void;
  readonly onError: (error: unknown) => void;
}

/** The way of an event from a tool to an actor: through the list, through the package, and to whom the list says. */
export class Incoming {
  readonly #parts: IncomingParts;

  constructor(parts: IncomingParts) {
    this.#parts = parts;
  }

  /** `false`: it was turned down. */
  pass(sessionId: string, event: ToolEvent): boolean {
    const { pack, roster, accept, refuse } = this.#parts;
    const listed = roster.bySession(sessionId);
    if (listed === undefined) {
      refuse(`${quoted(event.type)} to ${quoted(sessionId)}: there is no such service`);
      return false;
    }
    if (acceptanceOf(accept, listed.machineId, event.type) === undefined) {
      refuse(`${nameOf(event, listed)}: it is on no list`);
      return false;
    }
    const scxml = { name: event.type, data: event, $$type: 'scxml', type: 'external', origin: sessionId };
    pack.receive({ type: 'xstate.event', event: JSON.stringify(scxml), service: sessionId });
    return true;
  }

  /** What the package hands on. */
  deliver(listed: Listed, event: ToolEvent): void {
    const { inspector, accept, refuse, onError } = this.#parts;
    const { actorId, machineId, service } = listed;
    const acceptance = acceptanceOf(accept, machineId, event.type);
    if (typeof acceptance === 'function') {
      // What it throws, and what it rejects with.
      const order = async () => acceptance(event, { machine: machineId, actor: service.id });
      order().catch((error) => refuse(`${nameOf(event, listed)}: ${messageOf(error)}`));
    } else if (acceptance !== undefined) {
      try {
        inspector.actor(actorId)?.send(onlyFields(event, acceptance));
      } catch (error) {
        onError(error);
      }
    }
  }
}

const nameOf = ({ type }: ToolEvent, { service }: Listed): string =>
  `${quoted(type)} to ${quoted(service.id)}`;

/** Chosen by a stranger: short, and with nothing in it that a terminal obeys. */
const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : describe(error));
