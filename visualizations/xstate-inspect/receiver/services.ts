import type { ParsedReceiverEvent } from '@xstate/inspect/lib/types.js';

/** Lines that are kept of a service. */
const MOST_LINES = 100;

/** What a service said, or was in. */
export interface Line {
  readonly kind: 'event' | 'state';
  readonly text: string;
}

/** One service as it is known by what was received. */
export interface KnownService {
  readonly sessionId: string;
  readonly name: string;
  readonly parent: string | undefined;
  readonly machine: Machine;
  /** As XState writes it. */
  readonly value: string;
  /** Names of the innermost states. */
  readonly leaves: string;
  readonly context: string;
  readonly nextEvents: readonly string[];
  /** Newest first. */
  readonly lines: readonly Line[];
}

type Registration = Extract<ParsedReceiverEvent, { type: 'service.register' }>;
type Machine = Registration['machine'];
type State = Registration['state'];

/** The services that the receiver told of. */
export class Services {
  readonly #known = new Map<string, KnownService>();

  /** Each followed by those that it started. */
  get all(): readonly KnownService[] {
    const services = [...this.#known.values()];
    const withChildren = (service: KnownService): readonly KnownService[] => [
      service,
      ...services.filter(({ parent }) => parent === service.sessionId).flatMap(withChildren),
    ];
    return services.filter(({ parent }) => this.get(parent) === undefined).flatMap(withChildren);
  }

  get(sessionId: string | undefined): KnownService | undefined {
    return sessionId === undefined ? undefined : this.#known.get(sessionId);
  }

  take(event: ParsedReceiverEvent): void {
    switch (event.type) {
      case 'service.register':
        this.#register(event);
        break;
      case 'service.stop':
        this.#known.delete(event.sessionId);
        break;
      case 'service.event':
        this.#add(event.sessionId, { kind: 'event', text: event.event.name });
        break;
      case 'service.state':
        this.#add(event.sessionId, { kind: 'state', text: valueText(event.state) }, event.state);
        break;
    }
  }

  #register({ sessionId, id, parent, machine, state }: Registration): void {
    const name = id ?? machine.id;
    this.#known.set(sessionId, { sessionId, name, parent, machine, lines: [], ...lookOf(machine, state) });
  }

  #add(sessionId: string, line: Line, state?: State): void {
    const known = this.#known.get(sessionId);
    if (known === undefined) return;
    this.#known.set(sessionId, {
      ...known,
      ...(state !== undefined && lookOf(known.machine, state)),
      lines: [line, ...known.lines].slice(0, MOST_LINES),
    });
  }
}

type Look = Pick<KnownService, 'value' | 'leaves' | 'context' | 'nextEvents'>;

/** The state comes without what it accepts; the machine knows. */
const lookOf = (machine: Machine, state: State): Look => ({
  value: valueText(state),
  leaves: leavesOf(state.value).join(', '),
  context: JSON.stringify(state.context, null, 1),
  nextEvents: machine.resolveState(state).nextEvents,
});

const valueText = ({ value }: State): string => (typeof value === 'string' ? value : JSON.stringify(value));

const leavesOf = (value: State['value']): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : Object.entries(value).flatMap(([key, child]) => {
        const within = leavesOf(child);
        return within.length === 0 ? [key] : within;
      });
