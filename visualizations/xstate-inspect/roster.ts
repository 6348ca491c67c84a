import type {
  ActorPicture,
  ChartState,
  EventRecord,
  FeedRecord,
  Follower,
  Hello,
  Inspector,
} from '../../src/inspect/index.ts';
import type { ToolEvent } from './accept.ts';
import type { InspectPackage } from './inspect-package.ts';
import { type MachineActor, Service, toV4Chart, type V4Chart } from './service.ts';
import type { SessionIds } from './session-ids.ts';

/** An actor that the tools see. */
export interface Listed {
  /** What the feed calls it. */
  readonly actorId: string;
  readonly machineId: string;
  readonly service: Service;
}

export interface RosterParts {
  readonly inspector: Pick<Inspector, 'chart'>;
  readonly pack: InspectPackage;
  readonly ids: SessionIds;
  /** Takes an event that a tool sent to an actor. */
  readonly deliver: (listed: Listed, event: ToolEvent) => void;
  /** Hears of a machine that XState 4 cannot be told of. */
  readonly onError: (error: unknown) => void;
}

/** Keeps one service for every live actor that runs a machine, from what the feed tells. */
export class Roster implements Follower {
  readonly #parts: RosterParts;
  /** `undefined`: XState 4 does not take it, as one with a dot in a key. */
  readonly #charts = new WeakMap<ChartState, V4Chart | undefined>();
  readonly #byActor = new Map<string, Listed>();
  readonly #bySession = new Map<string, Listed>();

  constructor(parts: RosterParts) {
    this.#parts = parts;
  }

  bySession(sessionId: string): Listed | undefined {
    return this.#bySession.get(sessionId);
  }

  hello({ actors }: Hello): void {
    const live = new Set(actors.filter(({ status }) => status === 'active').map(({ id }) => id));
    for (const id of [...this.#byActor.keys()]) if (!live.has(id)) this.#end(id);
    for (const actor of actors) if (live.has(actor.id)) this.#meet(actor);
  }

  records(records: readonly FeedRecord[]): void {
    for (const record of records) this.#fold(record);
  }

  /** No actor is offered any more. */
  close(): void {
    for (const id of [...this.#byActor.keys()]) this.#end(id);
  }

  #fold(record: FeedRecord): void {
    switch (record.kind) {
      case 'started':
        if (record.picture.status === 'active') this.#meet(record.picture);
        break;
      case 'event':
        // How an actor began was told with its registration.
        if (record.event.type !== 'xstate.init') this.#tell(record);
        break;
      case 'ended':
        this.#end(record.actor);
        break;
      default:
      // A refused call is no event, and XState 4 has no word for another name.
    }
  }

  #meet(actor: ActorPicture): void {
    if (!hasMachine(actor)) return;
    const known = this.#byActor.get(actor.id);
    if (known === undefined) this.#add(actor);
    else this.#tried(actor.id, () => known.service.look(actor));
  }

  #add(actor: MachineActor): void {
    const { pack, ids, deliver, onError } = this.#parts;
    const chart = this.#chart(actor.machine.chart);
    if (chart === undefined) return;
    const sessionId = ids.take();
    try {
      const service = new Service({
        sessionId,
        // Only machines start others.
        parent: this.#byActor.get(actor.parent ?? '')?.service,
        chart,
        actor,
        deliver: (event) => deliver(listed, event),
      });
      const listed: Listed = { actorId: actor.id, machineId: actor.machine.id, service };
      this.#byActor.set(actor.id, listed);
      this.#bySession.set(sessionId, listed);
      pack.register(service);
    } catch (error) {
      ids.giveBack(sessionId);
      onError(error);
    }
  }

  #tell(record: EventRecord): void {
    const listed = this.#byActor.get(record.actor);
    const origin = this.#byActor.get(record.from ?? '')?.service.sessionId;
    if (listed !== undefined) this.#tried(record.actor, () => listed.service.tell(record, origin));
  }

  /** An actor may go to a state that XState 4 cannot be told of; then it is told of no more. */
  #tried(id: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parts.onError(error);
      this.#end(id);
    }
  }

  #chart(name: string): V4Chart | undefined {
    const chart = this.#parts.inspector.chart(name);
    if (chart === undefined || this.#charts.has(chart)) return chart && this.#charts.get(chart);
    let made: V4Chart | undefined;
    try {
      made = toV4Chart(chart);
    } catch (error) {
      this.#parts.onError(error);
    }
    this.#charts.set(chart, made);
    return made;
  }

  #end(id: string): void {
    const listed = this.#byActor.get(id);
    if (listed === undefined) return;
    const { service } = listed;
    this.#byActor.delete(id);
    this.#bySession.delete(service.sessionId);
    service.stop();
    this.#parts.ids.giveBack(service.sessionId);
  }
}

const hasMachine = (actor: ActorPicture): actor is MachineActor => actor.machine !== undefined;
